/**
 * Call options in Celery's JSON, as one table: their names and units on both sides. It is the only place that
 * translates them.
 */
import { END_OF_TIME_MS, flag, type OptionRule, text, wholeFrom } from '../option-rules.js'
import { fromISO, isMoment, MOMENT, toMs, toSeconds } from './json-units.js'
import type { StoredOptions } from './options.js'

/** How one option is written. */
export type OptionRow =
  | {
      readonly holds: 'value'
      readonly as: keyof StoredOptions
      /** What the JSON must hold. */
      readonly rule: OptionRule
      read(json: unknown): unknown
      write(value: unknown): unknown
    }
  /** An object of the user's own data. */
  | { readonly holds: 'data'; readonly as: 'headers' }
  /** One canvas, or a list of them. */
  | { readonly holds: 'canvases'; readonly as: 'link' | 'linkError' }
  /** The names of stamps, which stand beside it: see json-stamps.ts. */
  | { readonly holds: 'names of stamps'; readonly as: 'stamps' }

/** The key under which the names of stamps are listed. */
export const STAMP_NAMES = 'stamped_headers'

const same = (value: unknown): unknown => value

const seconds = (expected: string, accepts: (ms: number) => boolean): OptionRule => ({
  expected,
  accepts: (json) => typeof json === 'number' && Number.isFinite(toMs(json)) && accepts(toMs(json)),
})
const anySeconds = seconds('a number of seconds', () => true)
const delay = seconds(
  `a number of seconds from 0 to ${END_OF_TIME_MS / 1_000}`,
  (ms) => ms >= 0 && ms <= END_OF_TIME_MS,
)
const limit = seconds('a number of seconds above 0', (ms) => ms > 0)
const moment: OptionRule = { expected: MOMENT, accepts: isMoment }
const secondsOrMoment: OptionRule = {
  expected: `${anySeconds.expected}, or ${MOMENT}`,
  accepts: (json) => anySeconds.accepts(json) || isMoment(json),
}
const whole = wholeFrom(0)
const wholeOrNull: OptionRule = {
  expected: `${whole.expected}, or null for no limit`,
  accepts: (json) => json === null || whole.accepts(json),
}

const readSeconds = (json: unknown): unknown => toMs(json as number)
const writeSeconds = (ms: unknown): unknown => toSeconds(ms as number)
const readMoment = (json: unknown): unknown => fromISO(json as string)
const writeMoment = (date: unknown): unknown => (date as Date).toISOString()

const ROWS: Readonly<Record<string, OptionRow>> = {
  task_id: { holds: 'value', as: 'taskId', rule: text, read: same, write: same },
  link: { holds: 'canvases', as: 'link' },
  link_error: { holds: 'canvases', as: 'linkError' },
  headers: { holds: 'data', as: 'headers' },
  countdown: { holds: 'value', as: 'countdown', rule: delay, read: readSeconds, write: writeSeconds },
  eta: { holds: 'value', as: 'eta', rule: moment, read: readMoment, write: writeMoment },
  expires: {
    holds: 'value',
    as: 'expires',
    rule: secondsOrMoment,
    read: (json) => (typeof json === 'number' ? toMs(json) : readMoment(json)),
    write: (value) => (typeof value === 'number' ? toSeconds(value) : writeMoment(value)),
  },
  priority: { holds: 'value', as: 'priority', rule: wholeFrom(0, 9), read: same, write: same },
  time_limit: { holds: 'value', as: 'timeLimit', rule: limit, read: readSeconds, write: writeSeconds },
  soft_time_limit: { holds: 'value', as: 'softTimeLimit', rule: limit, read: readSeconds, write: writeSeconds },
  ignore_result: { holds: 'value', as: 'ignoreResult', rule: flag, read: same, write: same },
  max_retries: {
    holds: 'value',
    as: 'maxRetries',
    rule: wholeOrNull,
    read: (json) => json ?? Infinity,
    write: (value) => (value === Infinity ? null : value),
  },
  [STAMP_NAMES]: { holds: 'names of stamps', as: 'stamps' },
}

const BY_KEY: ReadonlyMap<string, OptionRow> = new Map(Object.entries(ROWS))
const BY_NAME: ReadonlyMap<string, { readonly key: string; readonly row: OptionRow }> = new Map(
  Object.entries(ROWS).map(([key, row]) => [row.as, { key, row }] as const),
)

/** How the option of that key in the JSON is read; `undefined` for a key that Celery does not have. */
export const rowOfKey = (key: string): OptionRow | undefined => BY_KEY.get(key)

/** How our option of that name is written. */
export const rowOfName = (name: string): { readonly key: string; readonly row: OptionRow } | undefined =>
  BY_NAME.get(name)

/** The keys that can be read, for a message. */
export const supportedKeys = (): string => [...BY_KEY.keys()].join(', ')

/** Which key contradicts another among options that were read, and why; `undefined` if none does. */
export function contradictionIn(options: StoredOptions): { readonly key: string; readonly reason: string } | undefined {
  const { countdown, eta, timeLimit = Infinity, softTimeLimit = 0 } = options
  if (countdown !== undefined && eta !== undefined)
    return { key: 'countdown', reason: 'give either "countdown" or "eta", not both' }
  return softTimeLimit > timeLimit ? { key: 'soft_time_limit', reason: 'this must be at most "time_limit"' } : undefined
}
