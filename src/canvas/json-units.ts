/** The units of Celery's JSON and ours: seconds and milliseconds, ISO 8601 and dates. It reads no clock. */

export const toMs = (seconds: number): number => shifted(seconds, 3)
export const toSeconds = (ms: number): number => shifted(ms, -3)

/** The number with its decimal point moved. Multiplying instead would make 1.005 s 1004.9999999999999 ms. */
function shifted(value: number, places: number): number {
  const [digits, exponent = '0'] = String(value).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}

const DATE = /(?:\d{4}|\+\d{6}|-(?!0{6})\d{6})-\d\d-\d\d/
const TIME = /(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?/
const ZONE = /Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d/
const ISO = new RegExp(`^(?<day>${DATE.source})[T ](?<time>${TIME.source})(?<zone>${ZONE.source})?$`)

export const MOMENT = 'a date and time in ISO 8601, such as "2030-01-31T12:00:00Z"'

export const isMoment = (json: unknown): boolean => typeof json === 'string' && read(json) !== undefined

/** The moment that {@link isMoment} accepted. Without a zone it is in UTC, as in Celery. */
export const fromISO = (json: string): Date => read(json) as Date

function read(json: string): Date | undefined {
  const { day, time, zone = 'Z' } = ISO.exec(json)?.groups ?? {}
  if (day === undefined || time === undefined || !isDayOfMonth(day)) return undefined
  const [clock, fraction] = time.split(/[.,]/)
  const exact = fraction === undefined ? clock : `${clock}.${fraction.slice(0, 3)}`
  const date = new Date(`${day}T${exact}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(date.valueOf()) ? undefined : date
}

/** A date that is not there, such as 30 February, would be taken for one in the next month. */
function isDayOfMonth(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(day)
}
