/** Runs a call as a worker would: once, or once for each item until one fails. It notes down which task functions ran. */
import type { Call } from '../../src/scheduler/batch.js'
import type { Outcome } from '../../src/scheduler/messages.js'
import { behaviours, showCall, type TaskName } from '../property/behaviour.js'
import type { Ran } from '../property/evaluate.js'

/** What a task does. */
export const behave = (task: string, args: readonly unknown[]): unknown => behaviours[task as TaskName](...args)

export function perform(call: Call, ran: Ran[]): Outcome {
  const path = call.workflow.pathOf(call.node)
  const values: unknown[] = []
  for (const [i, args] of listsOf(call).entries()) {
    try {
      ran.push({ path, text: showCall(call.task.task, args) })
      values.push(behave(call.task.task, args))
    } catch (error) {
      const failed = { ok: false, error: error as Error } as const
      return call.how === 'call' ? failed : { ...failed, item: i }
    }
  }
  return { ok: true, value: call.how === 'call' ? values[0] : values }
}

/** The argument lists of all runs of the call's task. */
function listsOf({ how, args, items = [] }: Call): readonly (readonly unknown[])[] {
  if (how === 'call') return [args]
  return items.map((item) => (how === 'map' ? [item, ...args] : [...(item as readonly unknown[]), ...args]))
}
