/** Is never set up. */
export const setup = () => new Promise(() => {})

export const double = (x) => x * 2
