import { setTimeout as sleep } from 'node:timers/promises'
import { defineTasks } from 'celeriac'

export const { slow } = defineTasks(import.meta.url, {
  async slow(ms) {
    await sleep(ms)
    if (ms === 0) throw new RangeError('zero is no time')
    return `${ms} ms`
  },
})
