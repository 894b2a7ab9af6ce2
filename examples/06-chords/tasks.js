import { defineTasks } from 'celeriac'

export const { add, multiply, tsum } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  multiply: (x, y) => x * y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
})
