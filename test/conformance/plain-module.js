/** A module that knows nothing of celeriac: its exported functions are tasks by `tasksFrom`. */
export const VERSION = '1'
export function square(n) {
  return n * n
}
export const later = async (n) => n + 1
export function setup() {}
