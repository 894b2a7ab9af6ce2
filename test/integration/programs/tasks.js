import { defineTasks } from 'celeriac'

export const { add, makeRuntime, delayInside } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  async makeRuntime() {
    const { createRuntime } = await import('celeriac')
    createRuntime()
  },
  delayInside: () => add.delay(1, 1),
})
