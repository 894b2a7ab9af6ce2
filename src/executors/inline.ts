/**
 * Runs calls on this thread, for tests and for tasks that are not worth a thread. The same scheduler, the same worker code and the same
 * clones as on threads, so that a test cannot pass with data that a thread would refuse.
 */
import { type TransferListItem, threadId } from 'node:worker_threads'
import type { RunPolicy } from '../canvas/policy.js'
import { type Clock, stopwatch } from '../environment.js'
import type { Batch } from '../scheduler/batch.js'
import type { Loss, Told } from '../scheduler/messages.js'
import type { ByteLimits } from '../serialization/size.js'
import { BatchRunner } from '../worker/batch-runner.js'
import type { AnswerMessage } from '../worker/protocol.js'
import { BatchUnderWay } from './batch-under-way.js'
import { encodeTold, reportSaying } from './call-messages.js'
import { Cursors } from './cursors.js'
import type { Executor, Report, WorkerInfo } from './executor.js'
import { GuestModules } from './guest-modules.js'
import { Imports } from './imports.js'

/** What it is made with. */
export interface InlineOptions {
  readonly lanes: number
  readonly callsPerThread: number
  readonly maxDepth: number
  readonly bytes?: ByteLimits | undefined
  readonly defaults: RunPolicy
  /** How long a task module may take to import and set up, and to tear down, in ms. */
  readonly startTimeout: number
}

/** How long calls may follow each other before the event loop gets its turn, in ms. */
const TURN_MS = 10

export class InlineExecutor implements Executor {
  readonly #report: Report
  readonly #options: InlineOptions
  readonly #cursors = new Cursors()
  readonly #clock: Clock
  readonly #runners: BatchRunner[]
  readonly #imports: Imports
  readonly #modules: GuestModules
  readonly #batches = new Map<number, BatchUnderWay>()
  readonly #waiting: (() => void)[] = []
  #turnStarted = 0
  #done = 0
  #destroyed = false

  constructor(options: InlineOptions, report: Report, clock: Clock) {
    this.#options = options
    this.#report = report
    this.#clock = clock
    this.#imports = new Imports(clock, options.startTimeout, (batch, loss) => this.terminate(batch, loss))
    this.#modules = new GuestModules(
      clock,
      options.startTimeout,
      report,
      () => this.#batches.size === 0,
      (lane) => report.thread(lane, true),
    )
    this.#runners = Array.from({ length: options.lanes }, () => this.#newRunner())
  }

  dispatch(batch: Batch): void {
    const underWay = new BatchUnderWay(batch, this.#cursors, this.#options)
    this.#batches.set(batch.number, underWay)
    if (this.#waiting.push(() => void this.#run(underWay)) === 1) this.#startSoon()
  }

  recall(batch: Batch): number {
    return this.#batches.get(batch.number)?.recall() ?? batch.size
  }

  tell(batch: number, call: number, told: Told): void {
    const underWay = this.#batches.get(batch)
    if (underWay === undefined) return
    const message = structuredClone(encodeTold(told, this.#options.maxDepth))
    this.#runnerOf(underWay.batch).tell({ batch, call: underWay.sentPlaceOf(call), told: message })
  }

  /** A call on this thread cannot be ended: it is given up, and what it still returns is dropped. What waited behind it goes elsewhere. */
  terminate(batch: number, loss: Loss): void {
    const lane = this.#batches.get(batch)?.batch.lane
    queueMicrotask(() => {
      if (lane === undefined || this.#destroyed || !this.#batches.has(batch)) return
      this.#runners[lane] = this.#newRunner()
      for (const underWay of [...this.#batches.values()].filter((other) => other.batch.lane === lane)) {
        this.#batches.delete(underWay.batch.number)
        const { number } = underWay.batch
        this.#report.lost(number, loss, {
          begun: underWay.recall(),
          isUnder: number === batch || this.#options.callsPerThread > 1,
        })
      }
      this.#report.thread(lane, true)
    })
  }

  async ready(): Promise<void> {}

  workers(): readonly WorkerInfo[] {
    const running = [...this.#batches.values()].reduce((sum, { batch }) => sum + Math.min(batch.active, 1), 0)
    return [{ id: 0, threadId, done: this.#done, running }]
  }

  async tearDown(withinMs: number): Promise<void> {
    await this.#modules.tearDown(withinMs)
  }

  recycle(lane: number): void {
    this.#modules.wear(lane)
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
    this.#imports.stopAll()
    this.#modules.stop()
  }

  /** Never in the middle of what asked for it: a task must not run inside of `apply`. The event loop gets its turn now and then. */
  #startSoon(): void {
    const start = (): void => {
      for (const run of this.#waiting.splice(0)) run()
    }
    if (stopwatch() - this.#turnStarted < TURN_MS) return queueMicrotask(start)
    setImmediate(() => {
      this.#turnStarted = stopwatch()
      start()
    })
  }

  async #run(underWay: BatchUnderWay): Promise<void> {
    const { batch, message } = underWay
    if (this.#modules.renewing !== undefined) await this.#modules.renewing
    if (this.#batches.get(batch.number) !== underWay) return underWay.end()
    if (underWay.isEmpty) return this.#take(underWay, undefined)
    const sent = structuredClone(message, { transfer: [...underWay.leave()] })
    const last = await new Promise<AnswerMessage>((answer) => this.#runnerOf(batch).run(sent, answer))
    this.#take(underWay, last)
    if (this.#batches.get(batch.number) === underWay) this.#batches.delete(batch.number)
    underWay.end()
    this.#modules.renewIfIdle()
  }

  #take(underWay: BatchUnderWay, answer: AnswerMessage | undefined, moved: readonly TransferListItem[] = []): void {
    const { batch } = underWay
    if (this.#destroyed || this.#batches.get(batch.number) !== underWay) return
    const before = batch.open
    this.#report.ended(batch.number, underWay.endsIn(answer && structuredClone(answer, { transfer: [...moved] })))
    this.#done += before - batch.open
  }

  #runnerOf({ lane }: Batch): BatchRunner {
    return this.#runners[lane] as BatchRunner
  }

  #newRunner(): BatchRunner {
    const { maxDepth, bytes, defaults, callsPerThread } = this.#options
    return new BatchRunner({
      modules: this.#modules.modules,
      setup: { maxDepth, bytes, defaults, callsPerThread, cursors: this.#cursors.cells },
      clock: this.#clock,
      stopwatch,
      say: (batch, call, saying) => {
        const underWay = this.#batches.get(batch)
        if (underWay !== undefined && !this.#destroyed)
          reportSaying(this.#report, underWay.batch, underWay.placeOf(call), structuredClone(saying))
      },
      send: (batch, answer, moved) => {
        const underWay = this.#batches.get(batch)
        if (underWay !== undefined) this.#take(underWay, answer, moved)
      },
      checkMail: () => {},
      importing: (batch, moduleUrl) => this.#imports.start(batch, moduleUrl),
      imported: (batch) => this.#imports.stop(batch),
    })
  }
}
