/**
 * What a canvas is: the union of its seven kinds, what each can do, and the empty slot for the default runtime. It runs nothing.
 */
import type { TaskFailure } from './failure.js'
import type { CanvasJSON } from './json.js'
import type { ApplyOptions, CallOptions } from './options.js'
import type {
  AnyCanvas,
  Args,
  CanvasOf,
  HandleOf,
  Incomplete,
  ItemsOf,
  ListValued,
  Missing,
  MissingOf,
  PipeError,
  ResultOf,
  ResultsOf,
  SameHandle,
  SharedInput,
  Suffixes,
} from './typing.js'

/**
 * A description of work: a frozen value, told apart by `kind`. It has no id and does not know how to run.
 *
 * @typeParam P - The argument lists it can still take (a union of tuples): `[]` in it means that nothing is missing.
 * @typeParam R - Its value.
 */
export type Canvas<P extends Args = any, R = unknown> =
  | Signature<P, R>
  | Chain<P, R>
  | Group<P, R>
  | Chord<P, R>
  | MapCanvas<P, R>
  | Starmap<P, R>
  | Chunks<P, R>

/** What every canvas can do. Each "setter" returns a new canvas of the same kind and type. */
export interface CanvasMethods<in P extends Args, out R> extends CanvasOf<P, R> {
  /** Options given by `.set()`, `.link()` and `.linkError()`. */
  readonly options: Readonly<CallOptions>
  /** Celery's `a | b`: then `next`, with this canvas's value in front of its arguments. */
  pipe<C extends AnyCanvas, N extends AnyCanvas>(
    this: C,
    next: N extends CanvasOf<[ResultOf<C>], unknown> ? N : PipeError<ResultOf<C>, MissingOf<N>>,
  ): Chain<MissingOf<C>, ResultOf<N>> & SameHandle<N>
  /** Adds a callback: runs once, after the whole canvas succeeded, with its value in front. One equal to an earlier one is not added. */
  link(callback: CanvasOf<[R], unknown>): this
  /** Adds an errback: runs once, for the first failure inside this canvas. */
  linkError(errback: CanvasOf<[TaskFailure], unknown>): this
  /** Merges options; later ones win, `undefined` is skipped, `link` and `linkError` replace. */
  set(options: CallOptions<R>): this
  /** Puts arguments in front of those it has: of a chain, the first step's; of a group or header, each member's. Ignored if immutable. */
  partial<C extends AnyCanvas, const B extends Suffixes<MissingOf<C>>>(
    this: C,
    ...args: B
  ): Canvas<Missing<MissingOf<C>, B>, ResultOf<C>>
  /**
   * Writes stamps on every call inside, callbacks and errbacks included: names with values, which a task sees as `this.stamps`, and by
   * which calls can be revoked. A list is several values of one stamp.
   *
   * @param options.append - Keeps earlier values of a stamp, newest first. Default `false`: replaces.
   * @throws {@link ConfigurationError} for a stamp that no thread could be sent; what a visitor throws.
   * @see https://docs.celeryq.dev/en/stable/userguide/canvas.html#stamping
   * @example
   * await runtime.run(chain(load.s('a.png'), shrink.s()).stamp({ tenant: 'acme' }))
   */
  stamp(stamps: Readonly<Record<string, unknown>> | StampVisitor, options?: { readonly append?: boolean }): this
  /** Applies it on the default runtime. */
  delay<C extends AnyCanvas>(this: C & Incomplete<C>): HandleOf<C>
  /** Applies it on the default runtime, with options. */
  applyAsync<C extends AnyCanvas>(this: C, options: ApplyOptions<MissingOf<C>, ResultOf<C>>): HandleOf<C>
  /** Celery's signature dict. @throws {@link SerializationError} for an argument that JSON cannot hold. */
  toJSON(): CanvasJSON
}

/** One call of one task, perhaps with arguments missing. */
export interface Signature<in P extends Args, out R> extends CanvasMethods<P, R> {
  readonly kind: 'task'
  readonly task: string
  /** The module that workers import to find the task. */
  readonly moduleUrl: string
  readonly args: readonly unknown[]
  /** The options object that `.with()` gave; empty if none. */
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly immutable: boolean
  /** One call that runs the task on each item; bound arguments come behind the item. */
  map<C extends AnyCanvas>(this: C, items: ItemsOf<MissingOf<C>>): MapCanvas<Args, ResultOf<C>[]>
  /** Like {@link Signature.map}, but each item is a whole list of arguments. */
  starmap<C extends AnyCanvas>(this: C, items: Iterable<Readonly<MissingOf<C>>>): Starmap<Args, ResultOf<C>[]>
}

/** Steps one after the other. */
export interface Chain<in P extends Args, out R> extends CanvasMethods<P, R> {
  readonly kind: 'chain'
  readonly steps: readonly Canvas[]
}

/** Members side by side; its value is always a list, in member order. */
export interface Group<in P extends Args, out R> extends CanvasMethods<P, R>, ListValued {
  readonly kind: 'group'
  /** An array; if the group was made from another iterable, that iterable, not yet pulled. */
  readonly members: Iterable<Canvas>
  /**
   * Staggers members: countdowns of `start`, `start + step` … up to `stop`, which the rest share. ms; `step` 1_000, `stop` `Infinity`.
   *
   * @throws {@link ConfigurationError} for what is no duration, and for a `stop` before `start`.
   * @example
   * group(ping.s('a'), ping.s('b'), ping.s('c')).skew(0, 500, 250) // after 0, 250 and 500 ms
   */
  skew(start: number, stop?: number, step?: number): this
}

/** A group, then a body with the list of its values. */
export interface Chord<in P extends Args, out R> extends CanvasMethods<P, R> {
  readonly kind: 'chord'
  readonly header: Group<any, unknown> | Chunks<any, unknown>
  readonly body: Canvas
}

/** One call that runs a task on each item. */
export interface MapCanvas<in P extends Args, out R> extends CanvasMethods<P, R> {
  readonly kind: 'map'
  readonly task: Signature<any, unknown>
  readonly items: Iterable<unknown>
}

/** One call that runs a task on each list of arguments. */
export interface Starmap<in P extends Args, out R> extends CanvasMethods<P, R> {
  readonly kind: 'starmap'
  readonly task: Signature<any, unknown>
  readonly items: Iterable<readonly unknown[]>
}

/** A group of starmaps over slices of `size` items. */
export interface Chunks<in P extends Args, out R> extends CanvasMethods<P, R>, ListValued {
  readonly kind: 'chunks'
  readonly task: Signature<any, unknown>
  readonly items: Iterable<readonly unknown[]>
  readonly size: number
}

/**
 * Decides stamps canvas by canvas: each method returns stamps to merge, for that canvas and all inside. Only `onSignature` is required.
 * What is stamped from further out wins over what a method returns.
 */
export interface StampVisitor {
  /** Every call. Of map, starmap and chunks: the signature that they map, once; likewise of `each`, for all members. */
  onSignature(signature: Signature<any, unknown>): Stamps
  onChainStart?(chain: Chain<any, unknown>): Stamps
  onChainEnd?(chain: Chain<any, unknown>): void
  /** Also a header, without {@link StampVisitor.onChordHeaderStart}. Members that are pulled later are visited then. */
  onGroupStart?(group: Group<any, unknown>): Stamps
  onGroupEnd?(group: Group<any, unknown>): void
  /** For what is in the header. */
  onChordHeaderStart?(chord: Chord<any, unknown>): Stamps
  onChordHeaderEnd?(chord: Chord<any, unknown>): void
  /** For what is in the body. */
  onChordBody?(chord: Chord<any, unknown>): Stamps
  onCallback?(callback: Canvas): Stamps
  onErrback?(errback: Canvas): Stamps
}

/** Stamps by name; nothing for none. */
export type Stamps = Readonly<Record<string, unknown>> | undefined | void

/** What a chord takes as its header. */
export type Header = readonly AnyCanvas[] | Group<any, unknown> | Chunks<any, unknown> | Iterable<AnyCanvas>
export type HeaderValue<H> = H extends readonly AnyCanvas[]
  ? ResultsOf<H>
  : H extends Iterable<infer C>
    ? ResultOf<C>[]
    : ResultOf<H>
export type HeaderInput<H> = H extends readonly AnyCanvas[]
  ? SharedInput<H>
  : H extends Iterable<infer C>
    ? MissingOf<C>
    : MissingOf<H>

/** What `.delay()` and `.applyAsync()` need of a runtime. */
export interface CanvasRunner {
  apply(canvas: AnyCanvas, options?: unknown): unknown
}

const SLOT = Symbol.for('celeriac.defaultRuntime')
const slots = globalThis as { [SLOT]?: () => CanvasRunner }

/** Fills the slot for the default runtime, from above. */
export function provideDefaultRunner(provider: () => CanvasRunner): void {
  slots[SLOT] = provider
}

/** The default runtime, through the slot. */
export function defaultRunner(): CanvasRunner {
  const provider = slots[SLOT]
  if (provider === undefined)
    throw new Error(
      'no default runtime here: import celeriac by its main entry, or apply the canvas on a runtime of your own',
    )
  return provider()
}
