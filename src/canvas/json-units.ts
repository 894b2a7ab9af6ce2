/** The units of Celery's JSON and ours: seconds and milliseconds, ISO 8601 and dates. It reads no clock. */

export const toMs = (seconds: number): number => shifted(seconds, 3)
export const toSeconds = (ms: number): number => shifted(ms, -3)

/** The number with its decimal point moved. Multiplying instead would make 1.005 s 1004.9999999999999 ms. */
function shifted(value: number, places: number): number {
  const [digits, exponent = 0] = String(value).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}

const DAY = /(?<day>(?:\d{4}|[+-]\d{6})-\d\d-\d\d)/
const TIME = /(?<minute>(?:[01]\d|2[0-3]):[0-5]\d)(?::(?<second>[0-5]\d)(?:[.,](?<fraction>\d{1,3})\d*)?)?/
const ZONE = /(?:Z|(?<zoneHours>[+-](?:[01]\d|2[0-3])):?(?<zoneMinutes>[0-5]\d))?/
const ISO = new RegExp(`^${DAY.source}[T ]${TIME.source}${ZONE.source}$`)

export const MOMENT = 'a date and time in ISO 8601, such as "2030-01-31T12:00:00Z"'

export const isMoment = (json: unknown): boolean => typeof json === 'string' && read(json) !== undefined

/** The moment that {@link isMoment} accepted. Without a zone it is in UTC, as in Celery. */
export const fromISO = (json: string): Date => read(json) as Date

/** What {@link ISO} finds. What is finer than a millisecond is left out. */
interface Groups {
  readonly day: string
  readonly minute: string
  readonly second?: string
  readonly fraction?: string
  readonly zoneHours?: string
  readonly zoneMinutes?: string
}

function read(json: string): Date | undefined {
  const found = ISO.exec(json)?.groups as Groups | undefined
  if (found === undefined || !isDayOfMonth(found.day)) return undefined
  const { day, minute, second = '00', fraction = '0', zoneHours = '+00', zoneMinutes = '00' } = found
  const date = new Date(`${day}T${minute}:${second}.${fraction}${zoneHours}:${zoneMinutes}`)
  return Number.isNaN(date.valueOf()) ? undefined : date
}

/** A date that is not there, such as 30 February, would be taken for one in the next month. */
function isDayOfMonth(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(day)
}
