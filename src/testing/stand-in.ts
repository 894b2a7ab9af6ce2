/**
 * A task that takes the place of another for one run: it waits, throws or does something else first, as a test has asked. The run goes
 * through the same worker code as any other; only the function that it finds is this one.
 */
import type { AnyFunction } from '../canvas/typing.js'
import type { Clock } from '../environment.js'
import { forgetTask, registerTask, type TaskRecord } from '../task/registry.js'
import type { Strike } from './faults.js'

/** Where a stand-in is registered, and how it is taken away again. */
export interface StandIn {
  readonly moduleUrl: string
  forget(): void
}

let count = 0

/**
 * @param record - The task that it stands for; its name and options stay.
 * @param clock - The virtual one: a delay waits by it.
 * @param isAlive - Whether the run still has its thread: a body whose thread was lost while it waited never begins.
 */
export function standIn(record: TaskRecord, strike: Strike, clock: Clock, isAlive: () => boolean): StandIn {
  const { taskName } = record
  const moduleUrl = `celeriac-testing:stand-in-${count++}`
  registerTask({ ...record, moduleUrl, fn: struckBody(record.fn, strike, clock, isAlive) })
  return { moduleUrl, forget: () => forgetTask(moduleUrl, taskName) }
}

/** Of a map or starmap, whose body runs once an item, the delay and the failure are at its first item. */
function struckBody(
  own: AnyFunction,
  { failure, delay, body = own }: Strike,
  clock: Clock,
  isAlive: () => boolean,
): AnyFunction {
  let isFirst = true
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = (): unknown => {
      if (failure !== undefined) throw failure.error
      return body.apply(this, args)
    }
    if (!isFirst) return body.apply(this, args)
    isFirst = false
    if (delay === 0) return run()
    return new Promise<void>((resolve) => void clock.after(delay, () => isAlive() && resolve())).then(run)
  }
}
