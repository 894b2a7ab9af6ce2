/** The types of tasks: what a definition becomes, and which definitions worker threads cannot serve. Types only. */
import type { AnyFunction, Args } from '../canvas/typing.js'

type Native = Date | RegExp | Error | ArrayBuffer | SharedArrayBuffer | ArrayBufferView | MessagePort | Blob
// The DOM's and Node's classes of these names, by what they have in common, so that neither library is needed.
interface MessagePort {
  start(): void
  close(): void
  postMessage(value: unknown): void
}
interface Blob {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** `.with()` on a task whose last parameter is no options object. */
export interface NoOptionsError<Takes> {
  'the last parameter is no options object': { takes: Takes }
}
/** A definition that worker threads cannot serve. */
export interface NotCloneable<Where extends string, What> {
  'this cannot be sent to a worker thread (structured clone)': { where: Where; what: What }
}

type LastOf<P extends Args> = Required<P> extends [...any, infer L] ? L : never
export type AllButLast<P extends Args> = P extends [...infer I, any?] ? I : never
/** The trailing options object of a parameter list. */
export type OptionsOf<P extends Args> =
  LastOf<P> extends infer L
    ? 0 extends 1 & L
      ? Readonly<Record<string, unknown>> // any: what plain JavaScript declares
      : [L] extends [object]
        ? [L] extends [readonly unknown[] | AnyFunction | Native | ReadonlyMap<any, any> | ReadonlySet<any>]
          ? NoOptionsError<P>
          : L
        : NoOptionsError<P>
    : never

type Uncloneable<T, Depth extends 0[] = []> = Depth['length'] extends 5
  ? never
  : unknown extends T
    ? never
    : T extends string | number | bigint | boolean | null | undefined | void | Native
      ? never
      : T extends ReadonlyMap<infer K, infer V>
        ? Uncloneable<K, [0, ...Depth]> | Uncloneable<V, [0, ...Depth]>
        : T extends ReadonlySet<infer V>
          ? Uncloneable<V, [0, ...Depth]>
          : T extends readonly unknown[]
            ? Uncloneable<T[number], [0, ...Depth]>
            : T extends AnyFunction | symbol | PromiseLike<any> | WeakMap<any, any> | WeakSet<any>
              ? T
              : T extends object
                ? { [K in keyof T]-?: Uncloneable<T[K], [0, ...Depth]> }[keyof T]
                : never

/** `unknown` if a function of these types can run on another thread; else the message that says why not. */
export type Checked<P, V> = [Uncloneable<P>] extends [never]
  ? [Uncloneable<Awaited<V>>] extends [never]
    ? unknown
    : NotCloneable<'the result', Uncloneable<Awaited<V>>>
  : NotCloneable<'an argument', Uncloneable<P>>
