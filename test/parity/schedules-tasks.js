/** The tasks of the examples in docs/guide/schedules.md, which shows this file. */
import { defineTasks } from 'celeriac'

export const { report, slow } = defineTasks(import.meta.url, {
  report: (day) => `report of ${day}`,
  // Takes a second.
  slow: () => new Promise((resolve) => setTimeout(resolve, 1_000)),
})
