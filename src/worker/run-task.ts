/**
 * Runs one call: a pipeline of named steps (find → unpack → invoke → classify → tell handlers → pack), so that a new concern is a new
 * step. Whatever the task throws or returns becomes a described outcome; nothing it does ends the thread. It sends nothing and knows no
 * pool.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { policyIn, type RunPolicy } from '../canvas/policy.js'
import type { RunIdentity } from '../errors.js'
import { decodeError, encodeError } from '../serialization/errors.js'
import { pack, unpack } from '../serialization/values.js'
import { provideCurrentTask, type TaskContext } from '../task/context.js'
import { findTask, type TaskRecord } from '../task/registry.js'
import { hasRetryLeft, retriesFor } from '../task/retry.js'
import { RunningTask, retryAfter } from './context.js'
import { Handlers } from './handlers.js'
import { type ImportObserver, loadTask } from './load-module.js'
import type { CallMessage, OutcomeMessage } from './protocol.js'
import type { RunSetting } from './run-setting.js'
import { type SignalBody, TaskSignal } from './task-signal.js'

const running = new AsyncLocalStorage<TaskContext>()
provideCurrentTask(() => running.getStore())

/** An item of a map or starmap that failed. */
class ItemFailed {
  readonly item: number
  readonly thrown: unknown
  constructor(item: number, thrown: unknown) {
    this.item = item
    this.thrown = thrown
  }
}

/** A call with all that is known of it once its task is found. */
interface Prepared {
  readonly record: TaskRecord
  readonly policy: RunPolicy
  readonly context: RunningTask
  readonly run: RunIdentity
  readonly args: readonly unknown[]
  readonly items: readonly unknown[] | undefined
  readonly handlers: Handlers
}

/** How the call ends; never rejects. */
export async function runCall(call: CallMessage, setting: RunSetting & ImportObserver): Promise<OutcomeMessage> {
  const run: RunIdentity = { taskId: call.identity.id, taskName: call.taskName, attempt: call.identity.attempt }
  try {
    const known = findTask(call.moduleUrl, call.taskName)
    const record = known ?? (await loadTask(call.moduleUrl, call.taskName, run, setting))
    const prepared = prepare(call, record, run, setting)
    return await running.run(prepared.context, () => runPrepared(call, prepared, setting.maxDepth))
  } catch (thrown) {
    return { ok: false, error: encodeError(thrown) }
  }
}

function prepare(call: CallMessage, record: TaskRecord, run: RunIdentity, setting: RunSetting): Prepared {
  const policy: RunPolicy = { ...setting.defaults, ...policyIn(record.options), ...call.policy }
  const context = new RunningTask(call, policy, setting)
  const args = unpack(call.args, run) as readonly unknown[]
  const items = call.items && (unpack(call.items, run) as readonly unknown[])
  const handlers = new Handlers(record.options, context, items ?? args, setting)
  return { record, policy, context, run, args, items, handlers }
}

async function runPrepared(call: CallMessage, prepared: Prepared, maxDepth: number): Promise<OutcomeMessage> {
  const { handlers } = prepared
  await handlers.beforeStart()
  try {
    prepared.context.start()
    const value = await invoke(call, prepared)
    const packed = pack(value, { maxDepth, what: 'value' })
    await handlers.succeeded(value)
    return { ok: true, value: packed }
  } catch (thrown) {
    return await classify(thrown, prepared, maxDepth)
  } finally {
    prepared.context.end()
  }
}

function invoke({ how }: CallMessage, { record, context, args, items }: Prepared): unknown {
  const runOnce = (given: readonly unknown[]): unknown => record.fn.apply(context, given as unknown[])
  if (items === undefined) return runOnce(args)
  const listed = how === 'starmap' ? (items as readonly (readonly unknown[])[]) : items.map((item) => [item])
  return runEach(listed, (item) => {
    context.throwIfRevoked()
    return runOnce([...item, ...args])
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
      throw thrown instanceof TaskSignal ? thrown : new ItemFailed(i, thrown)
    }
  }
  return values
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** What a throw means: a wish of the task, a run to be tried again, or a failure. */
async function classify(caught: unknown, prepared: Prepared, maxDepth: number): Promise<OutcomeMessage> {
  if (caught instanceof TaskSignal) return await obey(caught.body, prepared, maxDepth)
  const thrown = caught instanceof ItemFailed ? caught.thrown : caught
  const { policy, context, handlers, run } = prepared
  if (retriesFor(policy, thrown) && hasRetryLeft(policy, context.retries))
    return await obey(retryAfter(policy, context.retries, thrown as Error), prepared, maxDepth)
  const error = encodeError(thrown)
  await handlers.failed(thrown instanceof Error ? thrown : decodeError(error, run))
  return caught instanceof ItemFailed ? { ok: false, error, item: caught.item } : { ok: false, error }
}

async function obey(signal: SignalBody, { handlers }: Prepared, maxDepth: number): Promise<OutcomeMessage> {
  switch (signal.kind) {
    case 'replace':
      return { ok: 'replace', canvas: signal.canvas }
    case 'ignore':
      return { ok: 'ignore' }
    case 'reject':
      return { ok: 'reject', requeue: signal.requeue }
    default: {
      const { error, wait, jitter } = signal
      const args = signal.args && pack(signal.args, { maxDepth: maxDepth + 1, what: 'args' })
      await handlers.retried(error)
      return { ok: 'retry', error: encodeError(error), wait, jitter, args }
    }
  }
}
