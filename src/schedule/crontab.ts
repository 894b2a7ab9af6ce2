/**
 * Due times by the fields of a crontab, in a time zone. croner reads the fields and knows the calendar; its timers and jobs are not used.
 *
 * As in Celery's crontab, and unlike cron itself, a day has to match both the day of the month and the day of the week.
 */
import { Cron } from 'croner'
import { ConfigurationError } from '../errors.js'
import type { Timetable } from './schedule.js'

export class Crontab implements Timetable {
  readonly #cron: Cron

  /** @throws {@link ConfigurationError} for fields that cannot be read, or a time zone that does not exist. */
  constructor(fields: string, timeZone: string | undefined) {
    requireTimeZone(timeZone)
    this.#cron = read(fields, timeZone)
  }

  next(at: number): number | undefined {
    return this.#cron.nextRun(new Date(at))?.valueOf()
  }
}

function read(fields: string, timeZone: string | undefined): Cron {
  // To croner, a text with a colon is a date on which something happens once.
  if (fields.includes(':')) throw unreadable(fields, 'it has a colon, and is no list of five or six fields')
  try {
    return new Cron(fields, {
      mode: '5-or-6-parts',
      domAndDow: true,
      ...(timeZone !== undefined && { timezone: timeZone }),
    })
  } catch (error) {
    throw unreadable(fields, (error as Error).message)
  }
}

const unreadable = (fields: string, reason: string): ConfigurationError =>
  new ConfigurationError(
    `schedule: option "cron" must be five or six fields, such as "0 3 * * *", and is ${JSON.stringify(fields)}: ${reason}`,
    'cron',
    fields,
  )

function requireTimeZone(timeZone: string | undefined): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw new ConfigurationError(
      `schedule: option "timeZone" must be the IANA name of a time zone, such as "Europe/Berlin", and is ${JSON.stringify(timeZone)}`,
      'timeZone',
      timeZone,
    )
  }
}
