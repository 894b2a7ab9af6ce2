/** What an application sees of a runtime. What is behind it is in `local-runtime.ts`. */
import type { OptionsFor } from '../canvas/options.js'
import type { AnyCanvas, HandleOf, Incomplete, Mappable, ResultOf, StreamArgsOf, StreamOf } from '../canvas/typing.js'
import { ClosedError } from '../errors.js'
import type { RuntimeEvents } from '../events/event.js'
import type { AsyncResult, RevokeOptions } from '../result/async-result.js'
import type { Schedule, ScheduleOptions } from '../schedule/schedule.js'
import type { Inspection } from './inspection.js'
import type { Metrics } from './metrics.js'
import type { MapOptions } from './stream-options.js'
import type { RevokeTarget } from './targets.js'

/** Runs canvases. An idle runtime never keeps the process alive; pending work does. After `close` or `destroy`, applying throws {@link ClosedError}. */
export interface Runtime extends AsyncDisposable {
  /**
   * Starts a canvas and gives its handle at once.
   *
   * @throws `InvalidCanvasError` (not a canvas), `SerializationError` (an argument cannot be sent), `ConfigurationError` (a wrong
   *   option, a task in the program's entry file), {@link ClosedError}; nothing has started then.
   * @example
   * const result = runtime.apply(chord([add.s(1, 1), add.s(2, 2)], tsum.s()))
   * await result.get({ timeout: 1_000 }) // 6
   */
  apply<C extends AnyCanvas>(canvas: C & Incomplete<C>): HandleOf<C>
  apply<C extends AnyCanvas>(canvas: C, options: OptionsFor<C>): HandleOf<C>
  /** Starts a canvas and gives a promise of its value; rejects with what `AsyncResult.get` does, or `apply` throws. */
  run<C extends AnyCanvas>(canvas: C & Incomplete<C>): Promise<ResultOf<C>>
  run<C extends AnyCanvas>(canvas: C, options: OptionsFor<C>): Promise<ResultOf<C>>
  /**
   * Streams items through a task in bounded memory; the first failure ends the iteration with its error.
   *
   * Leaving the loop revokes what is running and closes `items`. One call per `chunkSize` items, with the task's retry policy and limits.
   * Nothing is pulled before the first `next()`.
   *
   * @param task - A task, or a signature, whose bound arguments come behind the item and whose options hold for every call.
   * @throws `InvalidCanvasError` for what is no task, or cannot be iterated; {@link ConfigurationError} for a wrong option; {@link ClosedError}.
   * @example
   * for await (const thumbnail of runtime.map(shrink, filesIn('photos'))) await upload(thumbnail)
   */
  map<T extends Mappable>(task: T, items: StreamOf<T>, options?: MapOptions): AsyncIterableIterator<ResultOf<T>>
  /** Like {@link Runtime.map}, but each item is a whole list of arguments. */
  starmap<T extends Mappable>(task: T, items: StreamArgsOf<T>, options?: MapOptions): AsyncIterableIterator<ResultOf<T>>
  /** The handle of an id, while it is pending, somebody holds its handle, or `resultTtl` has not passed; else `undefined`. */
  result(id: string): AsyncResult<unknown> | undefined
  /** Revokes calls or whole workflows, by id or handle, and tells how many calls that touched; finished and unknown ones do not count. */
  revoke(target: RevokeTarget | Iterable<RevokeTarget>, options?: RevokeOptions): number
  /** Revokes every call that carries any of these stamp values; tells how many. A list is several values. */
  revokeByStamps(stamps: Readonly<Record<string, unknown>>, options?: RevokeOptions): number
  /**
   * Applies a canvas again and again. A schedule alone does not keep the process alive.
   *
   * @throws {@link ConfigurationError} for a wrong option, a taken name, or a cron that cannot be parsed; what `apply` throws for the
   *   canvas. A run that cannot be started when it is due becomes a `warning` event.
   * @example
   * runtime.schedule({ name: 'nightly', canvas: report.s(), cron: '0 3 * * *', timeZone: 'Europe/Berlin' })
   */
  schedule(options: ScheduleOptions): Schedule
  /** What is there now: running, waiting and delayed calls, schedules, threads. A copy; costs time in proportion to the queue. */
  inspect(): Inspection
  /** Counters since the start, and gauges. A copy; cheap. */
  metrics(): Metrics
  /**
   * Resolves when every thread has started; rejects with `WorkerLostError` if that fails. Which task modules there are is known only with
   * their first calls, and `setup` runs then.
   */
  ready(): Promise<void>
  /** Resolves when nothing is pending: callbacks and errbacks included, delayed calls too, schedules not. */
  idle(): Promise<void>
  /** Resolves when the queue has room again (below `maxQueue`); at once if it has. */
  drained(): Promise<void>
  /**
   * Ends the runtime in good order; more calls of it give the same promise. Schedules stop at once, new work is refused.
   *
   * @param options.drain - `true`, the default: finish all pending work. `false`: finish only what is running, revoke the rest.
   * @param options.timeout - How long in ms before what is left is revoked and threads are ended. Default 30_000; 0: at once; `Infinity`: for ever.
   */
  close(options?: { readonly drain?: boolean; readonly timeout?: number }): Promise<ShutdownReport>
  /** Ends threads now; pending calls become `REVOKED`, their `get()` rejects with {@link ClosedError}. Resolves when the threads are gone. */
  destroy(): Promise<ShutdownReport>
  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void>
  /** Calls `listener` on each event of that name. What it throws becomes a `warning` event and harms nothing. */
  on<T extends keyof RuntimeEvents>(type: T, listener: (event: RuntimeEvents[T]) => void): this
  once<T extends keyof RuntimeEvents>(type: T, listener: (event: RuntimeEvents[T]) => void): this
  /** Removes one listener, or all of that name. */
  off<T extends keyof RuntimeEvents>(type: T, listener?: (event: RuntimeEvents[T]) => void): this
}

/** What `close` and `destroy` did with pending calls: how many ended by themselves, how many were revoked, and whether time ran out. */
export interface ShutdownReport {
  readonly finished: number
  readonly revoked: number
  readonly timedOut: boolean
}
