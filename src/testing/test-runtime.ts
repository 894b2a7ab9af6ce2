/**
 * A runtime for tests: the production one, put together with a clock that is moved, an order that is decided and an executor that plays its
 * threads. What it adds is what a test does with them.
 */
import type { AnyTask, TaskLike } from '../canvas/typing.js'
import { ClosedError, ConfigurationError } from '../errors.js'
import type { RuntimeEvent, RuntimeEvents } from '../events/event.js'
import { finiteDuration, show } from '../option-rules.js'
import { LocalRuntime } from '../runtime/local-runtime.js'
import type { Runtime, ShutdownReport } from '../runtime/runtime.js'
import type { TaskContext } from '../task/context.js'
import type { TaskMock } from './faults.js'
import type { TestRuntimeOptions } from './options.js'
import { EventRecorder, type RecordedCall } from './recorder.js'
import { Stage } from './stage.js'
import { requireTarget } from './target.js'

/** A {@link Runtime} whose time, order and faults are in the test's hands. */
export interface TestRuntime extends Runtime {
  readonly seed: number
  /** The virtual clock, in ms since the epoch. */
  readonly now: number
  /** Moves the clock by `ms`, runs all that falls due on the way, and resolves when nothing more can run at that time. 0: runs what is due now. */
  advance(ms: number): Promise<void>
  /** Fails the next runs of a task before its body starts, as if it had thrown `error`. `times` 1 by default; `Infinity`: for good; 0: undoes it. */
  failNext(task: AnyTask | string, error: unknown, times?: number): void
  /** Kills the virtual thread of a running call, or of the next one to start, before its body does: `WorkerLostError` or requeue, as on real threads. */
  loseWorker(task?: AnyTask | string): void
  /** Makes each run of a task take `ms` of virtual time, before its body. 0: undoes it. */
  delay(task: AnyTask | string, ms: number): void
  /** Replaces a task's body, in this runtime, until `restore()`. Its options stay. */
  mock<P extends unknown[], R>(
    task: TaskLike<P, R>,
    body: (this: TaskContext, ...args: P) => NoInfer<R> | PromiseLike<NoInfer<R>>,
  ): TaskMock<P>
  /** Every run so far, in order of start. Short for `recorder(runtime).calls`, from the start. */
  readonly calls: readonly RecordedCall[]
  /** Every event so far. */
  readonly timeline: readonly RuntimeEvent[]
  /**
   * As {@link Runtime.close}.
   *
   * @throws {@link ConfigurationError} at its end if a fault was asked for that struck nothing: the test has tested something else. By
   *   `await using` that is only a warning.
   */
  close(options?: { readonly drain?: boolean; readonly timeout?: number }): Promise<ShutdownReport>
}

/**
 * Makes a runtime for tests: the production scheduler, run inline, under a virtual clock and a seeded order of completion.
 *
 * The clock jumps to the next timer only when nothing else can run, so an hour of backoff takes a millisecond. One seed, one story.
 * It is not the default runtime: `setDefaultRuntime(runtime)` where `.delay()` is under test.
 *
 * @throws {@link ConfigurationError} for a wrong option.
 * @example
 * const runtime = createTestRuntime()
 * runtime.failNext(download, new Error('busy'), 2)
 * await runtime.run(download.s('a.png')) // after two retries, an hour later by its clock and a millisecond by yours
 */
export function createTestRuntime(options: TestRuntimeOptions = {}): TestRuntime {
  return new StagedRuntime(new Stage('createTestRuntime', options))
}

const warn = (message: string): void => process.emitWarning(message, { code: 'CELERIAC_TEST_RUNTIME' })

/** The runtime on a stage of its own; {@link createTestRuntime} sets it up. */
export class StagedRuntime extends LocalRuntime implements TestRuntime {
  readonly stage: Stage
  readonly #recorder: EventRecorder
  #closing: Promise<ShutdownReport> | undefined
  #isDestroyed = false

  constructor(stage: Stage) {
    super(stage.parts)
    this.stage = stage
    this.#recorder = new EventRecorder(this)
    stage.open({
      inspect: () => this.inspect(),
      warn,
    })
  }

  get seed(): number {
    return this.stage.seed
  }

  get now(): number {
    return this.stage.clock.now()
  }

  get calls(): readonly RecordedCall[] {
    return this.#recorder.calls
  }

  get timeline(): readonly RuntimeEvent[] {
    return this.#recorder.timeline
  }

  advance(ms: number): Promise<void> {
    if (!finiteDuration.accepts(ms))
      throw new ConfigurationError(`advance takes ${finiteDuration.expected}, not ${show(ms)}`, 'ms', ms)
    const { conductor } = this.stage
    if (conductor.isStopped)
      throw new ClosedError('the runtime is closed, and its clock with it: advance before close()')
    return conductor.advance(ms)
  }

  failNext(task: AnyTask | string, error: unknown, times?: number): void {
    this.stage.faults.failNext(task, error, times)
  }

  loseWorker(task?: AnyTask | string): void {
    const target = task === undefined ? undefined : requireTarget('loseWorker', task)
    if (!this.stage.executor.loseWorker(target)) this.stage.faults.loseNext(target)
  }

  delay(task: AnyTask | string, ms: number): void {
    this.stage.faults.delay(task, ms)
  }

  mock<P extends unknown[], R>(
    task: TaskLike<P, R>,
    body: (this: TaskContext, ...args: P) => NoInfer<R> | PromiseLike<NoInfer<R>>,
  ): TaskMock<P> {
    return this.stage.faults.mock(task, body) as TaskMock<P>
  }

  override off<T extends keyof RuntimeEvents>(type: T, listener?: (event: RuntimeEvents[T]) => void): this {
    super.off(type, listener)
    if (listener === undefined) this.#recorder.listen([type])
    return this
  }

  override close(options?: { readonly drain?: boolean; readonly timeout?: number }): Promise<ShutdownReport> {
    this.#closing ??= super.close(options).then((report) => {
      const unmet = this.#isDestroyed ? [] : this.stage.faults.unmet()
      if (unmet.length > 0) throw new ConfigurationError(unmet.join('\n'))
      return report
    })
    return this.#closing
  }

  /** Closes it. A fault that struck nothing is a warning here: thrown, it would hide the error of a test that has failed before it came to that. */
  override async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close()
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      warn(error.message)
    }
  }

  override destroy(): Promise<ShutdownReport> {
    this.#isDestroyed = true
    return super.destroy()
  }
}
