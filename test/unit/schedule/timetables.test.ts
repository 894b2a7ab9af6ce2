/** When periodic work is due: fields of a crontab in a time zone, and equal distances. */
import { describe, expect, it } from 'vitest'
import { Crontab } from '../../../src/schedule/crontab.js'
import { Interval } from '../../../src/schedule/interval.js'
import type { Timetable } from '../../../src/schedule/schedule.js'

/** The due times behind `from`, as ISO text. */
function dueTimes(timetable: Timetable, from: string, count: number): string[] {
  const found: string[] = []
  let at: number | undefined = Date.parse(from)
  while (found.length < count) {
    at = timetable.next(at)
    if (at === undefined) break
    found.push(new Date(at).toISOString())
  }
  return found
}

describe('a crontab', () => {
  it('reads five fields, and six with seconds in front', () => {
    expect(dueTimes(new Crontab('30 3 * * *', 'UTC'), '2030-01-01T00:00Z', 2)).toEqual([
      '2030-01-01T03:30:00.000Z',
      '2030-01-02T03:30:00.000Z',
    ])
    expect(dueTimes(new Crontab('*/20 * * * * *', 'UTC'), '2030-01-01T00:00Z', 2)).toEqual([
      '2030-01-01T00:00:20.000Z',
      '2030-01-01T00:00:40.000Z',
    ])
  })

  it("asks for day of month and day of week together, as Celery's does", () => {
    expect(dueTimes(new Crontab('0 0 13 * 5', 'UTC'), '2025-01-01T00:00Z', 3)).toEqual([
      '2025-06-13T00:00:00.000Z',
      '2026-02-13T00:00:00.000Z',
      '2026-03-13T00:00:00.000Z',
    ])
  })

  it('keeps to the local time of its zone through a year', () => {
    const nightly = dueTimes(new Crontab('0 3 * * *', 'Europe/Berlin'), '2024-12-31T12:00Z', 365)
    expect(nightly.filter((due) => due.endsWith('T02:00:00.000Z'))).toHaveLength(365 - 210) // winter
    expect(nightly.filter((due) => due.endsWith('T01:00:00.000Z'))).toHaveLength(210) // summer
  })

  it('runs once, behind the gap, on the day on which the hour is left out', () => {
    expect(dueTimes(new Crontab('30 2 * * *', 'Europe/Berlin'), '2025-03-29T12:00Z', 2)).toEqual([
      '2025-03-30T01:00:00.000Z',
      '2025-03-31T00:30:00.000Z',
    ])
  })

  it('runs once on the day on which the hour comes twice', () => {
    expect(dueTimes(new Crontab('30 2 * * *', 'Europe/Berlin'), '2025-10-25T12:00Z', 2)).toEqual([
      '2025-10-26T00:30:00.000Z',
      '2025-10-27T01:30:00.000Z',
    ])
  })

  it('runs every hour that there is across both changes', () => {
    const hourly = new Crontab('0 * * * *', 'America/New_York')
    const count = (from: string, to: string): number =>
      dueTimes(hourly, from, 30).filter((due) => Date.parse(due) <= Date.parse(to)).length
    expect(count('2025-03-09T05:00Z', '2025-03-10T04:00Z')).toBe(23)
    expect(count('2025-11-02T04:00Z', '2025-11-03T05:00Z')).toBe(25)
  })

  it('is due behind the time it is asked for, not at it', () => {
    const at = Date.parse('2030-01-01T03:00Z')
    const nightly = new Crontab('0 3 * * *', 'UTC')
    expect(nightly.next(at - 1)).toBe(at)
    expect(nightly.next(at)).toBe(at + 86_400_000)
  })

  it('is never due on a day that no month has', () => {
    expect(new Crontab('0 0 30 2 *', 'UTC').next(0)).toBeUndefined()
  })

  it.each([
    ['61 * * * *', 'minute'],
    ['* * * *', 'five'],
    ['* * * * * * *', '5 or 6 parts'],
    ['every night', 'five'],
    ['2030-01-01T00:00:00', 'colon'],
  ])('refuses %s', (fields, reason) => {
    expect(() => new Crontab(fields, undefined)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIGURATION',
        option: 'cron',
        value: fields,
        message: expect.stringContaining(reason),
      }),
    )
  })

  it('refuses a time zone that does not exist', () => {
    expect(() => new Crontab('0 3 * * *', 'Europe/Atlantis')).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'timeZone', value: 'Europe/Atlantis' }),
    )
  })
})

describe('an interval', () => {
  it('is due at equal distances from its start, first after one of them', () => {
    const interval = new Interval(1_000, 250)
    expect([0, 1_000, 1_249, 1_250, 1_999].map((at) => interval.next(at))).toEqual([1_250, 1_250, 1_250, 1_500, 2_000])
  })

  it('has no due time where dates end', () => {
    expect(new Interval(0, 1e300).next(0)).toBeUndefined()
  })
})
