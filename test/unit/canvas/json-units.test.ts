/** Seconds and ISO 8601 on the side of the JSON, milliseconds and dates on ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromISO, isMoment, toMs, toSeconds } from '../../../src/canvas/json-units.js'

describe('seconds', () => {
  it.each([
    [0, 0],
    [1, 1_000],
    [1.005, 1_005],
    [-2.5, -2_500],
    [1e-7, 0.0001],
    [1e21, 1e24],
    [8.64e12, 8.64e15],
  ])('of %d are %d ms, and back', (seconds, ms) => {
    expect(toMs(seconds)).toBe(ms)
    expect(toSeconds(ms)).toBe(seconds)
  })
})

describe('a moment', () => {
  const { TZ } = process.env
  beforeAll(() => {
    process.env.TZ = 'America/St_Johns' // where no hour is one of UTC's
  })
  afterAll(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })

  it.each([
    ['without a zone, in UTC', '2030-01-31T12:00:00', '2030-01-31T12:00:00.000Z'],
    ['in UTC', '2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['east of it', '2030-01-31T12:00:00+05:30', '2030-01-31T06:30:00.000Z'],
    ['west of it, without a colon', '2030-01-31T12:00:00-0530', '2030-01-31T17:30:00.000Z'],
    ['almost a day east of it', '2030-01-31T12:00+23:59', '2030-01-30T12:01:00.000Z'],
    ['19 hours west of it', '2030-01-31T12:00-19:00', '2030-02-01T07:00:00.000Z'],
    ['without seconds, behind a space', '2030-01-31 12:34', '2030-01-31T12:34:00.000Z'],
    ['late in the evening', '2030-01-31T23:59:59', '2030-01-31T23:59:59.000Z'],
    ['with a tenth of a second', '2030-01-31T12:00:00.5', '2030-01-31T12:00:00.500Z'],
    ['with a comma, in two digits', '2030-01-31T12:00:00,25Z', '2030-01-31T12:00:00.250Z'],
    ['finer than a millisecond', '2030-01-31T12:00:00.123999Z', '2030-01-31T12:00:00.123Z'],
    ['in a leap year', '2028-02-29T00:00', '2028-02-29T00:00:00.000Z'],
    ['far in the future', '+012345-01-31T12:00Z', '+012345-01-31T12:00:00.000Z'],
    ['far in the past', '-012345-01-31T12:00Z', '-012345-01-31T12:00:00.000Z'],
    ['in the first year of all', '0000-01-01T00:00Z', '0000-01-01T00:00:00.000Z'],
  ])('may be %s', (_when, json, moment) => {
    expect(isMoment(json)).toBe(true)
    expect(fromISO(json).toISOString()).toBe(moment)
  })

  it.each<[string, unknown]>([
    ['a date alone', '2030-01-31'],
    ['a time alone', '12:00:00'],
    ['a text with more before it', 'x2030-01-31T12:00'],
    ['a text with more behind it', '2030-01-31T12:00Zx'],
    ['an hour that is not there', '2030-01-31T24:00'],
    ['a minute that is not there', '2030-01-31T12:60'],
    ['a second that is not there', '2030-01-31T12:00:60'],
    ['a part of a minute', '2030-01-31T12:00.5'],
    ['a fraction without digits', '2030-01-31T12:00:00.'],
    ['a day that is not there', '2030-02-29T00:00'],
    ['a month that is not there', '2030-13-01T00:00'],
    ['a year of five digits', '12030-01-31T12:00'],
    ['a long year without a sign', '012345-01-31T12:00'],
    ['a year 0 with a minus', '-000000-01-01T00:00'],
    ['a year that no Date reaches', '+999999-01-01T00:00'],
    ['the last day of all, past its only minute', '+275760-09-13T00:01Z'],
    ['a zone of a day and more', '2030-01-31T12:00+24:00'],
    ['a zone of 60 minutes', '2030-01-31T12:00+01:60'],
    ['a zone of hours alone', '2030-01-31T12:00+01'],
    ['a zone without a sign', '2030-01-31T12:00 01:00'],
    ['a list that would be a moment as a text', ['2030-01-31T12:00:00Z']],
    ['a number', 1_900_000_000],
  ])('is not %s', (_what, json) => {
    expect(isMoment(json)).toBe(false)
  })
})
