/**
 * Threads that have died, and whether calls are refused since too many have: as the guide tells it, and not as the scheduler counts. What it
 * is drawn from is a chance of its own, so that episodes without it go as they went before there was one.
 */
import type { Loss } from '../../src/scheduler/messages.js'
import { Random } from './random.js'

/** Deaths that may be within the window, and how long that is, in ms. */
export interface Bounds {
  readonly maxLosses: number
  readonly lossWindow: number
}

/** Such that the seeds that were found before have no bounds, and tell the stories that they were found for. */
const OWN_CHANCE = 0x9e3779b9
const HOW_OFTEN = 0.2

export function drawBounds(seed: number): Bounds {
  const random = new Random(seed ^ OWN_CHANCE)
  if (!random.chance(HOW_OFTEN)) return UNBOUNDED
  return { maxLosses: 1 + random.below(3), lossWindow: random.pick([5, 50, 1_000, Infinity]) }
}

export const UNBOUNDED: Bounds = { maxLosses: Infinity, lossWindow: Infinity }

export class Deaths {
  readonly #bounds: Bounds
  readonly #times: number[] = []

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** There may be too many. */
  get areBounded(): boolean {
    return this.#bounds.maxLosses < Infinity
  }

  /** A thread that was ended on purpose has not died. */
  note(at: number, reason: Loss['reason']): void {
    if (reason !== 'terminated') this.#times.push(at)
  }

  /** As many as may have died within the window that ends now. */
  areTooMany(now: number): boolean {
    const { maxLosses, lossWindow } = this.#bounds
    const oldest = this.#times.at(-maxLosses)
    return this.#times.length >= maxLosses && oldest !== undefined && now < oldest + lossWindow
  }
}
