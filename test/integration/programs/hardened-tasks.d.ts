/** The types of hardened-tasks.js. */
import type { Task } from 'celeriac'

export const attempt: Task<[deed: string, place: string], string>
export const environment: Task<[], Record<string, string>>
export const flags: Task<[], string[]>
