/**
 * A clock that stands still until it is moved. It keeps the timers and runs those that are due; when to move it, and how far, is decided
 * by the conductor.
 */
import type { Clock } from '../environment.js'

interface Timer {
  readonly at: number
  /** Of timers due at one time, the one that was set first runs first. */
  readonly number: number
  readonly callback: () => void
}

/** How often a piece of code may look at the clock before it counts as a loop that waits for time to pass. */
const LOOKS_OF_A_LOOP = 10_000

export class VirtualClock implements Clock {
  /** Soonest last. */
  readonly #timers: Timer[] = []
  /** Told of each new timer. */
  readonly #onTimer: () => void
  #now: number
  #count = 0
  #looks = 0

  constructor(now: number, onTimer: () => void) {
    this.#now = now
    this.#onTimer = onTimer
  }

  now(): number {
    return this.#now
  }

  /** A time that never comes keeps no timer. */
  after(ms: number, callback: () => void): () => void {
    if (ms === Infinity) return () => {}
    const timer = { at: this.#now + Math.max(ms, 0), number: this.#count++, callback }
    this.#timers.splice(this.#placeOf(timer), 0, timer)
    this.#onTimer()
    return () => this.#drop(timer)
  }

  /** When the next timer is due. */
  get next(): number | undefined {
    return this.#timers.at(-1)?.at
  }

  /** Moves to a time, and runs what is due then; timers set on the way wait for the next move. It never goes back. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at)
    const known = this.#count
    const isDue = (timer: Timer): boolean => timer.at <= this.#now && timer.number < known
    for (let timer = this.#timers.at(-1); timer !== undefined && isDue(timer); timer = this.#timers.at(-1)) {
      this.#timers.pop()
      timer.callback()
    }
  }

  /**
   * The clock as running code sees it. A loop that looks again and again, and never lets go, would wait for ever for a clock that stands:
   * for that one, each further look takes a millisecond.
   */
  seenFromInside(): Clock {
    return {
      now: () => {
        if (++this.#looks > LOOKS_OF_A_LOOP) this.#now++
        return this.#now
      },
      after: (ms, callback) => this.after(ms, callback),
    }
  }

  /** Running code has let go. */
  endTurn(): void {
    this.#looks = 0
  }

  /** Where a timer belongs, by halving: behind all that are due later. */
  #placeOf(timer: Timer): number {
    let from = 0
    let to = this.#timers.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (isLater(this.#timers[middle] as Timer, timer)) from = middle + 1
      else to = middle
    }
    return from
  }

  #drop(timer: Timer): void {
    const at = this.#placeOf(timer)
    if (this.#timers[at] === timer) this.#timers.splice(at, 1)
  }
}

const isLater = (one: Timer, other: Timer): boolean =>
  one.at > other.at || (one.at === other.at && one.number > other.number)
