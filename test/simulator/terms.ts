/** What an episode is like as a whole, beside its faults: how many threads, what the scheduler was told to keep to, who listens. */
import type { Random } from './random.js'

export interface Terms {
  readonly lanes: number
  readonly callsPerThread: number
  readonly batching: boolean
  readonly graceMs: number
  readonly maxQueue: number
  readonly maxTasksPerWorker: number
  /** Values that only feed the next step are kept. */
  readonly keep: boolean
  /** Tasks have limits of their own. */
  readonly limited: boolean
  /** No stimulus comes after a time that was waited for without a tick. */
  readonly punctual: boolean
  /** A listener throws at each event. */
  readonly throwing: boolean
}

export function drawTerms(random: Random): Terms {
  const batching = random.chance(0.5)
  return {
    batching,
    lanes: 1 + random.below(4),
    callsPerThread: random.pick(batching ? [1, 1, 2, 3] : [1, 1, 1, 2]),
    graceMs: random.pick([0, 10, Infinity]),
    maxQueue: random.pick([Infinity, Infinity, Infinity, 0, 1, 5]),
    maxTasksPerWorker: random.pick([Infinity, Infinity, 1, 3, 20]),
    keep: random.chance(0.5),
    limited: random.chance(0.2),
    punctual: random.chance(0.5),
    throwing: random.chance(0.3),
  }
}
