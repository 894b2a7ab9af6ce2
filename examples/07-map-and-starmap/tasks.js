import { defineTasks } from 'celeriac'

export const { add, tsum } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
})
