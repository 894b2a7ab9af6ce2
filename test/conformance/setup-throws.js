/** Cannot be set up: not the first time. */
let tries = 0

export async function setup() {
  if (++tries === 1) throw new TypeError('no database')
}

export const double = (x) => x * 2
