/** Tasks for members that are pulled while their group runs. */
import { defineTasks, task } from 'celeriac'

export const lazyTasks = defineTasks(import.meta.url, {
  inc: (x) => x + 1,
  add: (x, y) => x + y,
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  fails: (x) => {
    throw new RangeError(`failed at ${x}`)
  },
  seen: function () {
    return { headers: this.headers, stamps: this.stamps, priority: this.priority }
  },
  told: (failure) => [failure.error.message, failure.path],
  flaky: task({ retryFor: [RangeError], retryDelay: 0 }, function (x) {
    if (this.retries === 0) throw new RangeError('once more')
    return x
  }),
  adds: async function (x) {
    if (x === 0) this.addToChord(lazyTasks.inc.s(99))
    return x
  },
  spawns: async function (count) {
    const { lazyTasks: own } = await import('./lazy-tasks.js')
    const { group } = await import('celeriac')
    return this.replace(group([...Array(count).keys()].map((i) => own.inc.s(i)).values()))
  },
  async waits() {
    if (!this.signal.aborted) await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
    throw this.signal.reason
  },
})
