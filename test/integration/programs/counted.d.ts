/** The types of counted.js. */
import type { Task } from 'celeriac'

export const add: Task<[number, number], number>
export const big: Task<[], Uint8Array>
export const sizeOf: Task<[Uint8Array], number>
