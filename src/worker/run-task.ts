/**
 * Runs one call: a pipeline of named steps (find → unpack → invoke → pack), so that a new concern is a new step. Whatever the task throws
 * or returns becomes a described outcome; nothing it does ends the thread. It sends nothing and knows no pool.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { RunIdentity } from '../errors.js'
import { encodeError } from '../serialization/errors.js'
import { pack, unpack } from '../serialization/values.js'
import { provideCurrentTask, type TaskContext } from '../task/context.js'
import { findTask, type TaskRecord } from '../task/registry.js'
import { type ImportObserver, loadTask } from './load-module.js'
import type { CallMessage, OutcomeMessage } from './protocol.js'

const running = new AsyncLocalStorage<TaskContext>()
provideCurrentTask(() => running.getStore())

/** An item of a map or starmap that failed. */
class ItemFailed {
  constructor(
    readonly item: number,
    readonly thrown: unknown,
  ) {}
}

/** How the call ends; never rejects. */
export async function runCall(call: CallMessage, maxDepth: number, observer: ImportObserver): Promise<OutcomeMessage> {
  const run: RunIdentity = { taskId: call.identity.id, taskName: call.taskName, attempt: call.identity.attempt }
  try {
    const record =
      findTask(call.moduleUrl, call.taskName) ?? (await loadTask(call.moduleUrl, call.taskName, run, observer))
    const value = await invoke(call, record, run)
    return { ok: true, value: pack(value, { maxDepth, what: 'value' }) }
  } catch (thrown) {
    return thrown instanceof ItemFailed
      ? { ok: false, error: encodeError(thrown.thrown), item: thrown.item }
      : { ok: false, error: encodeError(thrown) }
  }
}

function invoke(call: CallMessage, record: TaskRecord, run: RunIdentity): unknown {
  const context = contextOf(call)
  const args = unpack(call.args, run) as readonly unknown[]
  const runOnce = (given: readonly unknown[]): unknown => record.fn.apply(context, given as unknown[])
  return running.run(context, () => {
    if (call.items === undefined) return runOnce(args)
    const items = unpack(call.items, run) as readonly unknown[]
    const listed = call.how === 'starmap' ? (items as readonly (readonly unknown[])[]) : items.map((item) => [item])
    return runEach(listed, (item) => runOnce([...item, ...args]))
  })
}

/** Runs the items one after the other; those behind a failed one do not run. */
async function runEach(
  items: readonly (readonly unknown[])[],
  runOnce: (item: readonly unknown[]) => unknown,
): Promise<unknown[]> {
  const values: unknown[] = []
  for (const [i, item] of items.entries()) {
    try {
      const value = runOnce(item)
      values.push(isThenable(value) ? await value : value)
    } catch (thrown) {
      throw new ItemFailed(i, thrown)
    }
  }
  return values
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

function contextOf({ identity, taskName }: CallMessage): TaskContext {
  const { id, rootId, parentId, groupId, groupIndex, headers } = identity
  return Object.freeze({ id, taskName, rootId, parentId, groupId, groupIndex, headers: Object.freeze(headers) })
}
