/** Options of calls and of applications: their types, and the check that refuses a wrong one at the call. */
import { ConfigurationError, InvalidCanvasError } from '../errors.js'
import {
  abortSignal,
  checkOptions,
  durationFrom,
  finiteDuration,
  flag,
  list,
  type OptionRule,
  plainObject,
  show,
  text,
} from '../option-rules.js'
import { distinct } from './equality.js'
import type { TaskFailure } from './failure.js'
import { checkPolicy, isEmpty, POLICY_RULES, policyIn, type RunPolicy } from './policy.js'
import type { StoredStamps } from './stamps.js'
import type { AnyCanvas, Args, CanvasOf, MissingOf, ResultOf } from './typing.js'

/** Options stored in a canvas by `.set()`, or given when it is applied; those given then win. */
export interface CallOptions<in R = any> extends RunPolicy {
  /** Id of the call; of a chain, its last; of a chord, its body; of a group, the group. Default: a new one. In use: {@link ConfigurationError}. */
  readonly taskId?: string
  /** Start no sooner than this many ms after it is ready. 0: at once. Not together with `eta`. */
  readonly countdown?: number
  /** Start no sooner than this. A past date: at once. */
  readonly eta?: Date
  /** Not started by then (ms from applying, or a date): `REVOKED` with `TaskExpiredError`. 0: only if it can start at once. Default: never. */
  readonly expires?: number | Date
  /** Callbacks, replacing those in the canvas. */
  readonly link?: CanvasOf<[R], unknown> | readonly CanvasOf<[R], unknown>[]
  /** Errbacks, replacing those in the canvas. */
  readonly linkError?: CanvasOf<[TaskFailure], unknown> | readonly CanvasOf<[TaskFailure], unknown>[]
  /** Seen as `this.headers`; merged key by key. Cloneable values. */
  readonly headers?: Readonly<Record<string, unknown>>
  /** For groups and chords: the first failure revokes the members still queued or running. Default `false`. */
  readonly failFast?: boolean
}

/** As `node:worker_threads` has it, which pure rooms do not import. */
type TransferListItem = NonNullable<NonNullable<Parameters<typeof structuredClone>[1]>['transfer']>[number]

/** Call options that belong to one application and are not stored in a canvas. */
export interface SubmitOptions<in R = any> extends CallOptions<R> {
  /** Aborting it revokes the whole workflow; already aborted: it never starts. */
  readonly signal?: AbortSignal
  /** As `transfer()`, for the arguments given with this application. */
  readonly transfer?: readonly TransferListItem[]
  /**
   * Keep values that only feed the next step, for `result.parent.get()`. `false`: they are dropped once used; asking for one then
   * rejects with `ResultTimeoutError`. Default `true` for `apply`, `false` for `run`, which gives no handle to ask with.
   */
  readonly keepIntermediate?: boolean
}

/** What a child is applied with from inside a task. Its values are kept if its parent's are. */
export type ChildOptions<R = any> = Omit<SubmitOptions<R>, 'keepIntermediate' | 'transfer'>

/** Options of `apply` and `run`; `args` may be left out when the canvas misses none. */
export type ApplyOptions<P extends Args, R = any> = SubmitOptions<R> &
  ([] extends P ? { readonly args?: P } : { readonly args: P }) & {
    /** Merged over the options object of the first step (each member, of a group). */
    readonly kwargs?: Readonly<Record<string, unknown>>
  }

export type OptionsFor<C> = ApplyOptions<MissingOf<C>, ResultOf<C>> | ([] extends MissingOf<C> ? undefined : never)

/** Options as a canvas keeps them: links are always lists, and what was not given is not there. */
export interface StoredOptions extends RunPolicy {
  readonly countdown?: number
  readonly eta?: Date
  readonly expires?: number | Date
  readonly failFast?: boolean
  readonly taskId?: string
  readonly link?: readonly AnyCanvas[]
  readonly linkError?: readonly AnyCanvas[]
  readonly headers?: Readonly<Record<string, unknown>>
  /** Written by `.stamp()` alone: call options cannot change them. */
  readonly stamps?: StoredStamps
}

export const NO_OPTIONS: StoredOptions = Object.freeze({})

const canvases: OptionRule = { expected: 'a canvas or a list of canvases', accepts: () => true }

const date: OptionRule = {
  expected: 'a valid Date',
  accepts: (value) => isDate(value) && !Number.isNaN(value.valueOf()),
}
const durationOrDate: OptionRule = {
  expected: 'a number of milliseconds from 0, Infinity, or a valid Date',
  accepts: (value) => durationFrom(0).accepts(value) || date.accepts(value),
}

// The global of that name is not for pure rooms, since it reads the clock.
const isDate = (value: unknown): value is Date =>
  Object.prototype.toString.call(value) === '[object Date]' && !(Symbol.toStringTag in (value as object))

const CALL_RULES: Readonly<Record<string, OptionRule>> = {
  ...POLICY_RULES,
  taskId: text,
  countdown: finiteDuration,
  eta: date,
  expires: durationOrDate,
  link: canvases,
  linkError: canvases,
  headers: plainObject,
  failFast: flag,
}
const CHILD_RULES: Readonly<Record<string, OptionRule>> = { ...CALL_RULES, signal: abortSignal }
const APPLY_RULES: Readonly<Record<string, OptionRule>> = {
  ...CALL_RULES,
  keepIntermediate: flag,
  signal: abortSignal,
  transfer: list,
  args: list,
  kwargs: plainObject,
}

/** Marks a value as a canvas, for every copy of the package. */
export const CANVAS_MARK: unique symbol = Symbol.for('celeriac.canvas') as never

export const isCanvas = (value: unknown): value is AnyCanvas =>
  typeof value === 'object' && value !== null && CANVAS_MARK in value

/** @throws {@link InvalidCanvasError} if `value` is not a canvas, saying what it is and what was meant. */
export function requireCanvas(value: unknown, path: string): asserts value is AnyCanvas {
  if (isCanvas(value)) return
  const isTask = typeof value === 'function' && 'taskName' in value
  const hint = isTask ? `a task, not a signature of it; write ${String(value.taskName)}.s(…)` : show(value)
  throw new InvalidCanvasError(`a canvas is needed here, and this is ${hint}`, path)
}

/** Checks call options and brings them into the form in which a canvas keeps them. */
export function storedOptions(where: string, options: CallOptions | undefined): StoredOptions {
  checkOptions(where, options, CALL_RULES)
  return options === undefined ? NO_OPTIONS : normalized(options)
}

/** What `apply` and `run` were given, checked and sorted. */
export interface Application {
  readonly options: StoredOptions
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly keepIntermediate: boolean | undefined
  readonly signal: AbortSignal | undefined
  readonly transfer: readonly TransferListItem[] | undefined
}

export const NO_APPLIED_KWARGS: Readonly<Record<string, unknown>> = Object.freeze({})

const NOTHING: Application = {
  options: NO_OPTIONS,
  args: Object.freeze([]),
  kwargs: NO_APPLIED_KWARGS,
  keepIntermediate: undefined,
  signal: undefined,
  transfer: undefined,
}

/** @throws {@link ConfigurationError} for a wrong option, {@link InvalidCanvasError} for a link that is no canvas. */
export function applicationOf(method: 'apply' | 'run', options: unknown): Application {
  if (options === undefined) return NOTHING
  checkOptions(method, options, APPLY_RULES)
  const given = options as ApplyOptions<Args>
  return {
    options: normalized(given),
    args: [...(given.args ?? [])],
    kwargs: given.kwargs ?? NOTHING.kwargs,
    keepIntermediate: given.keepIntermediate,
    signal: given.signal,
    transfer: given.transfer,
  }
}

/** @throws {@link ConfigurationError} for a wrong option of `this.apply`. */
export function childOptions(options: unknown): ChildOptions {
  checkOptions('apply', options, CHILD_RULES)
  return (options ?? {}) as ChildOptions
}

function normalized(options: CallOptions): StoredOptions {
  checkPolicy('call options', options)
  if (options.countdown !== undefined && options.eta !== undefined)
    throw new ConfigurationError('give either "countdown" or "eta", not both', 'countdown', options.countdown)
  const stored: { -readonly [K in keyof StoredOptions]: StoredOptions[K] } = { ...policyIn(options) }
  if (options.countdown !== undefined) stored.countdown = options.countdown
  if (options.eta !== undefined) stored.eta = options.eta
  if (options.expires !== undefined) stored.expires = options.expires
  if (options.failFast !== undefined) stored.failFast = options.failFast
  if (options.taskId !== undefined) stored.taskId = options.taskId
  if (options.headers !== undefined) stored.headers = Object.freeze({ ...options.headers })
  if (options.link !== undefined) stored.link = canvasList(options.link, 'link')
  if (options.linkError !== undefined) stored.linkError = canvasList(options.linkError, 'linkError')
  // Such as of an application that has a signal and no more: its calls are planned as others of their task are.
  return isEmpty(stored) ? NO_OPTIONS : stored
}

function canvasList(value: AnyCanvas | readonly AnyCanvas[], path: string): readonly AnyCanvas[] {
  const found: readonly AnyCanvas[] = Array.isArray(value) ? value : [value]
  found.forEach((canvas, i) => {
    requireCanvas(canvas, Array.isArray(value) ? `${path}[${i}]` : path)
  })
  return Object.freeze(distinct(found))
}

/** Later options win; headers and stamps are merged key by key. */
export function mergeOptions(earlier: StoredOptions, later: StoredOptions): StoredOptions {
  if (later === NO_OPTIONS) return earlier
  const merged: { -readonly [K in keyof StoredOptions]: StoredOptions[K] } = { ...earlier, ...later }
  if (later.countdown !== undefined) delete merged.eta
  if (later.eta !== undefined) delete merged.countdown
  if (earlier.headers && later.headers) merged.headers = Object.freeze({ ...earlier.headers, ...later.headers })
  if (earlier.stamps && later.stamps) merged.stamps = Object.freeze({ ...earlier.stamps, ...later.stamps })
  checkPolicy('call options', merged)
  return Object.freeze(merged)
}
