/** Limits that tasks set themselves, in episodes that have them, and whether the scheduler keeps them. */
import type { Call } from '../../src/scheduler/batch.js'
import type { TaskOptions } from '../../src/task/options.js'
import type { TaskName } from '../property/behaviour.js'
import type { Flight } from './flight.js'
import { broken, keyOf } from './violation.js'

export const LIMITED: Readonly<Partial<Record<TaskName, TaskOptions>>> = {
  pack: { rateLimit: '200/s' },
  count: { concurrency: 1 },
  nothing: { concurrency: 2, rateLimit: '1000/s' },
  fail: { batch: false },
}
/** From one start to the next, in ms. */
const INTERVALS: Readonly<Partial<Record<string, number>>> = { pack: 5, nothing: 1 }
/** What sums of fractions of ms may be off by. */
const ROUNDING = 1e-6

export class Limits {
  readonly #last = new Map<string, number>()

  static has(task: string): boolean {
    return Object.hasOwn(LIMITED, task)
  }

  /** A call starts beside those that are under way. */
  enter({ workflow, node, task: { task } }: Call, now: number, running: readonly Flight[]): void {
    if (!Limits.has(task)) return
    const last = this.#last.get(task) ?? -Infinity
    // A clock that was put back says nothing of how long it was.
    if (now >= last && now - last < (INTERVALS[task] ?? 0) - ROUNDING)
      broken('I3', `call ${keyOf(workflow, node)} starts too soon after another`)
    this.#last.set(task, now)
    const { concurrency = Infinity } = LIMITED[task as TaskName] as TaskOptions
    const among = running.filter(({ batch, active }) => active > 0 && batch.callAt(0).task.task === task).length
    if (among > concurrency) broken('I8', `${among} calls of ${task} run at one time`)
  }
}
