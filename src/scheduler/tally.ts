/** What a runtime has done since its start, in numbers: counters, and how long the last calls waited and ran. */

/** How many of the last calls percentiles speak of. */
const WINDOW = 1_000

/** Of a duration, in ms. */
export interface Percentiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** The last durations, in a ring. */
class Durations {
  readonly #last = new Float64Array(WINDOW)
  #count = 0

  /** `count` calls took `ms` each, as far as is known. */
  add(ms: number, count: number): void {
    for (let i = 0; i < Math.min(count, WINDOW); i++) this.#last[this.#count++ % WINDOW] = ms
  }

  /** 0 when there was none. */
  percentiles(): Percentiles {
    const sorted = this.#last.slice(0, Math.min(this.#count, WINDOW)).sort()
    const at = (share: number): number => sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0
    return { p50: at(0.5), p99: at(0.99), max: at(1) }
  }
}

export class Tally {
  applied = 0
  started = 0
  succeeded = 0
  failed = 0
  retried = 0
  revoked = 0
  ignored = 0
  rejected = 0
  workersLost = 0
  lateOutcomes = 0
  /** Calls that wait for their time. */
  scheduled = 0
  /** Time that threads have spent in tasks, in ms. */
  busyMs = 0
  readonly waits = new Durations()
  readonly runs = new Durations()
}
