/** A module whose loading never ends. */
await new Promise(() => undefined)

export const answer = () => 42
