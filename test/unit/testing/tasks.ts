/** Tasks for the tests of the test runtime. */
import { group } from '../../../src/canvas/group.js'
import { defineTasks, task } from '../../../src/task/task.js'

export class Busy extends Error {
  override name = 'Busy'
}

export const {
  add,
  later,
  tsum,
  flaky,
  slow,
  listens,
  limited,
  polls,
  hangs,
  parent,
  told,
  refuses,
  replaces,
  restless,
  limitedRate,
  single,
  survives,
} = defineTasks(import.meta.url, {
  add: (x: number, y: number) => x + y,
  later: async (x: number, y: number) => x * y,
  tsum: (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0),
  flaky: task(
    { retryFor: ['Busy'], maxRetries: 5, retryDelay: 60_000, retryBackoff: true, retryJitter: false },
    function (url: string) {
      return `${url} in run ${this.retries + 1}`
    },
  ),
  slow: task({ retryFor: ['Busy'], retryDelay: 1_000, retryBackoff: true }, (x: number) => x),
  async listens(): Promise<string> {
    await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
    return 'stopped'
  },
  limited: task({ timeLimit: 5_000 }, (x: number) => x),
  polls: task({ softTimeLimit: 1_000 }, function () {
    for (;;) this.signal.throwIfAborted()
  }),
  hangs: async (): Promise<void> => await new Promise(() => {}),
  async parent(n: number): Promise<number> {
    return await this.apply(add.s(n, 1)).get()
  },
  told(value: string) {
    this.progress(value)
    return value
  },
  limitedRate: task({ rateLimit: '10/s' }, (x: number) => x),
  single: task({ concurrency: 1 }, (x: number) => x),
  survives: task({ onWorkerLost: 'requeue' }, (x: number) => x),
  restless() {
    this.reject({ requeue: true })
  },
  replaces(x: number): number[] {
    return this.replace(group([add.s(x, 1), add.s(x, 2)]))
  },
  refuses(_how: string) {
    if (this.retries === 0) this.retry({ countdown: 0, args: ['again'] })
    this.ignore()
  },
})
