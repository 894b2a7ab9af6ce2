// A task module: your program imports it to describe calls, and every worker thread imports it to run them.
import { defineTasks } from 'celeriac'

export const { add } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
})
