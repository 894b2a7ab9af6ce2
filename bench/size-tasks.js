import { defineTasks } from 'celeriac'

export const { add, sum } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
})
