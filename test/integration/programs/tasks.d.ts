import type { Task } from 'celeriac'

export const add: Task<[x: number, y: number], number, number>
export const makeRuntime: Task<[], void, Promise<void>>
export const delayInside: Task<[], unknown, unknown>
