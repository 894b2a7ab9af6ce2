import { defineTasks } from 'celeriac'

export const { box, see, fail, later } = defineTasks(import.meta.url, {
  box: () => ({ text: 'x'.repeat(100) }),
  see: (value) => ({ seen: value }),
  fail() {
    throw new RangeError('no')
  },
  later() {
    if (this.retries === 0) this.retry({ countdown: 0 })
    return { retries: this.retries }
  },
})
