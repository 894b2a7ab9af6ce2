/** The running call as its task sees it, inside a worker. What it says goes out by `say`; what ends the run is thrown. */

import type { Canvas } from '../canvas/canvas.js'
import { type ChildOptions, childOptions, requireCanvas } from '../canvas/options.js'
import type { RunPolicy } from '../canvas/policy.js'
import { NO_STAMPS } from '../canvas/stamps.js'
import type { Complete } from '../canvas/typing.js'
import {
  ConfigurationError,
  InvalidCanvasError,
  MaxRetriesExceededError,
  type RunIdentity,
  SoftTimeLimitError,
} from '../errors.js'
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
  /** Its body is over: what goes wrong in its name from now on changes nothing. */
  #isOver = false
  #isDone = false
  /** What went wrong in its name, but not in its body. */
  #failure: { readonly thrown: unknown } | undefined
  #interrupt: ((thrown: unknown) => void) | undefined

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

  get stamps(): Readonly<Record<string, readonly unknown[]>> {
    return this.#part.who.stamps === undefined ? NO_STAMPS : frozenStamps(this.#part.who.stamps)
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
    const stop = new StopSignal(this.#policy.softTimeLimit, this.run, this.#setting)
    if (this.#startedAt !== undefined) stop.start(this.#startedAt)
    this.#surroundings = { children, stop }
    this.#setting.hear(this.#call, (told) => {
      if (told.kind === 'child') children.settle(told)
      else stop.cancel(told.error)
    })
    return this.#surroundings
  }

  /** Which run of which task it is, for errors. */
  get run(): RunIdentity {
    return runOf(this.#part, this.#offset)
  }

  /** Somebody waits for its body, and is to hear at once of what goes wrong elsewhere in its name; or of what has already. */
  interruptedBy(interrupt: (thrown: unknown) => void): void {
    this.#interrupt = interrupt
    if (this.#failure !== undefined) interrupt(this.#failure.thrown)
  }

  /** Something went wrong in its name, but not in its body: a timer threw, say. Tells whether the call is still in progress; then it fails. */
  fail(thrown: unknown): boolean {
    if (this.#isOver) return false
    this.#failure ??= { thrown }
    this.#interrupt?.(thrown)
    return true
  }

  /** What went wrong in its name. */
  get failure(): { readonly thrown: unknown } | undefined {
    return this.#failure
  }

  #say(saying: Saying): void {
    // What goes on after its end has no thread to lend.
    if (this.#isDone && (saying.kind === 'parked' || saying.kind === 'resumed')) return
    this.#setting.say(this.#call, saying)
  }

  /** The body begins: limits count from here. */
  start(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown
    const { timeLimit = Infinity, softTimeLimit = Infinity } = this.#policy
    if (softTimeLimit !== Infinity) this.#startedAt = this.#setting.clock.now()
    if (timeLimit !== Infinity) this.#say({ kind: 'started' })
  }

  /** Ends a call of many items between two of them: nobody waits for the others. */
  throwIfRevoked(): void {
    const { signal } = this
    // The soft limit is for the task to see, if it looks.
    if (signal.aborted && !(signal.reason instanceof SoftTimeLimitError)) throw signal.reason
  }

  /** Tells whether the body is over only now. */
  endBody(): boolean {
    const isFirst = !this.#isOver
    this.#isOver = true
    return isFirst
  }

  /** The run is over, handlers included: no limit strikes any more. Tells whether its body is over only now. */
  end(): boolean {
    this.#isDone = true
    this.#surroundings?.stop.end()
    return this.endBody()
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
    return new MaxRetriesExceededError(message, this.run, maxRetries)
  }
}

const FLAT_LEVELS = 6
const NO_HEADERS: Readonly<Record<string, unknown>> = Object.freeze({})

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
