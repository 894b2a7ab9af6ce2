/** A clock that a test moves: it stands still until then, and goes from one due callback to the next. */
import type { Clock } from '../../../src/environment.js'

interface Due {
  readonly at: number
  readonly callback: () => void
}

export class HandClock implements Clock {
  #now: number
  readonly #due = new Set<Due>()
  /** Longest wait before it calls back too early, as real timers do. */
  longestWait = Infinity

  constructor(now: number | string = 0) {
    this.#now = typeof now === 'string' ? Date.parse(now) : now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const due = { at: this.#now + Math.min(Math.max(ms, 0), this.longestWait), callback }
    this.#due.add(due)
    return () => this.#due.delete(due)
  }

  /** How many callbacks it still has to make. */
  get pending(): number {
    return this.#due.size
  }

  /** Lets time pass: what falls due on the way is called at its time. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#first(end); next !== undefined; next = this.#first(end)) {
      this.#due.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }

  /** Time passes and nobody can do anything meanwhile, as when the event loop is blocked. */
  block(ms: number): void {
    this.#now += ms
    this.advance(0)
  }

  /** Somebody sets the clock. */
  set(now: number): void {
    this.#now = now
  }

  #first(until: number): Due | undefined {
    let first: Due | undefined
    for (const due of this.#due) if (due.at <= until && due.at < (first?.at ?? Infinity)) first = due
    return first
  }
}
