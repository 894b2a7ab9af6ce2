/** `skew`: which countdown each member of a group gets, so that they do not all start at once. It makes no canvas: `shape.ts` does. */
import { checkOptions, durationFrom, finiteDuration } from '../option-rules.js'

const DEFAULT_STEP_MS = 1_000

/** The countdown of a member, by its place. */
export type Countdowns = (place: number) => number

/**
 * Countdowns of `start`, `start + step` … up to `stop`, which the rest share; in ms.
 *
 * @throws {@link ConfigurationError} for what is no duration, and for a `stop` before `start`.
 */
export function countdownsOf(start: number, stop = Infinity, step = DEFAULT_STEP_MS): Countdowns {
  const from = start === undefined ? Number.NaN : start // it has no default: `undefined` is refused like any other
  checkOptions('skew', { start: from, step }, { start: finiteDuration, step: finiteDuration })
  checkOptions('skew', { stop }, { stop: durationFrom(from) })
  return (place) => Math.min(start + place * step, stop)
}
