/** The types of tasks.js, as far as the tests need them. */
import type { Task } from 'celeriac'
import type { TaskName } from './behaviour.js'

export const tasks: Readonly<Record<TaskName, Task>>
export function takeCalls(): string[]
