/**
 * Runs one call with all that may belong to it: a pipeline of named steps (find → prepare → invoke → classify → tell handlers), so that
 * a new concern is a new step. Whatever the task throws or returns becomes a described end; nothing it does ends the thread. It sends
 * nothing and knows no pool. Calls that need none of this take the short way in `batch-run.ts`.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { types } from 'node:util'
import { policyIn, type RunPolicy } from '../canvas/policy.js'
import { isError } from '../serialization/error-classes.js'
import { decodeError, encodeError } from '../serialization/errors.js'
import { type ByteLimits, checkSize } from '../serialization/size.js'
import { checkSendable, pack } from '../serialization/values.js'
import { provideCurrentTask } from '../task/context.js'
import type { TaskRecord } from '../task/registry.js'
import { hasRetryLeft, retriesFor } from '../task/retry.js'
import { type RunningTask, retryAfter } from './context.js'
import type { Handlers } from './handlers.js'
import { runOf } from './identity.js'
import type { OutcomeMessage, PartMessage } from './protocol.js'
import type { ImportObserver, TaskModules } from './task-modules.js'
import { type SignalBody, TaskSignal } from './task-signal.js'

/** The call that is running here, or in whose name something does. */
export const running = new AsyncLocalStorage<RunningTask>()
provideCurrentTask(() => running.getStore())

/** How a run ended: with a value that has been found to clone, or with what is to be told of it. */
export type RunEnd = { readonly ok: true; readonly value: unknown } | Exclude<OutcomeMessage, { ok: true }>

/** A call whose task is known. */
export interface Prepared {
  readonly part: PartMessage
  readonly offset: number
  readonly record: TaskRecord
  readonly policy: RunPolicy
  readonly context: RunningTask
  readonly args: readonly unknown[]
  readonly items: readonly unknown[] | undefined
  readonly maxDepth: number
  readonly bytes: ByteLimits
}

/** An item of a map or starmap that failed. */
class ItemFailed {
  readonly item: number
  readonly thrown: unknown
  readonly #isOne = true
  constructor(item: number, thrown: unknown) {
    this.item = item
    this.thrown = thrown
  }

  static is(thrown: unknown): thrown is ItemFailed {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown
  }
}

/** The task behind a part, its module imported and set up if need be. @throws as {@link TaskModules.load} does. */
export function recordOf(part: PartMessage, modules: TaskModules, observer: ImportObserver): Promise<TaskRecord> {
  return modules.load(part.moduleUrl, part.taskName, runOf(part, 0), observer)
}

/** The policy that holds for the calls of a part. */
export function policyOf({ policy }: PartMessage, record: TaskRecord, defaults: RunPolicy): RunPolicy {
  const own = policyIn(record.options)
  return own === undefined && policy === undefined ? defaults : { ...defaults, ...own, ...policy }
}

/** How the call ends; never rejects. */
export function runCall(prepared: Prepared, handlers: Handlers): Promise<RunEnd> {
  return running.run(prepared.context, () => runPrepared(prepared, handlers))
}

async function runPrepared(prepared: Prepared, handlers: Handlers): Promise<RunEnd> {
  const { context, maxDepth, bytes } = prepared
  await handlers.beforeStart()
  try {
    context.start()
    const value = await wholeBody(context, invoke(prepared))
    checkSendable(value, { maxDepth, what: 'value' })
    checkSize(value, bytes, 'maxResultBytes', 'value')
    await handlers.succeeded(value)
    return { ok: true, value }
  } catch (thrown) {
    context.endBody()
    return await told(endByThrow(thrown, prepared), thrown, handlers, prepared)
  } finally {
    context.end()
  }
}

/** What the body gives; rejects at once for what goes wrong elsewhere in the name of the call. */
function wholeBody(context: RunningTask, given: unknown): unknown {
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      if (context.endBody()) reject(thrown)
    }
    const succeed = (value: unknown): void => {
      if (context.endBody()) resolve(value)
    }
    if (isThenable(given)) Promise.resolve(given).then(succeed, fail)
    context.interruptedBy(fail)
    if (!isThenable(given)) succeed(given)
  })
}

function invoke({ part, record, context, args, items }: Prepared): unknown {
  const runOnce = (given: readonly unknown[]): unknown => record.fn.apply(context, given as unknown[])
  if (items === undefined) return runOnce(args)
  const isMap = part.how === 'map'
  return runEach(items, (item) => {
    context.throwIfRevoked()
    return runOnce([...(isMap ? [item] : (item as readonly unknown[])), ...args])
  })
}

/** Runs the items one after the other; those behind a failed one do not run. */
async function runEach(items: readonly unknown[], runOnce: (item: unknown) => unknown): Promise<unknown[]> {
  const values: unknown[] = []
  for (let i = 0; i < items.length; i++) {
    try {
      const value = runOnce(items[i])
      values.push(isThenable(value) ? await value : value)
    } catch (thrown) {
      throw TaskSignal.is(thrown) ? thrown : new ItemFailed(i, thrown)
    }
  }
  return values
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** What a throw means: a wish of the task, a run to be tried again, or a failure. */
export function endByThrow(
  caught: unknown,
  { policy, part, maxDepth }: Pick<Prepared, 'policy' | 'part' | 'maxDepth'>,
): Exclude<RunEnd, { ok: true }> {
  const retries = part.who.attempt - 1
  if (TaskSignal.is(caught)) return endBySignal(caught.body, maxDepth)
  const thrown = ItemFailed.is(caught) ? caught.thrown : caught
  if (!types.isProxy(thrown) && retriesFor(policy, thrown) && hasRetryLeft(policy, retries))
    return endBySignal(retryAfter(policy, retries, thrown as Error), maxDepth)
  const error = encodeError(thrown)
  return ItemFailed.is(caught) ? { ok: false, error, item: caught.item } : { ok: false, error }
}

function endBySignal(signal: SignalBody, maxDepth: number): Exclude<RunEnd, { ok: true }> {
  switch (signal.kind) {
    case 'replace':
      return { ok: 'replace', canvas: signal.canvas }
    case 'ignore':
      return { ok: 'ignore' }
    case 'reject':
      return { ok: 'reject', requeue: signal.requeue }
    default:
      return endByRetry(signal, maxDepth)
  }
}

/** Arguments that cannot be sent make of the retry a failure. */
function endByRetry(
  { error, wait, jitter, args }: Extract<SignalBody, { kind: 'retry' }>,
  maxDepth: number,
): Exclude<RunEnd, { ok: true }> {
  try {
    const packed = args && pack(args, { maxDepth: maxDepth + 1, what: 'args' })
    return { ok: 'retry', error: encodeError(error), wait, jitter, args: packed }
  } catch (refusal) {
    return { ok: false, error: encodeError(refusal) }
  }
}

/** Lets the handlers hear of an end before it is told. */
async function told<E extends Exclude<RunEnd, { ok: true }>>(
  end: E,
  caught: unknown,
  handlers: Handlers,
  { part, offset }: Prepared,
): Promise<E> {
  if (end.ok === 'retry') await handlers.retried(errorBehind(caught))
  if (end.ok === false) {
    const thrown = ItemFailed.is(caught) ? caught.thrown : caught
    await handlers.failed(isError(thrown) ? thrown : decodeError(end.error, runOf(part, offset)))
  }
  return end
}

/** The error of a retry: the one that the task gave, or threw. */
function errorBehind(caught: unknown): Error {
  if (TaskSignal.is(caught) && caught.body.kind === 'retry') return caught.body.error
  return (ItemFailed.is(caught) ? caught.thrown : caught) as Error
}
