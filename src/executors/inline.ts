/**
 * Runs calls on this thread, for tests and for tasks that are not worth a thread. The same scheduler, the same worker code and the same
 * clones as on threads, so that a test cannot pass with data that a thread would refuse.
 */
import { threadId } from 'node:worker_threads'
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import type { Batch, Loss, Told } from '../scheduler/messages.js'
import type { CallMessage, OutcomeMessage, Told as ToldMessage } from '../worker/protocol.js'
import { runCall } from '../worker/run-task.js'
import { decodeAnswer, encodeBatch, encodeTold, reportSaying } from './call-messages.js'
import type { Executor, Report, WorkerInfo } from './executor.js'

/** What it is made with. */
export interface InlineOptions {
  readonly slots: number
  readonly maxDepth: number
  readonly defaults: RunPolicy
}

/** How long calls may follow each other before the event loop gets its turn, in ms. */
const TURN_MS = 10
const NOT_OBSERVED = { importing: () => {}, imported: () => {} }

export class InlineExecutor implements Executor {
  readonly slots: number
  readonly #report: Report
  readonly #clock: Clock
  readonly #options: InlineOptions
  readonly #running = new Set<number>()
  readonly #cancelled = new Set<number>()
  readonly #hearing = new Map<string, (told: ToldMessage) => void>()
  #turnStarted = 0
  #done = 0
  #destroyed = false

  constructor(options: InlineOptions, report: Report, clock: Clock) {
    this.slots = options.slots
    this.#options = options
    this.#report = report
    this.#clock = clock
  }

  dispatch(batch: Batch): void {
    const now = this.#clock.now()
    if (now - this.#turnStarted < TURN_MS) queueMicrotask(() => void this.#run(batch))
    else
      setImmediate(() => {
        this.#turnStarted = this.#clock.now()
        void this.#run(batch)
      })
  }

  tell(batch: number, call: number, told: Told): void {
    if (told.kind === 'cancel') this.#cancelled.add(batch)
    this.#hearing.get(`${batch}:${call}`)?.(structuredClone(encodeTold(told, this.#options.maxDepth)))
  }

  /** A call on this thread cannot be ended: it is given up, and what it still returns is dropped. */
  terminate(batch: number, loss: Loss): void {
    queueMicrotask(() => {
      if (this.#running.delete(batch) && !this.#destroyed) this.#report.lost(batch, loss)
    })
  }

  async ready(): Promise<void> {}

  workerOf(batch: number): number | undefined {
    return this.#running.has(batch) ? 0 : undefined
  }

  workers(): readonly WorkerInfo[] {
    return [{ id: 0, threadId, done: this.#done, running: this.#running.size }]
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
  }

  async #run(batch: Batch): Promise<void> {
    const { maxDepth, defaults } = this.#options
    this.#running.add(batch.number)
    const { message, refused } = encodeBatch(batch, maxDepth, defaults)
    const { calls } = structuredClone(message)
    const outcomes: OutcomeMessage[] = []
    for (const [i, call] of calls.entries()) outcomes.push(await this.#runCall(batch, i, call))
    this.#cancelled.delete(batch.number)
    if (!this.#running.delete(batch.number) || this.#destroyed) return
    this.#done += batch.calls.length
    this.#report.outcomes(batch.number, decodeAnswer(batch, refused, structuredClone(outcomes)))
  }

  async #runCall(batch: Batch, index: number, call: CallMessage): Promise<OutcomeMessage> {
    const { maxDepth, defaults } = this.#options
    const name = `${batch.number}:${index}`
    try {
      return await runCall(call, {
        maxDepth,
        defaults,
        clock: this.#clock,
        ...NOT_OBSERVED,
        say: (saying) => {
          if (!this.#destroyed && this.#running.has(batch.number))
            reportSaying(this.#report, batch, index, structuredClone(saying))
        },
        hear: (listener) => this.#hearing.set(name, listener),
        isCancelled: () => this.#cancelled.has(batch.number),
      })
    } finally {
      this.#hearing.delete(name)
    }
  }
}
