import { defineTasks } from 'celeriac'

export const { add, length, multiply, tsum } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  length: (list) => list.length,
  multiply: (x, y) => x * y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
})
