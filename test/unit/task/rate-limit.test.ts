/** What a rate limit is, and how many starts per second it means. */
import { describe, expect, it } from 'vitest'
import type { TaskOptions } from '../../../src/task/options.js'
import { rateLimitRule, startsPerSecond } from '../../../src/task/rate-limit.js'

describe('a rate limit', () => {
  it.each<[TaskOptions['rateLimit'], number]>([
    ['10/s', 10],
    ['100/m', 100 / 60],
    ['5/h', 5 / 3_600],
    ['0.5/s', 0.5],
    ['1e3/m', 1_000 / 60],
    [2.5, 2.5],
    [undefined, Infinity],
    [0, Infinity],
    ['0/m', Infinity],
    [Infinity, Infinity],
  ])('of %j means %d starts per second', (given, expected) => {
    expect(startsPerSecond(given)).toBe(expected)
    expect(given === undefined || rateLimitRule.accepts(given)).toBe(true)
  })

  it.each<[unknown]>([
    ['fast'],
    [''],
    ['10'],
    ['10/d'],
    ['10/S'],
    ['10 / s'],
    ['-1/s'],
    ['Infinity/s'],
    ['NaN/s'],
    ['/s'],
    ['1/s/s'],
    ['1/s\n'],
    [-1],
    [Number.NaN],
    [null],
    [true],
    [['10/s']],
    [10n],
  ])('is not %s', (given) => {
    expect(rateLimitRule.accepts(given)).toBe(false)
  })
})
