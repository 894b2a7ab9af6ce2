/** The running call as its task sees it, inside a worker. What it says goes out by `say`; what ends the run is thrown. */

import type { Canvas } from '../canvas/canvas.js'
import { type CallOptions, requireCanvas } from '../canvas/options.js'
import type { RunPolicy } from '../canvas/policy.js'
import type { Complete } from '../canvas/typing.js'
import { ConfigurationError, InvalidCanvasError, MaxRetriesExceededError, type RunIdentity } from '../errors.js'
import { checkOptions, finiteDuration, list, type OptionRule, show, text, wholeFrom } from '../option-rules.js'
import type { ChildResult } from '../result/async-result.js'
import { flatten } from '../serialization/canvases.js'
import { pack } from '../serialization/values.js'
import type { ChildOptions, RetryOptions, TaskContext } from '../task/context.js'
import { hasRetryLeft, retryDelayOf } from '../task/retry.js'
import { Children } from './children.js'
import type { CallMessage } from './protocol.js'
import type { RunSetting } from './run-setting.js'
import { StopSignal } from './stop-signal.js'
import { TaskSignal } from './task-signal.js'

const CELERY_STATES: ReadonlySet<string> = new Set([
  'PENDING',
  'RECEIVED',
  'STARTED',
  'RETRY',
  'SUCCESS',
  'FAILURE',
  'REVOKED',
  'IGNORED',
  'REJECTED',
])

const RETRY_RULES: Readonly<Record<string, OptionRule>> = {
  args: list,
  error: { expected: 'an Error', accepts: (value) => value instanceof Error },
  countdown: finiteDuration,
  eta: { expected: 'a valid Date', accepts: (value) => value instanceof Date && !Number.isNaN(value.valueOf()) },
  maxRetries: {
    expected: 'a whole number from 0, or Infinity',
    accepts: (value) => value === Infinity || wholeFrom(0).accepts(value),
  },
}
const REJECT_RULES: Readonly<Record<string, OptionRule>> = {
  requeue: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
}

export class RunningTask implements TaskContext {
  readonly id: string
  readonly taskName: string
  readonly rootId: string
  readonly parentId: string | undefined
  readonly groupId: string | undefined
  readonly groupIndex: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly stamps: Readonly<Record<string, readonly unknown[]>>
  readonly retries: number
  readonly eta: Date | undefined
  readonly expires: Date | undefined
  readonly #policy: RunPolicy
  readonly #setting: RunSetting
  readonly #mayAddToChord: boolean
  readonly #isMapped: boolean
  readonly #children: Children
  readonly #stop: StopSignal

  constructor({ identity, taskName, mayAddToChord, how }: CallMessage, policy: RunPolicy, setting: RunSetting) {
    this.id = identity.id
    this.taskName = taskName
    this.rootId = identity.rootId
    this.parentId = identity.parentId
    this.groupId = identity.groupId
    this.groupIndex = identity.groupIndex
    this.headers = Object.freeze(identity.headers)
    this.stamps = frozenStamps(identity.stamps)
    this.retries = identity.attempt - 1
    this.eta = identity.eta
    this.expires = identity.expires
    this.#policy = policy
    this.#setting = setting
    this.#mayAddToChord = mayAddToChord
    this.#isMapped = how !== 'call'
    this.#stop = new StopSignal(policy.softTimeLimit, { taskId: this.id, taskName, attempt: identity.attempt }, setting)
    this.#children = new Children(setting, `${this.id}.${identity.attempt}`)
    setting.hear((told) => (told.kind === 'child' ? this.#children.settle(told) : this.#stop.cancel(told.error)))
    Object.freeze(this)
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** The body begins: limits count from here. */
  start(): void {
    this.#stop.start()
    const { timeLimit } = this.#policy
    if (timeLimit !== undefined && timeLimit !== Infinity) this.#setting.say({ kind: 'started' })
  }

  /** Ends a call of many items between two of them: nobody waits for the others. */
  throwIfRevoked(): void {
    if (this.#setting.isCancelled()) this.signal.throwIfAborted()
  }

  /** The run is over: no limit strikes any more. */
  end(): void {
    this.#stop.end()
  }

  replace<R>(canvas: Complete<R>): R {
    requireCanvas(canvas, 'replace')
    if (this.#isMapped)
      throw new InvalidCanvasError(
        'an item of map, starmap or chunks cannot replace itself: it is a part of one call',
        'replace',
      )
    const { kind, steps } = canvas as { readonly kind: string; readonly steps?: readonly unknown[] }
    if (kind === 'chain' && steps?.length === 0)
      throw new InvalidCanvasError('a task cannot be replaced by an empty chain', 'replace')
    throw new TaskSignal({ kind: 'replace', canvas: this.#packed(flatten(canvas), 'replace') })
  }

  addToChord(canvas: Complete<unknown>): void {
    requireCanvas(canvas, 'addToChord')
    if (!this.#mayAddToChord)
      throw new InvalidCanvasError(
        `"${this.taskName}" is no member of a header or group, so there is nothing to add to`,
        'addToChord',
      )
    this.#setting.say({ kind: 'add-to-chord', canvas: this.#packed(flatten(canvas), 'addToChord') })
  }

  apply<R>(canvas: Complete<R>, options?: ChildOptions<R>): ChildResult<R> {
    requireCanvas(canvas, 'apply')
    const given = canvas as unknown as Canvas
    const whole = options === undefined ? given : given.set(options as CallOptions)
    return this.#children.apply(this.#packed(flatten(whole), 'apply'), whole.options.taskId) as ChildResult<R>
  }

  progress(value: unknown): void {
    this.#setting.say({ kind: 'progress', value: this.#packed(value, 'progress') })
  }

  updateState(state: string, meta?: unknown): void {
    if (!text.accepts(state) || CELERY_STATES.has(state))
      throw new ConfigurationError(
        `updateState takes a state of your own, not one of Celery's, and this is ${show(state)}`,
        'state',
        state,
      )
    this.#setting.say({ kind: 'state', state, meta: this.#packed(meta, 'meta') })
  }

  retry(options: RetryOptions = {}): never {
    checkOptions('retry', options, RETRY_RULES)
    const { args, error, countdown, eta } = options
    if (countdown !== undefined && eta !== undefined)
      throw new ConfigurationError('retry: give either "countdown" or "eta", not both', 'countdown', countdown)
    const policy = options.maxRetries === undefined ? this.#policy : { ...this.#policy, maxRetries: options.maxRetries }
    if (!hasRetryLeft(policy, this.retries)) throw error ?? this.#exceeded(policy)
    throw new TaskSignal({
      ...retryAfter(policy, this.retries, error ?? new Error('the task asked for a retry')),
      ...waitFor(countdown ?? eta),
      args,
    })
  }

  ignore(): never {
    throw new TaskSignal({ kind: 'ignore' })
  }

  reject(options: { readonly requeue?: boolean } = {}): never {
    checkOptions('reject', options, REJECT_RULES)
    throw new TaskSignal({ kind: 'reject', requeue: options.requeue ?? false })
  }

  #packed(value: unknown, what: string) {
    // A canvas in its flat form adds some levels around the arguments that it holds.
    return pack(value, { maxDepth: this.#setting.maxDepth + FLAT_LEVELS, what })
  }

  #exceeded({ maxRetries = 3 }: RunPolicy): MaxRetriesExceededError {
    const run: RunIdentity = { taskId: this.id, taskName: this.taskName, attempt: this.retries + 1 }
    return new MaxRetriesExceededError(
      `"${this.taskName}" asked for a retry, and has had all ${maxRetries}`,
      run,
      maxRetries,
    )
  }
}

const FLAT_LEVELS = 6

/** They were frozen where they were made, and a clone is not. */
function frozenStamps(stamps: Readonly<Record<string, readonly unknown[]>>) {
  for (const values of Object.values(stamps)) Object.freeze(values)
  return Object.freeze(stamps)
}

const waitFor = (wait: number | Date | undefined) => (wait === undefined ? undefined : { wait, jitter: false })

/** The signal for another run after what the policy says. */
export function retryAfter(policy: RunPolicy, retries: number, error: Error) {
  const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
  return { kind: 'retry', error, wait: retryDelayOf(policy, retries, 1), jitter, args: undefined } as const
}
