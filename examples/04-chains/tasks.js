import { defineTasks } from 'celeriac'

export const { add, multiply } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  multiply: (x, y) => x * y,
})
