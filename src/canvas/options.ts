/** Options of calls and of applications: their types, and the check that refuses a wrong one at the call. */
import { ConfigurationError, InvalidCanvasError } from '../errors.js'
import { distinct } from './equality.js'
import type { TaskFailure } from './failure.js'
import type { AnyCanvas, Args, CanvasOf, MissingOf, ResultOf } from './typing.js'

/** Options stored in a canvas by `.set()`, or given when it is applied; those given then win. */
export interface CallOptions<in R = any> {
  /** Id of the call; of a chain, its last; of a chord, its body; of a group, the group. Default: a new one. In use: {@link ConfigurationError}. */
  readonly taskId?: string
  /** Callbacks, replacing those in the canvas. */
  readonly link?: CanvasOf<[R], unknown> | readonly CanvasOf<[R], unknown>[]
  /** Errbacks, replacing those in the canvas. */
  readonly linkError?: CanvasOf<[TaskFailure], unknown> | readonly CanvasOf<[TaskFailure], unknown>[]
  /** Seen as `this.headers`; merged key by key. Cloneable values. */
  readonly headers?: Readonly<Record<string, unknown>>
}

/** Call options that belong to one application and are not stored in a canvas. */
export interface SubmitOptions<in R = any> extends CallOptions<R> {
  /**
   * Keep values that only feed the next step, for `result.parent.get()`. `false`: they are dropped once used; asking for one then
   * rejects with `ResultTimeoutError`. Default `true` for `apply`, `false` for `run`, which gives no handle to ask with.
   */
  readonly keepIntermediate?: boolean
}

/** Options of `apply` and `run`; `args` may be left out when the canvas misses none. */
export type ApplyOptions<P extends Args, R = any> = SubmitOptions<R> &
  ([] extends P ? { readonly args?: P } : { readonly args: P }) & {
    /** Merged over the options object of the first step (each member, of a group). */
    readonly kwargs?: Readonly<Record<string, unknown>>
  }

export type OptionsFor<C> = ApplyOptions<MissingOf<C>, ResultOf<C>> | ([] extends MissingOf<C> ? undefined : never)

/** Options as a canvas keeps them: links are always lists, and what was not given is not there. */
export interface StoredOptions {
  readonly taskId?: string
  readonly link?: readonly AnyCanvas[]
  readonly linkError?: readonly AnyCanvas[]
  readonly headers?: Readonly<Record<string, unknown>>
}

export const NO_OPTIONS: StoredOptions = Object.freeze({})

/** What one option must be: a sentence for the message, and the test. */
export interface OptionRule {
  readonly expected: string
  accepts(value: unknown): boolean
}

export const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

export const text: OptionRule = {
  expected: 'a text that is not empty',
  accepts: (v) => typeof v === 'string' && v !== '',
}
export const flag: OptionRule = { expected: 'true or false', accepts: (v) => typeof v === 'boolean' }
export const plainObject: OptionRule = { expected: 'a plain object', accepts: isPlainObject }
export const list: OptionRule = { expected: 'a list', accepts: Array.isArray }
export const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER): OptionRule => ({
  expected: `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
  accepts: (v) => Number.isInteger(v) && (v as number) >= least && (v as number) <= most,
})
/** A length of time in ms; `Infinity` is one. */
export const durationFrom = (least: number): OptionRule => ({
  expected: `a number of milliseconds from ${least}, or Infinity`,
  accepts: (v) => typeof v === 'number' && v >= least,
})
export const oneOf = (...choices: readonly string[]): OptionRule => ({
  expected: choices.map((choice) => `'${choice}'`).join(' or '),
  accepts: (v) => typeof v === 'string' && choices.includes(v),
})

/** How a value looks in a message: short, and never a throw. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/**
 * Refuses unknown names and wrong values, naming option, value and what is expected. `undefined` means "as the default says".
 *
 * @throws {@link ConfigurationError} for the first that is wrong.
 */
export function checkOptions(where: string, options: unknown, rules: Readonly<Record<string, OptionRule>>): void {
  if (options === undefined) return
  if (!isPlainObject(options))
    throw new ConfigurationError(`${where} takes an object of options, not ${show(options)}`, undefined, options)
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) throw unknownOption(where, name, value, Object.keys(rules))
    if (value !== undefined && !rule.accepts(value))
      throw new ConfigurationError(
        `${where}: option "${name}" must be ${rule.expected}, and is ${show(value)}`,
        name,
        value,
      )
  }
}

const unknownOption = (where: string, name: string, value: unknown, known: readonly string[]): ConfigurationError =>
  new ConfigurationError(`${where} has no option "${name}"; it has ${known.join(', ')}`, name, value)

const canvases: OptionRule = { expected: 'a canvas or a list of canvases', accepts: () => true }

const CALL_RULES: Readonly<Record<string, OptionRule>> = {
  taskId: text,
  link: canvases,
  linkError: canvases,
  headers: plainObject,
}
const APPLY_RULES: Readonly<Record<string, OptionRule>> = {
  ...CALL_RULES,
  keepIntermediate: flag,
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
}

const NOTHING: Application = {
  options: NO_OPTIONS,
  args: Object.freeze([]),
  kwargs: Object.freeze({}),
  keepIntermediate: undefined,
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
  }
}

function normalized(options: CallOptions): StoredOptions {
  const stored: { -readonly [K in keyof StoredOptions]: StoredOptions[K] } = {}
  if (options.taskId !== undefined) stored.taskId = options.taskId
  if (options.headers !== undefined) stored.headers = Object.freeze({ ...options.headers })
  if (options.link !== undefined) stored.link = canvasList(options.link, 'link')
  if (options.linkError !== undefined) stored.linkError = canvasList(options.linkError, 'linkError')
  return stored
}

function canvasList(value: AnyCanvas | readonly AnyCanvas[], path: string): readonly AnyCanvas[] {
  const found: readonly AnyCanvas[] = Array.isArray(value) ? value : [value]
  found.forEach((canvas, i) => {
    requireCanvas(canvas, Array.isArray(value) ? `${path}[${i}]` : path)
  })
  return Object.freeze(distinct(found))
}

/** Later options win; headers are merged key by key. */
export function mergeOptions(earlier: StoredOptions, later: StoredOptions): StoredOptions {
  if (later === NO_OPTIONS) return earlier
  const merged = { ...earlier, ...later }
  if (earlier.headers && later.headers) merged.headers = Object.freeze({ ...earlier.headers, ...later.headers })
  return Object.freeze(merged)
}
