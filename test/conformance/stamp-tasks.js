/** Tasks that tell what they were stamped with. */
import { chain, chord, defineTasks, group, task } from 'celeriac'

export const stampTasks = defineTasks(import.meta.url, {
  seen(...args) {
    return [this.stamps, ...args]
  },
  stampsOfHeader(list) {
    return [list.map(([stamps]) => stamps), this.stamps]
  },
  isFrozen() {
    return Object.isFrozen(this.stamps) && Object.values(this.stamps).every((values) => Object.isFrozen(values))
  },
  retried: task({ retryFor: [RangeError], retryDelay: 0 }, function () {
    if (this.retries === 0) throw new RangeError('once more')
    return this.stamps
  }),
  replaced() {
    return this.replace(chain(stampTasks.seen.s(), stampTasks.seen.s().stamp({ tenant: 'own' })))
  },
  replacedByGroup() {
    return this.replace(group(stampTasks.seen.s(), chord([stampTasks.seen.s()], stampTasks.stampsOfHeader.s())))
  },
  async applies() {
    return (await this.apply(stampTasks.seen.s().stamp({ child: 1 })).get())[0]
  },
  report() {
    this.progress(this.stamps)
  },
  fails() {
    throw new Error('no')
  },
  async waits() {
    if (!this.signal.aborted) await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
    throw this.signal.reason
  },
})
