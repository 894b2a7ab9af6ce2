/** The task module: the measured functions as celeriac's tasks. */
import { defineTasks, task } from 'celeriac'
import { functions } from './functions.js'

/** Of `spinForEver`, in ms. */
export const LIMIT_MS = 50

export const tasks = defineTasks(import.meta.url, {
  ...functions,
  /** Writes down when it starts, and then hears nothing any more. */
  spinForEver: task({ timeLimit: LIMIT_MS }, (startedAt) => {
    startedAt[0] = process.hrtime.bigint()
    for (;;);
  }),
})
