import { defineTasks } from 'celeriac'

export const { add, total } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  total: (slices) => slices.flat().reduce((a, b) => a + b, 0),
})
