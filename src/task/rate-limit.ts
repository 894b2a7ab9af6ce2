/** How often a task may start: what `rateLimit` may be, and what it means. It holds nobody back: the scheduler does. */
import type { OptionRule } from '../option-rules.js'

/** `rateLimit` of task options, where the union stands written out: a compiler then shows it in its message. */
export type RateLimit = number | `${number}/s` | `${number}/m` | `${number}/h`

const SECONDS_IN = { s: 1, m: 60, h: 3_600 } as const
const TEXT = /^(?<count>\d+(?:\.\d+)?(?:e[+-]?\d+)?)\/(?<unit>[smh])$/

export const rateLimitRule: OptionRule = {
  expected: "a number of starts per second from 0, or a text such as '10/s', '100/m' or '5/h'",
  accepts: (value) => !Number.isNaN(read(value)),
}

/** Starts per second; `Infinity` where there is no limit: for `undefined`, 0 and `Infinity` too. */
export function startsPerSecond(rateLimit: RateLimit | undefined): number {
  const rate = rateLimit === undefined ? 0 : read(rateLimit)
  return rate === 0 ? Infinity : rate
}

/** The number per second as it stands there; `NaN` for what is no rate limit. */
function read(value: unknown): number {
  if (typeof value === 'number') return value >= 0 ? value : Number.NaN
  const { count, unit } = (typeof value === 'string' && TEXT.exec(value)?.groups) || {}
  return count === undefined ? Number.NaN : Number(count) / SECONDS_IN[unit as keyof typeof SECONDS_IN]
}
