/**
 * Decides what happens next, one thing at a time: which run begins or ends, by the seed; and when nothing can, whether the clock moves.
 * Between two decisions the event loop turns once, so that all that follows from the first has happened before the second.
 *
 * It knows nothing of tasks and results: a run asks for its turn, and gets it.
 */
import { setImmediate, setTimeout } from 'node:timers'
import type { Hold } from '../environment.js'
import type { Patience } from './patience.js'
import { unwatched } from './real-work.js'
import type { VirtualClock } from './virtual-clock.js'

/** What it decides by. */
export interface Rules {
  /** Which of so many comes next. */
  readonly choose: (count: number) => number
  /** The clock moves by itself when nothing else can happen and work is pending. */
  readonly autoAdvance: boolean
  /** Whether code is at work that will go on by itself: nothing is decided before. */
  readonly isBusy: () => boolean
}

/** A run that waits for its turn, to begin or to end. */
interface Waiting {
  readonly number: number
  readonly take: () => void
}

interface Advance {
  readonly ms: number
  /** When it ends; known once it is the first. */
  until: number | undefined
  readonly resolve: () => void
}

/** How often real work is asked for in each turn of the event loop, before it is once a millisecond. */
const EAGER_LOOKS = 100

export class Conductor {
  readonly #clock: VirtualClock
  readonly #rules: Rules
  readonly #patience: Patience
  readonly #begins: Waiting[] = []
  readonly #ends: Waiting[] = []
  readonly #advances: Advance[] = []
  #isPending = false
  #isAwake = false
  #isStopped = false
  #looks = 0
  #decisions = 0

  constructor(clock: VirtualClock, patience: Patience, rules: Rules) {
    this.#clock = clock
    this.#patience = patience
    this.#rules = rules
  }

  /** Taken while work is pending: only then does the clock move by itself. */
  readonly hold: Hold = {
    take: () => {
      this.#isPending = true
      this.wake()
    },
    release: () => {
      this.#isPending = false
    },
  }

  /** Nothing is decided any more. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** How many things it has decided so far. */
  get decisions(): number {
    return this.#decisions
  }

  /** Resolves when it is the turn of a run to begin, or to end. */
  turn(number: number, what: 'begin' | 'end'): Promise<void> {
    const waiting = what === 'begin' ? this.#begins : this.#ends
    return new Promise((take) => {
      const behind = waiting.findIndex((other) => other.number > number)
      waiting.splice(behind < 0 ? waiting.length : behind, 0, { number, take })
      this.wake()
    })
  }

  /** Moves the clock by so much, step by step, and resolves when nothing more can happen then. */
  advance(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#advances.push({ ms, until: undefined, resolve })
      this.wake()
    })
  }

  /** Something has changed: look again when the event loop has turned. */
  wake(): void {
    if (this.#isAwake || this.#isStopped) return
    this.#isAwake = true
    unwatched(() => setImmediate(() => this.#decide()))
  }

  /** The end: nothing is decided any more, and nobody is left waiting. */
  stop(): void {
    this.#isStopped = true
    this.#patience.stop()
    for (const { resolve } of this.#advances.splice(0)) resolve()
  }

  #decide(): void {
    this.#isAwake = false
    if (this.#isStopped) return
    this.#clock.endTurn()
    if (this.#rules.isBusy()) return this.#waitForRealWork()
    this.#looks = 0
    if (!this.#giveTurn() && !this.#moveClock()) return this.#rest()
    this.#decisions++
    this.#patience.stop()
    this.wake()
  }

  #giveTurn(): boolean {
    const count = this.#begins.length + this.#ends.length
    if (count === 0) return false
    const chosen = this.#rules.choose(count)
    const begins = this.#begins.length
    const [next] = chosen < begins ? this.#begins.splice(chosen, 1) : this.#ends.splice(chosen - begins, 1)
    next?.take()
    return true
  }

  #moveClock(): boolean {
    const { next = Infinity } = this.#clock
    const now = this.#clock.now()
    const [advance] = this.#advances
    if (next <= now) this.#clock.moveTo(now)
    else if (advance !== undefined) this.#advance(advance, next, now)
    else if (this.#rules.autoAdvance && this.#isPending && next < Infinity) this.#clock.moveTo(next)
    else return false
    return true
  }

  #advance(advance: Advance, next: number, now: number): void {
    advance.until ??= now + advance.ms
    this.#clock.moveTo(Math.min(next, advance.until))
    if (next <= advance.until) return
    this.#advances.shift()
    advance.resolve()
  }

  #waitForRealWork(): void {
    this.#patience.start()
    if (++this.#looks < EAGER_LOOKS) return this.wake()
    this.#isAwake = true
    unwatched(() => setTimeout(() => this.#decide(), 1))
  }

  /** Nothing can happen before somebody else does something. */
  #rest(): void {
    if (this.#isPending) this.#patience.start()
    else this.#patience.stop()
  }
}
