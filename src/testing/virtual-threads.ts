/** Threads that are only played: who runs on which, and who goes down with one that is lost. */
import type { Report, WorkerInfo } from '../executors/executor.js'

interface VirtualThread {
  readonly id: number
  done: number
  /** Numbers of the batches on it, and whether each waits for a child. */
  readonly batches: Map<number, boolean>
}

type Offline = Parameters<Report['offline']>[1]

export class VirtualThreads {
  readonly #report: Report
  readonly #size: number
  readonly #threads: VirtualThread[] = []
  #count = 0

  constructor(size: number, report: Report) {
    this.#size = size
    this.#report = report
  }

  /** Puts a batch on the thread that has least to do. */
  place(batch: number): void {
    while (this.#threads.length < this.#size) this.#start()
    const least = this.#threads.reduce((best, thread) => (runningOn(thread) < runningOn(best) ? thread : best))
    least.batches.set(batch, false)
  }

  park(batch: number, isParked: boolean): void {
    const thread = this.#threadOf(batch)
    if (thread?.batches.has(batch)) thread.batches.set(batch, isParked)
  }

  leave(batch: number): void {
    const thread = this.#threadOf(batch)
    if (thread?.batches.delete(batch)) thread.done++
  }

  /** Loses the thread of a batch, and gives all batches that were on it; another thread takes its place. */
  lose(batch: number, reason: Offline): readonly number[] {
    const thread = this.#threadOf(batch)
    if (thread === undefined) return []
    this.#threads.splice(this.#threads.indexOf(thread), 1)
    this.#report.offline(infoOf(thread), reason)
    return [...thread.batches.keys()]
  }

  list(): readonly WorkerInfo[] {
    return this.#threads.map(infoOf)
  }

  #start(): void {
    const thread = { id: this.#count++, done: 0, batches: new Map() }
    this.#threads.push(thread)
    this.#report.online(infoOf(thread))
  }

  #threadOf(batch: number): VirtualThread | undefined {
    return this.#threads.find(({ batches }) => batches.has(batch))
  }
}

const runningOn = ({ batches }: VirtualThread): number => [...batches.values()].filter((isParked) => !isParked).length

const infoOf = (thread: VirtualThread): WorkerInfo => ({
  id: thread.id,
  threadId: thread.id,
  done: thread.done,
  running: runningOn(thread),
})
