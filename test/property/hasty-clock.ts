/** A clock that never lets anybody wait: what waits for its time is due at the next turn, and chance lets some ms pass now and then. */
import type { Clock } from '../../src/environment.js'
import type { Random } from '../simulator/random.js'

/** Longer than a batch may be late: what waits behind it is taken back. */
const LATE_MS = 5

export class HastyClock implements Clock {
  #now = 0
  /** While it is here, time passes by itself. */
  random: Random | undefined

  now(): number {
    if (this.random?.chance(0.2) === true) this.#now += LATE_MS
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const at = this.#now + Math.max(ms, 0)
    const turn = setImmediate(() => {
      this.#now = Math.max(this.#now, at)
      callback()
    })
    return () => clearImmediate(turn)
  }
}
