/**
 * Limits that a task sets itself: how often its calls start, and how many run at one time. Pure: it is told the time.
 *
 * The rate is a token bucket that holds one token, as Celery's: `'10/s'` lets one start every 100 ms, not ten at once.
 *
 * @see https://docs.celeryq.dev/en/stable/userguide/tasks.html#Task.rate_limit
 */
export class Gate {
  /** Time from one start to the next, in ms; 0: none. */
  readonly #intervalMs: number
  readonly #concurrency: number
  #nextAt = -Infinity
  #running = 0
  /** Calls of its task that are ready, and have not left. */
  ready = 0

  constructor(startsPerSecond: number, concurrency: number) {
    this.#intervalMs = startsPerSecond === Infinity ? 0 : 1_000 / startsPerSecond
    this.#concurrency = concurrency
  }

  isOpen(now: number): boolean {
    return this.#running < this.#concurrency && now >= this.#nextAt
  }

  /** How many calls may start now, if each starts at once. */
  room(now: number): number {
    if (!this.isOpen(now)) return 0
    return this.#intervalMs > 0 ? 1 : this.#concurrency - this.#running
  }

  /** When it opens, if only time has to pass. */
  get opensAt(): number | undefined {
    return this.#running < this.#concurrency ? this.#nextAt : undefined
  }

  /** A call starts. One that was late does not let the next one start early. */
  enter(now: number): void {
    this.#running++
    this.#nextAt = Math.max(this.#nextAt, now) + this.#intervalMs
  }

  /** A run has ended, or waits for a child: awaiting one's own kind would else wait for ever. */
  leave(): void {
    this.#running--
  }

  /** A run goes on that has waited for a child. */
  resume(): void {
    this.#running++
  }
}
