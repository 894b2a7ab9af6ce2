/**
 * How many members of a lazy group may be under way at one time: pulled and not ended. As few as keep the threads busy, found by trying. It
 * knows no members.
 */

/** Half of the members that may be under way ended within so many ms: that is fast, and that slow. */
const FAST_MS = 8
const SLOW_MS = 64
const GROWTH = 4
/** For each thread, as long as nothing is known: one member that runs and one that waits. */
const LEAST_PER_SLOT = 2
const MOST = 8_192

export class IntakeWindow {
  /** Members that have come and not ended. */
  outstanding = 0
  /** Calls of theirs that wait for their time: they take no room. */
  postponed = 0
  /** Members that were asked for and have not come yet. */
  asked = 0
  readonly #least: number
  #size: number
  #askedAt = -Infinity
  /** All that there was room for was asked for, and came: only then does it tell something how fast they went. */
  #isWhole = false

  /** @param slots - Calls that can run at one time. */
  constructor(slots: number) {
    this.#least = LEAST_PER_SLOT * slots
    this.#size = this.#least
  }

  /** Half of those that may be under way have ended. */
  get hasRoom(): boolean {
    return this.asked === 0 && this.#underWay * 2 <= this.#size
  }

  /**
   * Asks for as many as there is room for, and not for more than `most`; tells how many.
   *
   * @param isHungry - There is a thread that would take more calls, and none is ready.
   */
  ask(most: number, at: number, isHungry: boolean): number {
    this.#adapt(at - this.#askedAt, isHungry)
    const wanted = Math.min(this.#size - this.#underWay, this.#size + MOST - this.outstanding)
    this.asked = Math.max(Math.min(wanted, most), 0)
    this.#isWhole = wanted <= most
    this.#askedAt = at
    return this.asked
  }

  /** So many have come. */
  add(count: number): void {
    this.outstanding += count
    this.#isWhole &&= count >= this.asked
  }

  get #underWay(): number {
    return Math.max(this.outstanding - this.postponed, 0)
  }

  /** When threads have too little to do while half of them have not ended, or that went fast, more may be under way from then on. */
  #adapt(since: number, isHungry: boolean): void {
    if (!this.#isWhole) return
    if (isHungry || since < FAST_MS) this.#size = Math.max(Math.min(this.#size * GROWTH, MOST), this.#least)
    else if (since > SLOW_MS) this.#size = Math.max(Math.floor(this.#size / 2), this.#least)
  }
}
