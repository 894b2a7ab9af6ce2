/** A module without a fault. */
export const answer = () => 42
