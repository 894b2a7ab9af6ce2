/**
 * What a handle on applied work offers: one call's, and a group's. They stand together since each speaks of the other.
 * Only types: `handle.ts` makes them true, over the small interface in `source.ts` that the runtime fills.
 */
import type { ResultTimeoutError } from '../errors.js'

export declare const gives: unique symbol

/** The states that nothing leaves. */
export type FinalState = 'SUCCESS' | 'FAILURE' | 'REVOKED' | 'IGNORED' | 'REJECTED'
/** Celery's states. */
export type TaskState = FinalState | 'PENDING' | 'RECEIVED' | 'STARTED' | 'RETRY' | (string & {})

/** Handles, and who led to whom by id. */
export interface ResultGraph {
  readonly nodes: readonly AsyncResult<unknown>[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

/** How to wait. */
export interface GetOptions {
  /**
   * In ms, for the whole wait, a group's members included. Default, and `Infinity`: none. 0: only if it is ready now.
   */
  readonly timeout?: number
  /** Throw the error of failed work. `false`: return it. Default `true`. */
  readonly propagate?: boolean
  /** Stops the wait, not the work. */
  readonly signal?: AbortSignal
}

/**
 * What `get({ propagate: false })` gives: of a group, the list with errors in its failed slots; else the value or an
 * error.
 */
export type OutcomeOf<T> =
  T extends GroupResult<infer R>
    ? { -readonly [K in keyof R]: Outcome<R[K]> }
    : T extends ChildResult<infer R>
      ? Outcome<R>
      : never
/** A value, an error, or (if the handle turns out to be a group's) a list with errors in its failed slots. */
export type Outcome<R> =
  | R
  | Error
  | (R extends readonly unknown[] ? { -readonly [K in keyof R]: Outcome<R[K]> } : never)

/** A canvas applied from inside a task. If nobody asks, its failure is no unhandled rejection. */
export interface ChildResult<out R> {
  /** Types only; not there at run time. */
  readonly [gives]: () => R
  readonly id: string
  /** Waits for the value, see `AsyncResult.get`. */
  get(options?: GetOptions & { readonly propagate?: true }): Promise<R>
  get<T>(this: T, options: GetOptions & { readonly propagate: false }): Promise<OutcomeOf<T>>
  /** Revokes what it stands for, the whole subtree. */
  revoke(options?: RevokeOptions): void
}

/** How to revoke. */
export interface RevokeOptions {
  /** End the thread of a running call if it has not stopped `graceMs` after its signal aborted. Default `false`: only the signal. */
  readonly terminate?: boolean
  /** Becomes the `reason` of `this.signal`, and the `cause` of `TaskRevokedError`. */
  readonly reason?: unknown
}

/**
 * A handle on applied work. Not thenable, so that an `async` function can return it: ask with `get()`, or use
 * `runtime.run`.
 *
 * If nobody asks, a failure is no unhandled rejection.
 */
export interface AsyncResult<out R> extends ChildResult<R> {
  /** Of a chain, its last call's; of a chord, its body's; of a group, the group's. */
  readonly id: string
  /** A group's is `PENDING` until all members are final, then `SUCCESS` if all succeeded, else `FAILURE`. */
  readonly state: TaskState
  /** Finished, in whatever way. */
  ready(): boolean
  successful(): boolean
  /** `FAILURE`; a revoked call is neither successful nor failed. */
  failed(): boolean
  /** Narrows to a group's handle; true also for a chain or chord that ends in a group, and for chunks. */
  isGroup(): this is GroupResult<R extends readonly unknown[] ? R : unknown[]>
  /**
   * Waits for the value.
   *
   * @throws the original error of the task (of a group, the first in member order); `ClosedError` if the runtime was
   *   closed before; {@link ResultTimeoutError} after `timeout`; the signal's reason. With `propagate: false` the error
   *   of failed work is returned, in a group each in its slot.
   */
  get(options?: GetOptions & { readonly propagate?: true }): Promise<R>
  get<T>(this: T, options: GetOptions & { readonly propagate: false }): Promise<OutcomeOf<T>>
  /** The value once `SUCCESS`, else `undefined`. */
  readonly result: R | undefined
  /** The error of its own state; of a chord body, the `ChordError` where `get()` throws the original. */
  readonly error: Error | undefined
  readonly traceback: string | undefined
  /** `meta` of the last `updateState`. */
  readonly info: unknown
  /** The last value given to `progress()`. */
  readonly progress: unknown
  /** Revokes everything not yet finished in this workflow up to and including this, and what it led to. */
  revoke(options?: RevokeOptions): void
  /** What came before: the previous step, or a chord body's header. */
  readonly parent: AsyncResult<unknown> | undefined
  /** What it led to: callbacks, then the next step. Complete once ready. */
  readonly children: readonly AsyncResult<unknown>[]
  /** Celery's `collect`: this result and all it led to, breadth first, each with its value, or its error. Waits as it goes. */
  collect(): AsyncIterableIterator<readonly [AsyncResult<unknown>, unknown]>
  /** The same as data: who led to whom. */
  graph(): ResultGraph
  /** Drops the stored value and error, and those of its parents; `get()` then rejects with {@link ResultTimeoutError}, at once. */
  forget(): void
}

/** One member that has finished. */
export type Settled<R> = { readonly index: number; readonly id: string } & (
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly error: Error }
)

/** The handle of a canvas whose value is a group's list: group, chunks, and a chain or chord that ends in one. */
export interface GroupResult<out R extends readonly unknown[] = unknown[]> extends AsyncResult<R> {
  /** One handle per member, in order; a nested group's is a {@link GroupResult}. */
  readonly results: { readonly [K in keyof R]: AsyncResult<R[K]> }
  /** Members that succeeded. */
  completedCount(): number
  /** Some member has not finished. */
  waiting(): boolean
  /** Members as they finish, or with `ordered` in order (default `false`). A failed member is an item, not a throw. */
  iterate(options?: {
    readonly ordered?: boolean
    readonly signal?: AbortSignal
  }): AsyncIterableIterator<Settled<R[number]>>
  /** Celery's name for `get()`. */
  join(options?: GetOptions): Promise<R>
}
