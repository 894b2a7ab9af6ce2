/**
 * A bound on threads that die: when too many have within a window of time, calls are refused instead of killing one more. The window
 * slides: when the oldest of these deaths has left it, calls may run again, and the next death refuses them again. So a program whose calls
 * kill threads without end loses so many in each window, and no more. It reads no clock.
 */
import type { Loss } from './messages.js'

/** Threads that were ended on purpose have not died: a limit struck, or somebody asked for it. */
const IS_DEATH: Readonly<Record<Loss['reason'], boolean>> = {
  exit: true,
  'out-of-memory': true,
  start: true,
  'time-limit': false,
  terminated: false,
  breaker: false,
}

export class Breaker {
  readonly most: number
  readonly windowMs: number
  /** When the last ones died, at most as many as may. */
  readonly #deaths: number[] = []

  constructor(most: number, windowMs: number) {
    this.most = most
    this.windowMs = windowMs
  }

  /** A thread died. */
  note(at: number, reason: Loss['reason']): void {
    if (!IS_DEATH[reason] || this.most === Infinity) return
    this.#deaths.push(at)
    if (this.#deaths.length > this.most) this.#deaths.shift()
  }

  /** Until when calls are refused; `undefined` if they are not. */
  refusesUntil(now: number): number | undefined {
    if (this.#deaths.length < this.most) return undefined
    const at = (this.#deaths[0] as number) + this.windowMs
    return at > now ? at : undefined
  }
}
