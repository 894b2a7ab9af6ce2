/** What a schedule may be asked for: the checks, and the plan that comes out of them. */
import type { Canvas } from '../canvas/canvas.js'
import { requireCanvas } from '../canvas/options.js'
import { ConfigurationError } from '../errors.js'
import { checkOptions, type OptionRule, oneOf, text, wholeFrom } from '../option-rules.js'
import { Crontab } from './crontab.js'
import { Interval } from './interval.js'
import type { ScheduleOptions, Timetable } from './schedule.js'

/** Options with nothing left to guess. */
export interface SchedulePlan {
  readonly name: string
  readonly canvas: Canvas
  readonly timetable: Timetable
  readonly maxRuns: number
  readonly overlap: 'skip' | 'queue' | 'allow'
  readonly missed: 'skip' | 'catch-up'
}

const interval: OptionRule = {
  expected: 'a finite number of milliseconds from 1',
  accepts: (value) => Number.isFinite(value) && (value as number) >= 1,
}
const countOrInfinity: OptionRule = {
  expected: 'a whole number from 1, or Infinity',
  accepts: (value) => value === Infinity || wholeFrom(1).accepts(value),
}
/** Looked at on its own: what is wrong with a canvas is said in other words. */
const anything: OptionRule = { expected: 'a canvas', accepts: () => true }

const RULES = {
  name: text,
  canvas: anything,
  every: interval,
  cron: text,
  timeZone: text,
  maxRuns: countOrInfinity,
  overlap: oneOf('skip', 'queue', 'allow'),
  missed: oneOf('skip', 'catch-up'),
} as const satisfies Record<keyof ScheduleOptions, OptionRule>

/**
 * The plan for these options, with due times from `now` on.
 *
 * @throws {@link ConfigurationError} for a wrong option, and for due times that never come; `InvalidCanvasError` for what is no canvas.
 */
export function planOf(options: ScheduleOptions, now: number): SchedulePlan {
  // A value of `undefined` passes the rules, and so would options that are not there.
  checkOptions('schedule', options ?? null, RULES)
  const { name, canvas, maxRuns = Infinity, overlap = 'skip', missed = 'skip' } = options
  if (name === undefined) throw new ConfigurationError('schedule: option "name" is missing', 'name')
  requireCanvas(canvas, 'canvas')
  const timetable = timetableOf(options, now)
  if (timetable.next(now) === undefined) throw neverDue(options)
  return { name, canvas: canvas as unknown as Canvas, timetable, maxRuns, overlap, missed }
}

function timetableOf({ every, cron, timeZone }: ScheduleOptions, now: number): Timetable {
  if ((every === undefined) === (cron === undefined))
    throw new ConfigurationError('schedule: give either "every" or "cron"', 'every', every)
  if (cron !== undefined) return new Crontab(cron, timeZone)
  if (timeZone !== undefined)
    throw new ConfigurationError(
      'schedule: option "timeZone" is for "cron"; an interval has the same length everywhere',
      'timeZone',
      timeZone,
    )
  return new Interval(now, every as number)
}

const neverDue = ({ every, cron }: ScheduleOptions): ConfigurationError =>
  cron === undefined
    ? new ConfigurationError('schedule: option "every" is longer than time can be counted', 'every', every)
    : new ConfigurationError(`schedule: option "cron", ${JSON.stringify(cron)}, never comes due`, 'cron', cron)
