/** Threads that are only played: who runs on which, and who goes down with one that is lost. */
import type { Report, WorkerInfo } from '../executors/executor.js'

interface VirtualThread {
  /** The number of its lane: a thread that takes the place of another one takes its number, too. */
  readonly id: number
  readonly threadId: number
  done: number
  /** Numbers of the batches on it, and whether each waits for a child. */
  readonly batches: Map<number, boolean>
}

type Offline = Parameters<Report['offline']>[1]

export class VirtualThreads {
  readonly #report: Report
  readonly #threads: (VirtualThread | undefined)[]
  #count = 0

  constructor(size: number, report: Report) {
    this.#report = report
    this.#threads = Array.from({ length: size }, () => undefined)
  }

  /** Puts a batch on its thread, which starts if need be. */
  place(batch: number, lane: number): void {
    this.#threads[lane] ??= this.#start(lane)
    this.#threads[lane].batches.set(batch, false)
  }

  park(batch: number, isParked: boolean): void {
    this.#threadOf(batch)?.batches.set(batch, isParked)
  }

  leave(batch: number): void {
    const thread = this.#threadOf(batch)
    if (thread?.batches.delete(batch)) thread.done++
  }

  /** Loses the thread of a batch, and gives all batches that were on it; another thread takes its place. */
  lose(batch: number, reason: Offline): readonly number[] {
    const thread = this.#threadOf(batch)
    if (thread === undefined) return []
    this.#threads[thread.id] = undefined
    this.#report.offline(infoOf(thread), reason)
    return [...thread.batches.keys()]
  }

  /** Another one takes the place of an idle thread. */
  recycle(lane: number): void {
    const thread = this.#threads[lane]
    if (thread === undefined) return
    this.#threads[lane] = undefined
    this.#report.offline(infoOf(thread), 'recycled')
  }

  list(): readonly WorkerInfo[] {
    return this.#threads.flatMap((thread) => (thread === undefined ? [] : [infoOf(thread)]))
  }

  #start(id: number): VirtualThread {
    const thread = { id, threadId: this.#count++, done: 0, batches: new Map() }
    this.#report.online(infoOf(thread))
    return thread
  }

  #threadOf(batch: number): VirtualThread | undefined {
    return this.#threads.find((thread) => thread?.batches.has(batch))
  }
}

const infoOf = ({ id, threadId, done, batches }: VirtualThread): WorkerInfo => ({
  id,
  threadId,
  done,
  running: [...batches.values()].filter((isParked) => !isParked).length,
})
