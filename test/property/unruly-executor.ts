/** The inline executor on bad days: its lanes die under what runs there, at moments that chance picks. */
import type { Executor, Report, WorkerInfo } from '../../src/executors/executor.js'
import type { Batch } from '../../src/scheduler/batch.js'
import type { Loss, Told } from '../../src/scheduler/messages.js'
import type { Random } from '../simulator/random.js'

/** A call has four runs, so it survives that. */
const MOST_DEATHS = 3
const MOST_TURNS = 12

export class UnrulyExecutor implements Executor {
  readonly #inner: Executor
  #random: Random | undefined
  #deathsLeft = 0
  deaths = 0
  recalls = 0

  constructor(report: Report, makeInner: (report: Report) => Executor) {
    this.#inner = makeInner(report)
  }

  /** From now on lanes die, a few times. */
  misbehave(random: Random): void {
    this.#random = random
    this.#deathsLeft = MOST_DEATHS
  }

  dispatch(batch: Batch): void {
    this.#inner.dispatch(batch)
    if (this.#deathsLeft === 0 || this.#random?.chance(0.3) !== true) return
    this.#deathsLeft--
    void this.#dieIn(batch.number, this.#random.below(MOST_TURNS))
  }

  async #dieIn(batch: number, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await null
    this.deaths++
    this.#inner.terminate(batch, { reason: 'exit' })
  }

  recall(batch: Batch): number {
    this.recalls++
    return this.#inner.recall(batch)
  }

  tell(batch: number, call: number, told: Told): void {
    this.#inner.tell(batch, call, told)
  }

  terminate(batch: number, loss: Loss): void {
    this.#inner.terminate(batch, loss)
  }

  recycle(lane: number): void {
    this.#inner.recycle(lane)
  }

  ready(): Promise<void> {
    return this.#inner.ready()
  }

  workers(): readonly WorkerInfo[] {
    return this.#inner.workers()
  }

  tearDown(withinMs: number): Promise<void> {
    return this.#inner.tearDown(withinMs)
  }

  destroy(): Promise<void> {
    return this.#inner.destroy()
  }
}
