/**
 * How long nothing may happen before somebody is told. It counts ticks of real time, not time: a stop in a debugger is one tick. The real
 * timers are taken when this is loaded, so that a test may put others in their place.
 */
import { clearInterval, setInterval } from 'node:timers'
import { unwatched } from './real-work.js'

const TICKS = 30

export class Patience {
  /** In ms of real time. */
  readonly length: number
  readonly #onEnd: () => void
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #isOver = false

  constructor(length: number, onEnd: () => void) {
    this.length = length
    this.#onEnd = onEnd
  }

  /** Begins to count, if it does not already, or has come to its end: that is told once until {@link stop}. */
  start(): void {
    if (this.#timer !== undefined || this.#isOver) return
    this.#ticks = 0
    this.#timer = unwatched(() => setInterval(() => this.#tick(), this.length / TICKS))
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#isOver = false
  }

  #tick(): void {
    if (++this.#ticks < TICKS) return
    this.stop()
    this.#isOver = true
    this.#onEnd()
  }
}
