/**
 * The arithmetic of types behind the canvas: what a step gives, what the next can take, what is still missing. Types only.
 *
 * Lean carriers ({@link CanvasOf}, {@link TaskLike}) with nothing but phantom types stand in every parameter position: they keep
 * checking a chain linear and the messages short.
 */
import type { AsyncResult, gives } from '../result/async-result.js'
import type { GroupResult } from '../result/group-result.js'

/** A list of arguments. */
export type Args = unknown[]
export type AnyFunction = (...args: any[]) => any

declare const takes: unique symbol
declare const lists: unique symbol

/** Anything that takes `P` and gives `R`: what parameters ask for. It carries the types and nothing else. */
export interface CanvasOf<in P extends Args, out R> {
  readonly kind: 'task' | 'chain' | 'group' | 'chord' | 'map' | 'starmap' | 'chunks'
  /** Types only; not there at run time. */
  readonly [takes]: (args: P) => void
  /** Types only; not there at run time. */
  readonly [gives]: () => R
}

/** A canvas that misses no argument, so it can be applied as it is. */
export interface Complete<out R> extends CanvasOf<[], R> {}

/** Any task that takes `P` and yields `R`: what parameters ask for. It carries the types and nothing else. */
export interface TaskLike<in P extends Args, out R> {
  /** Its name, namespace included; with {@link TaskLike.moduleUrl} it is the task's identity. */
  readonly taskName: string
  /** The module that workers import to find it. */
  readonly moduleUrl: string
  /** Types only; not there at run time. */
  readonly [takes]: (args: P) => void
  /** Types only; not there at run time. */
  readonly [gives]: () => R
}

/** Any canvas at all. */
export type AnyCanvas = CanvasOf<any, unknown>
/** Any task at all. */
export type AnyTask = TaskLike<any, unknown>

/** What a canvas or task yields. */
export type ResultOf<C> = C extends CanvasOf<any, infer R> | TaskLike<any, infer R> ? R : never
/** The list of what canvases yield. */
export type ResultsOf<S extends readonly AnyCanvas[]> = { -readonly [K in keyof S]: ResultOf<S[K]> }
/** The argument lists that a canvas can still take. */
export type MissingOf<C> = C extends CanvasOf<infer P, any> ? P : never

/** Marks canvases whose handle is a {@link GroupResult}; types only. */
export interface ListValued {
  readonly [lists]: true
}
export type SameHandle<C> = [C] extends [ListValued] ? ListValued : unknown
/** The handle that applying a canvas gives. */
export type HandleOf<C> = [C] extends [ListValued]
  ? ResultOf<C> extends infer R extends readonly unknown[]
    ? GroupResult<R>
    : never
  : AsyncResult<ResultOf<C>>

/** A step that does not fit: `previousGives` is what comes in, `thisTakes` the argument lists it accepts. */
export interface PipeError<Gives, Takes> {
  'this step cannot take the previous value': { previousGives: Gives; thisTakes: Takes }
}
/** A canvas that cannot run yet; `misses` are the argument lists it still needs. */
export interface IncompleteError<Misses> {
  'arguments are missing: give them as { args }': { misses: Misses }
}
/** A task for single items that needs more, or fewer, than one argument. */
export interface ItemError<Takes> {
  'this needs other than one argument per item; use starmap': { takes: Takes }
}

export type Incomplete<C> = [] extends MissingOf<C> ? unknown : IncompleteError<MissingOf<C>>
export type ItemsOf<P extends Args> = [P[0]] extends P ? Iterable<P[0]> : ItemError<P>

/** What can be mapped: a task, or a signature of one. */
export type Mappable = AnyTask | (AnyCanvas & { readonly kind: 'task' })
type ParametersOf<T> = T extends TaskLike<infer P, any> ? P : MissingOf<T>
/** Items to stream, each the one argument of a call. */
export type StreamOf<T> =
  ItemsOf<ParametersOf<T>> extends Iterable<infer I> ? Iterable<I> | AsyncIterable<I> : ItemError<ParametersOf<T>>
/** Items to stream, each a whole list of arguments. */
export type StreamArgsOf<T> = Iterable<Readonly<ParametersOf<T>>> | AsyncIterable<Readonly<ParametersOf<T>>>

/** Every way to give the last arguments of `P`. */
export type Suffixes<P extends Args> = P extends []
  ? []
  : P extends [any, ...infer T]
    ? P | Suffixes<T>
    : number extends P['length']
      ? P
      : P extends [any?, ...infer T]
        ? P | Suffixes<T>
        : []

/** Every prefix Q for which `[...Q, ...B]` is a legal argument list of P. */
export type Missing<P extends Args, B extends Args, Q extends Args = []> =
  | (B extends P ? Q : never)
  | (P extends []
      ? never
      : P extends [any, ...infer T]
        ? P extends [...infer H, ...T]
          ? Missing<T, B, [...Q, ...H]>
          : never
        : number extends P['length']
          ? B extends P
            ? [...Q, ...P]
            : never
          : P extends [(infer H)?, ...infer T]
            ? Missing<T, B, [...Q, H]>
            : never)

/** Steps of a chain, as arguments or as one iterable. */
export type Steps = readonly [] | readonly AnyCanvas[] | Iterable<AnyCanvas>
export type Fit<S extends Steps> = S extends readonly AnyCanvas[]
  ? Chained<S>
  : S extends Iterable<infer C>
    ? Uniform<C, S>
    : never
export type Chained<S extends readonly AnyCanvas[]> = number extends S['length']
  ? Uniform<S[number], S>
  : S extends readonly [...infer Init, any]
    ? Fitted<S, readonly [unknown, ...Init]>
    : S
type Uniform<C, S> = [C] extends [CanvasOf<[ResultOf<C>], unknown>] ? S : PipeError<ResultOf<C>, MissingOf<C>>[]
type Fitted<S extends readonly AnyCanvas[], Before extends readonly unknown[]> = {
  [K in keyof S]: K extends '0'
    ? S[K]
    : S[K] extends CanvasOf<[ResultOf<Before[K & keyof Before]>], unknown>
      ? S[K]
      : PipeError<ResultOf<Before[K & keyof Before]>, MissingOf<S[K]>>
}
export type First<S> = S extends readonly [infer F, ...any] ? F : S extends Iterable<infer C> ? C : never
export type Last<S> = S extends readonly [...any, infer L] ? L : S extends Iterable<infer C> ? C : never

type Both<U> = (U extends any ? (k: U) => void : never) extends (k: infer I) => void ? I : never
/** What all members of a group can take. */
export type SharedInput<S extends readonly AnyCanvas[]> = S extends readonly []
  ? Args
  : S extends readonly CanvasOf<MissingOf<S[0]>, unknown>[]
    ? MissingOf<S[0]>
    : Both<{ [K in keyof S]: { p: MissingOf<S[K]> } }[number]> extends { p: infer P extends Args }
      ? P
      : never
