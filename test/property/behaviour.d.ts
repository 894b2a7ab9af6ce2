/** The types of behaviour.js. */
export type TaskName = 'pack' | 'count' | 'nothing' | 'fail' | 'picky'
export const behaviours: Readonly<Record<TaskName, (...args: readonly unknown[]) => unknown>>
export function turnsOf(args: readonly unknown[]): number
export function show(value: unknown): string
export function showCall(task: string, args: readonly unknown[]): string
