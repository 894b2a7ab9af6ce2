/**
 * Runs calls on this thread, for tests and for tasks that are not worth a thread. The same scheduler, the same worker code and the same
 * clones as on threads, so that a test cannot pass with data that a thread would refuse.
 */
import { threadId } from 'node:worker_threads'
import type { Clock } from '../environment.js'
import type { Batch } from '../scheduler/messages.js'
import { runCall } from '../worker/run-task.js'
import { decodeAnswer, encodeBatch } from './call-messages.js'
import type { Executor, Report, WorkerInfo } from './executor.js'

/** How long calls may follow each other before the event loop gets its turn, in ms. */
const TURN_MS = 10
const NOT_OBSERVED = { importing: () => {}, imported: () => {} }

export class InlineExecutor implements Executor {
  readonly slots: number
  readonly #report: Report
  readonly #clock: Clock
  readonly #maxDepth: number
  #turnStarted = 0
  #done = 0
  #destroyed = false

  constructor(options: { readonly slots: number; readonly maxDepth: number }, report: Report, clock: Clock) {
    this.slots = options.slots
    this.#maxDepth = options.maxDepth
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

  async ready(): Promise<void> {}

  workers(): readonly WorkerInfo[] {
    return [{ id: 0, threadId, done: this.#done }]
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
  }

  async #run(batch: Batch): Promise<void> {
    const { message, refused } = encodeBatch(batch, this.#maxDepth)
    const { calls } = structuredClone(message)
    const answer = []
    for (const call of calls) answer.push(await runCall(call, this.#maxDepth, NOT_OBSERVED))
    if (this.#destroyed) return
    this.#done += batch.calls.length
    this.#report.outcomes(batch.number, decodeAnswer(batch, refused, structuredClone(answer)))
  }
}
