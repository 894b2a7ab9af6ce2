/** Thrown where a pool has nothing of the kind: its cell then says so, and counts neither way. */
export class NotOffered extends Error {}
