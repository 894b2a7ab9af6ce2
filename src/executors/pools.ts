/**
 * The Piscina pools behind an executor: one, as long as threads start. A pool of which one new thread dies before it is ready never starts
 * another one, and would strand what waits for it; then a further pool makes up for what is missing. Which thread gets what, and whether it is worth
 * another try, is decided elsewhere.
 */
import type { Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'

type RunOptions = NonNullable<Parameters<Piscina['run']>[1]>
/** Makes a pool of so many threads, whose balancer asks for the thread that a run is for. */
export type MakePool = (threads: number, target: () => number | undefined) => Piscina

/** What is told of the threads of all pools. */
export interface PoolObserver {
  started(threadId: number): void
  said(message: unknown): void
  /** A thread died, and no run was on it to tell of that. */
  diedIdle(error: Error): void
  /** A new thread died before it was ready, so its pool starts no more. */
  failedToStart(): void
  /** A thread of such a pool has died, and has no successor. */
  missing(): void
}

export class Pools {
  readonly #make: MakePool
  readonly #size: number
  readonly #observer: PoolObserver
  readonly #pools: Piscina[] = []
  readonly #stuck = new WeakSet<Piscina>()
  readonly #poolOf = new Map<number, Piscina>()
  #isDestroyed = false
  /** The thread that the run being handed over is for. */
  #target: number | undefined

  constructor(size: number, make: MakePool, observer: PoolObserver) {
    this.#size = size
    this.#make = make
    this.#observer = observer
  }

  /** Starts as many threads as are missing; those that are starting are not. */
  fill(): void {
    const missing = this.#size - this.#pools.reduce((sum, { threads }) => sum + threads.length, 0)
    if (missing <= 0 || this.#isDestroyed) return
    const pool = this.#make(missing, () => this.#target)
    this.#pools.push(pool)
    pool.on('error', (error: Error) => this.#observer.diedIdle(error))
    pool.on('message', (message: unknown) => this.#observer.said(message))
    pool.on('workerDestroy', () => queueMicrotask(() => this.#look(pool)))
    // Piscina tells of a thread that takes the place of another one just before it would hand it a run.
    pool.on('workerCreate', ({ id }: { readonly id: number }) => queueMicrotask(() => this.#welcome(pool, id)))
  }

  run(message: unknown, threadId: number, options: RunOptions): Promise<unknown> {
    const pool = this.#poolOf.get(threadId)
    if (pool === undefined) return Promise.reject(new Error('the thread died before it could be given anything'))
    this.#target = threadId
    return pool.run(message, options)
  }

  worker(threadId: number | undefined): Worker | undefined {
    return this.#poolOf.get(threadId ?? -1)?.threads.find((worker) => worker.threadId === threadId)
  }

  /** The thread is gone. */
  forget(threadId: number): void {
    this.#poolOf.delete(threadId)
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true
    await Promise.all(this.#pools.map((pool) => pool.destroy()))
  }

  #welcome(pool: Piscina, threadId: number): void {
    if (!pool.threads.some((worker) => worker.threadId === threadId)) return // it is gone already
    this.#poolOf.set(threadId, pool)
    this.#observer.started(threadId)
  }

  /** A thread was removed. Piscina has started another one by now, or never will. */
  #look(pool: Piscina): void {
    if (this.#isDestroyed || pool.threads.length >= pool.options.minThreads) return
    const isNew = !this.#stuck.has(pool)
    this.#stuck.add(pool)
    if (pool.threads.length === 0) this.#pools.splice(this.#pools.indexOf(pool), 1)
    if (isNew) this.#observer.failedToStart()
    else this.#observer.missing()
  }
}
