/** The tasks of the examples in docs/guide/life-of-a-task.md, which shows this file. */
import { chain, chord, defineTasks, registerErrors, task } from 'celeriac'

class Busy extends Error {
  name = 'Busy'
}
registerErrors(Busy)
let running = 0

export const tasks = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  report: (failure) => `${failure.taskName}: ${failure.error.message}`,

  // Tried again by itself, for the errors listed.
  download: task({ retryFor: [Busy], maxRetries: 2, retryDelay: 5 }, function (url, failures) {
    if (this.retries < failures) throw new Busy(`${url} is busy`)
    return `${url} in run ${this.retries + 1}`
  }),
  // Tried again when it asks for it.
  poll(done) {
    if (done < 3) this.retry({ countdown: 0, args: [done + 1] })
    return this.retries
  },
  insist() {
    this.retry({ countdown: 0, maxRetries: 1, error: new Busy('still busy') })
  },

  // At most 100 starts a second, and one run at a time.
  mail: task({ rateLimit: '100/s' }, (to) => to),
  alone: task({ concurrency: 1 }, async () => {
    running++
    await new Promise((resolve) => setImmediate(resolve))
    return running--
  }),

  // Stops when it is told to, and says why it stopped.
  async listen() {
    if (!this.signal.aborted) await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
    throw this.signal.reason
  },
  spin() {
    for (;;) this.signal.throwIfAborted()
  },

  resize(images) {
    for (const i of images.keys()) this.progress((i + 1) / images.length)
    this.updateState('UPLOADING', { to: 'bucket' })
    return images.length
  },
  onlyEven(x) {
    if (x % 2 === 1) this.ignore()
    return x
  },
  refuse() {
    this.reject()
  },

  async total(numbers) {
    if (numbers.length < 2) return numbers[0] ?? 0
    const half = numbers.length >> 1
    const left = this.apply(tasks.total.s(numbers.slice(0, half)))
    const right = this.apply(tasks.total.s(numbers.slice(half)))
    return (await left.get()) + (await right.get())
  },
  fib(n) {
    return n < 2 ? n : this.replace(chord([tasks.fib.s(n - 1), tasks.fib.s(n - 2)], tasks.sum.s()))
  },
  twice(x) {
    return this.replace(chain(tasks.add.s(x, x), tasks.add.s(0)))
  },
  crawl(page, links) {
    for (const link of links) this.addToChord(tasks.crawl.s(link, []))
    return page
  },

  handled: task(
    {
      beforeStart(args) {
        this.progress(`before ${args[0]}`)
      },
      onSuccess(value) {
        this.progress(`success ${value}`)
      },
      onFailure(error) {
        this.progress(`failure ${error.message}`)
      },
      onRetry(error) {
        this.progress(`retry ${error.message}`)
      },
      afterReturn(end) {
        this.progress(`after ${end.state}`)
      },
    },
    function (mode) {
      if (mode === 'retry' && this.retries === 0) this.retry({ countdown: 0, error: new Busy('once more') })
      if (mode === 'fail') throw new Busy('no')
      return mode
    },
  ),
})
export const {
  add,
  sum,
  report,
  download,
  poll,
  insist,
  mail,
  alone,
  listen,
  spin,
  resize,
  onlyEven,
  refuse,
  total,
  fib,
  twice,
  crawl,
  handled,
} = tasks
