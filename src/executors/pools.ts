/**
 * The Piscina pools behind an executor: one, as long as threads start. A pool of which one new thread dies before it is ready never starts
 * another one, and would strand what waits for it; then a further pool makes up for what is missing. Whether it is worth another try is
 * decided elsewhere.
 */
import type { Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'

/** Makes a pool of so many threads. */
export type MakePool = (threads: number) => Piscina

/** What is told of the threads of all pools. */
export interface PoolObserver {
  started(worker: Worker, threadId: number): void
  /** Something was posted in a thread, by us or by a task. */
  posted(message: unknown): void
  /** A thread threw what nobody caught, and is gone; its own `error` has been told before. */
  died(error: unknown): void
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
  #isDestroyed = false

  constructor(size: number, make: MakePool, observer: PoolObserver) {
    this.#size = size
    this.#make = make
    this.#observer = observer
  }

  /** Starts as many threads as are missing; those that are starting are not. */
  fill(): void {
    const missing = this.#size - this.#pools.reduce((sum, { threads }) => sum + threads.length, 0)
    if (missing <= 0 || this.#isDestroyed) return
    const pool = this.#make(missing)
    this.#pools.push(pool)
    pool.on('error', (error: unknown) => queueMicrotask(() => this.#observer.died(error)))
    pool.on('message', (message: unknown) => this.#observer.posted(message))
    pool.on('workerDestroy', () => queueMicrotask(() => this.#look(pool)))
    // Piscina tells of a thread in the middle of its own doing.
    pool.on('workerCreate', ({ id }: { readonly id: number }) => queueMicrotask(() => this.#welcome(pool, id)))
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true
    await Promise.all(this.#pools.map((pool) => pool.destroy()))
  }

  #welcome(pool: Piscina, threadId: number): void {
    const worker = pool.threads.find((thread) => thread.threadId === threadId)
    if (worker !== undefined) this.#observer.started(worker, threadId) // else it is gone already
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
