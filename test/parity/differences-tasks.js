/** The tasks of the examples in docs/celery-differences.md, which shows this file. */
import { chain, defineTasks, registerErrors } from 'celeriac'

class ValueError extends Error {
  name = 'ValueError'
}
registerErrors(ValueError)

export const { add, tsum, pack, fail, told, place, again, swap, grow, skip, wait } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  pack: (...args) => args,
  fail(...args) {
    throw new ValueError(args.at(-1))
  },
  told: (what, who) => `${who}: ${what.error?.name ?? what}`,
  place() {
    return this.groupIndex
  },
  again(x) {
    if (this.retries === 0) this.retry({ countdown: 0 })
    return [x, this.retries]
  },
  swap(x) {
    return this.replace(chain(add.s(x, 1), add.s(10)).link(told.s('new')))
  },
  grow(x) {
    this.addToChord(add.s(x, 100))
    return x
  },
  skip() {
    this.ignore()
  },
  async wait() {
    await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
  },
})
