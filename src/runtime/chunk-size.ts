/**
 * How many items go into one call of a stream, found by measuring: so many that a call takes some milliseconds, which makes the way to a
 * thread and back cheap, and no more, so that work is shared out evenly and can be stopped soon.
 */

/** A call that took less is worth doubling, in ms. */
const SHORT_MS = 5
/** A call that took more is worth halving. */
const LONG_MS = 50
/** Beyond this, a larger call gains nothing. */
const MOST_ITEMS = 4_096

export class ChunkSize {
  readonly #slots: number
  readonly #most: number
  #size = 1
  /** When calls ended, the last `slots` of them. */
  readonly #ends: number[] = []

  /**
   * @param slots - Calls that run at one time.
   * @param window - Most items on their way: there is to be room in it for every slot to have one call, and one that waits.
   */
  constructor(slots: number, window: number) {
    this.#slots = slots
    this.#most = Math.min(MOST_ITEMS, Math.max(1, Math.floor(window / (2 * slots))))
  }

  get size(): number {
    return this.#size
  }

  /** A call with so many items has ended. One of another size says nothing: it left before the size last changed. */
  ended(items: number, submittedAt: number, now: number): void {
    const ms = now - this.#startOf(submittedAt)
    this.#ends.push(now)
    if (this.#ends.length > this.#slots) this.#ends.shift()
    if (items !== this.#size) return
    if (ms < SHORT_MS) this.#size = Math.min(this.#most, this.#size * 2)
    else if (ms > LONG_MS) this.#size = Math.max(1, this.#size >> 1)
  }

  /** Where every slot was taken, a call started when the one that was `slots` before it ended. */
  #startOf(submittedAt: number): number {
    const freed = this.#ends.length < this.#slots ? undefined : this.#ends[0]
    return Math.max(submittedAt, freed ?? submittedAt)
  }
}
