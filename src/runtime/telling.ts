/**
 * When those who wait are told of ends: at once, but for a revoke that ends very many calls. Of these it tells some hundreds in each later turn
 * of the event loop, since what waits behind each takes longer than the revoke itself, and nothing else would happen meanwhile. What has
 * ended shows that at once, whoever was told. It does not know what an end is, nor who waits.
 */
import type { Clock } from '../environment.js'

/** Told in one turn: a few ms of work, if each only awaits a result. */
const MOST_AT_ONCE = 500

interface Ended<Owner> {
  readonly workflow: Owner
  readonly node: number
}

export interface TellingHost<Owner> {
  readonly clock: Clock
  tell(workflow: Owner, node: number): void
  /** Some have been told, or all. */
  told(): void
}

export class Telling<Owner> {
  readonly #host: TellingHost<Owner>
  /** Ends that are still to be told, and where that goes on. */
  #ends: Ended<Owner>[] = []
  #at = 0
  #isHeld = false

  constructor(host: TellingHost<Owner>) {
    this.#host = host
  }

  /** There are ends that nobody has been told of. */
  get isBehind(): boolean {
    return this.#ends.length > 0
  }

  tell(ended: Ended<Owner>): void {
    if (this.#isHeld) this.#ends.push(ended)
    else this.#host.tell(ended.workflow, ended.node)
  }

  /** Keeps the ends that something sets off, and tells them when it is over; of more than can be told at once, none before the next turn. */
  after(work: () => void): void {
    if (this.#isHeld) return work() // a listener has revoked something, too
    const wasBehind = this.isBehind
    this.#isHeld = true
    try {
      work()
    } finally {
      this.#isHeld = false
      if (!wasBehind) this.#begin()
    }
  }

  #begin(): void {
    if (this.#ends.length > MOST_AT_ONCE) this.#goOnLater()
    else this.#tellSome()
  }

  /** Tells all that is left. */
  all(): void {
    this.#tellNext(Infinity)
    this.#host.told()
  }

  #tellSome(): void {
    this.#tellNext(MOST_AT_ONCE)
    if (this.isBehind) this.#goOnLater()
    this.#host.told()
  }

  #goOnLater(): void {
    this.#host.clock.after(0, () => this.#tellSome())
  }

  #tellNext(most: number): void {
    for (let i = 0; i < most && this.#at < this.#ends.length; i++) {
      const { workflow, node } = this.#ends[this.#at++] as Ended<Owner>
      this.#host.tell(workflow, node)
    }
    if (this.#at < this.#ends.length) return
    this.#ends = []
    this.#at = 0
  }
}
