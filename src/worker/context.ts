/** The running call as its task sees it, inside a worker. What it says goes out by `say`; what ends the run is thrown. */

import type { Canvas } from '../canvas/canvas.js'
import { type ChildOptions, childOptions, requireCanvas } from '../canvas/options.js'
import type { RunPolicy } from '../canvas/policy.js'
import type { Complete } from '../canvas/typing.js'
import { ConfigurationError, InvalidCanvasError, MaxRetriesExceededError, type RunIdentity } from '../errors.js'
import { checkOptions, finiteDuration, list, type OptionRule, show, text, wholeFrom } from '../option-rules.js'
import type { ChildResult } from '../result/async-result.js'
import { flatten } from '../serialization/canvases.js'
import { pack } from '../serialization/values.js'
import type { RetryOptions, TaskContext } from '../task/context.js'
import { hasRetryLeft, retryDelayOf } from '../task/retry.js'
import { Children } from './children.js'
import { groupIndexOf, idOf, parentIdOf, rootIdOf, runOf } from './identity.js'
import type { PartMessage, Saying } from './protocol.js'
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

/** What only a task that looks around needs; made when it does. */
interface Surroundings {
  readonly children: Children
  readonly stop: StopSignal
}

export class RunningTask implements TaskContext {
  readonly #part: PartMessage
  readonly #offset: number
  /** Its place in the batch. */
  readonly #call: number
  readonly #policy: RunPolicy
  readonly #setting: RunSetting
  #startedAt: number | undefined
  #surroundings: Surroundings | undefined

  constructor(part: PartMessage, offset: number, call: number, policy: RunPolicy, setting: RunSetting) {
    this.#part = part
    this.#offset = offset
    this.#call = call
    this.#policy = policy
    this.#setting = setting
  }

  get id(): string {
    return idOf(this.#part, this.#offset)
  }

  get taskName(): string {
    return this.#part.taskName
  }

  get rootId(): string {
    return rootIdOf(this.#part, this.#offset)
  }

  get parentId(): string | undefined {
    return parentIdOf(this.#part, this.#offset)
  }

  get groupId(): string | undefined {
    return this.#part.who.groupId
  }

  get groupIndex(): number | undefined {
    return groupIndexOf(this.#part, this.#offset)
  }

  get headers(): Readonly<Record<string, unknown>> {
    return this.#part.who.headers === undefined ? NO_HEADERS : Object.freeze(this.#part.who.headers)
  }

  get retries(): number {
    return this.#part.who.attempt - 1
  }

  get eta(): Date | undefined {
    return this.#part.who.eta
  }

  get expires(): Date | undefined {
    return this.#part.who.expires
  }

  get signal(): AbortSignal {
    return this.#around().stop.signal
  }

  #around(): Surroundings {
    if (this.#surroundings !== undefined) return this.#surroundings
    const children = new Children((saying) => this.#say(saying), this.#setting, `${this.id}.${this.#part.who.attempt}`)
    const stop = new StopSignal(this.#policy.softTimeLimit, this.#run(), this.#setting)
    if (this.#startedAt !== undefined) stop.start(this.#startedAt)
    this.#surroundings = { children, stop }
    this.#setting.hear(this.#call, (told) => {
      if (told.kind === 'child') children.settle(told)
      else stop.cancel(told.error)
    })
    return this.#surroundings
  }

  #run(): RunIdentity {
    return runOf(this.#part, this.#offset)
  }

  #say(saying: Saying): void {
    this.#setting.say(this.#call, saying)
  }

  /** The body begins: limits count from here. */
  start(): void {
    const { timeLimit = Infinity, softTimeLimit = Infinity } = this.#policy
    if (softTimeLimit !== Infinity) this.#startedAt = this.#setting.clock.now()
    if (timeLimit !== Infinity) this.#say({ kind: 'started' })
  }

  /** The run is over: no limit strikes any more. */
  end(): void {
    this.#surroundings?.stop.end()
  }

  replace<R>(canvas: Complete<R>): R {
    requireCanvas(canvas, 'replace')
    if (this.#part.how !== 'call')
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
    if (!this.#part.who.mayAddToChord)
      throw new InvalidCanvasError(
        `"${this.taskName}" is no member of a header or group, so there is nothing to add to`,
        'addToChord',
      )
    this.#say({ kind: 'add-to-chord', canvas: this.#packed(flatten(canvas), 'addToChord') })
  }

  apply<R>(canvas: Complete<R>, options?: ChildOptions<R>): ChildResult<R> {
    requireCanvas(canvas, 'apply')
    const { signal, ...own } = childOptions(options)
    const whole = (canvas as unknown as Canvas).set(own)
    const { taskId } = whole.options
    return this.#around().children.apply(this.#packed(flatten(whole), 'apply'), taskId, signal) as ChildResult<R>
  }

  progress(value: unknown): void {
    this.#say({ kind: 'progress', value: this.#packed(value, 'progress') })
  }

  updateState(state: string, meta?: unknown): void {
    if (!text.accepts(state) || CELERY_STATES.has(state))
      throw new ConfigurationError(
        `updateState takes a state of your own, not one of Celery's, and this is ${show(state)}`,
        'state',
        state,
      )
    this.#say({ kind: 'state', state, meta: this.#packed(meta, 'meta') })
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
    const message = `"${this.taskName}" asked for a retry, and has had all ${maxRetries}`
    return new MaxRetriesExceededError(message, this.#run(), maxRetries)
  }
}

const FLAT_LEVELS = 6
const NO_HEADERS: Readonly<Record<string, unknown>> = Object.freeze({})

const waitFor = (wait: number | Date | undefined) => (wait === undefined ? undefined : { wait, jitter: false })

/** The signal for another run after what the policy says. */
export function retryAfter(policy: RunPolicy, retries: number, error: Error) {
  const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
  return { kind: 'retry', error, wait: retryDelayOf(policy, retries, 1), jitter, args: undefined } as const
}
