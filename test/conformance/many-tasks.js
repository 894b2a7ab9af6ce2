/** Tasks that are run by the hundred in one turn. */
import { chain, defineTasks, task } from 'celeriac'

export const manyTasks = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  isOdd(n) {
    if (n % 2 === 0) throw new RangeError(`${n} is even`)
    return n
  },
  who() {
    const { id, rootId, parentId, groupId, groupIndex, taskName, retries } = this
    return { id, rootId, parentId, groupId, groupIndex, taskName, retries }
  },
  async parent() {
    return { own: this.id, child: await this.apply(manyTasks.who.s()).get() }
  },
  again() {
    if (this.retries < 2) this.retry({ countdown: 0 })
    return this.retries
  },
  gaveUp() {
    this.retry({ countdown: 0, maxRetries: 1, error: new RangeError('gave up') })
  },
  replaced(n) {
    return this.replace(chain(manyTasks.add.s(n, 1), manyTasks.add.s(10)))
  },
  ignored() {
    this.ignore()
  },
  rejected() {
    this.reject()
  },
  unsendable: () => () => {},
  handled: task({ onSuccess() {} }, async (n) => n),
})
