/** What the soak runs: small tasks, one in a hundred of which fails, and the means to look at a thread and to lose one. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { threadId } from 'node:worker_threads'
import { defineTasks, task } from 'celeriac'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const ONE_IN = 100

export const { add, falter, flaky, linger, sum, spin, weigh } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  /** Fails for each hundredth number. */
  falter(x) {
    if (x % ONE_IN === 0) throw new RangeError(`${x} is a hundredth`)
    return x
  },
  /** Fails in its first run. */
  flaky: task({ maxRetries: 2, retryDelay: 0, retryFor: [Error] }, function (x) {
    if (this.retries === 0) throw new Error('once more')
    return x
  }),
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  /** Never ends by itself. */
  spin() {
    for (;;);
  },
  /** Nor does this one, but its time is limited. */
  linger: task({ timeLimit: 1 }, () => {
    for (;;);
  }),
  /** The heap of the thread that it runs on; it takes its time, so that each thread gets one. */
  async weigh() {
    await new Promise((resolve) => setTimeout(resolve, 10))
    collect()
    collect()
    return [threadId, process.memoryUsage().heapUsed]
  },
})
