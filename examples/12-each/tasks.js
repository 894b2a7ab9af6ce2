import { defineTasks } from 'celeriac'

export const { multiply, tsum, where } = defineTasks(import.meta.url, {
  multiply: (x, y) => x * y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  // `this` is the running call. (An arrow function asks `currentTask()`.)
  where(x) {
    return `${x} is member ${this.groupIndex} of ${this.taskName}`
  },
})
