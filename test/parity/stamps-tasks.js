/** The tasks of the examples in docs/guide/stamps.md, which shows this file. */
import { defineTasks } from 'celeriac'

export const { seen, last } = defineTasks(import.meta.url, {
  // What a call was stamped with.
  seen() {
    return this.stamps
  },
  last: (list) => list.at(-1),
})
