/** The same for a bare pool. */
export const die = () => process.exit(1)
export const live = (value) => value
