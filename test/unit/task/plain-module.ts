/** A module without tasks of its own, for `tasksFrom`. */
export const double = (x: number): number => 2 * x
export const text = 'no function'
export function setup(): void {}
