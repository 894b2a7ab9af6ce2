/** Tasks to stream items through. */
import { defineTasks, task } from 'celeriac'

export const streamTasks = defineTasks(import.meta.url, {
  double: (x) => x * 2,
  add: (x, y) => x + y,
  addLater: async (x, y) => x + y,
  named: (x, options) => `${options.prefix}${x}`,
  context() {
    return { headers: this.headers, stamps: this.stamps }
  },
  failAt(x, at) {
    if (x === at) throw new RangeError(`failed at ${x}`)
    return x
  },
  flaky: task({ retryFor: [RangeError], retryDelay: 0 }, function (x) {
    if (this.retries === 0) throw new RangeError('once more')
    return x
  }),
  alone: task({ concurrency: 1 }, async (x) => x),
  paced: task({ rateLimit: '200/s' }, (x) => x),
  forgotten: task({ ignoreResult: true }, (x) => x),
  async waits() {
    if (!this.signal.aborted) await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
    throw this.signal.reason
  },
  async tells(x) {
    this.progress(x)
    await new Promise((resolve) => setTimeout(resolve, 5))
  },
})
