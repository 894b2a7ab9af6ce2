/** Whether a failed run is tried again, and when. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../../../src/task/retry.js'

class Flaky extends RangeError {}
class Flakier extends Flaky {}
const named = (name: string): Error => Object.assign(new Error(), { name })

describe('an error is retried', () => {
  it('never, unless the policy lists some', () => {
    expect(retriesFor({}, new Error('any'))).toBe(false)
  })

  it.each([
    ['its class', [Flaky], new Flaky(), true],
    ['a class above', [RangeError], new Flakier(), true],
    ['a class below', [Flakier], new Flaky(), false],
    ['another class', [TypeError], new Flaky(), false],
    ['its name', ['AbortError'], named('AbortError'), true],
    ['the name of a class above', ['RangeError'], new Flakier(), true],
    ['the name of its class', ['Flakier'], new Flakier(), true],
    ['the class whose name it bears', [Flaky], named('Flaky'), true],
    ['another name', ['TypeError'], named('AbortError'), false],
    ['one of several', ['TypeError', Flaky], new Flaky(), true],
  ])('when the policy lists %s', (_what, retryFor, error, isRetried) => {
    expect(retriesFor({ retryFor }, error)).toBe(isRetried)
  })

  it('not when the policy also lists it as never to be retried', () => {
    expect(retriesFor({ retryFor: [Error], dontRetryFor: [Flaky] }, new Flakier())).toBe(false)
    expect(retriesFor({ retryFor: [Error], dontRetryFor: ['Flaky'] }, new RangeError())).toBe(true)
  })

  it('not when it is none', () => {
    expect(retriesFor({ retryFor: [Error, 'Error', 'String'] }, 'text')).toBe(false)
  })
})

describe('a retry is left', () => {
  it('three times, unless the policy says otherwise', () => {
    expect([0, 2, 3].map((retries) => hasRetryLeft({}, retries))).toEqual([true, true, false])
    expect([0, 1].map((retries) => hasRetryLeft({ maxRetries: 1 }, retries))).toEqual([true, false])
    expect(hasRetryLeft({ maxRetries: 0 }, 0)).toBe(false)
    expect(hasRetryLeft({ maxRetries: Number.POSITIVE_INFINITY }, 1e9)).toBe(true)
  })
})

describe('the delay of a retry', () => {
  const delays = (policy: Parameters<typeof retryDelayOf>[0], random = 1): number[] =>
    [0, 1, 2, 3].map((retries) => retryDelayOf(policy, retries, random))

  it('is a second, or what the policy says, however many there were', () => {
    expect(delays({})).toEqual([1_000, 1_000, 1_000, 1_000])
    expect(delays({ retryDelay: 5, retryJitter: true }, 0)).toEqual([5, 5, 5, 5])
  })

  it('grows with backoff, by two or by the factor given', () => {
    expect(delays({ retryDelay: 10, retryBackoff: true })).toEqual([10, 20, 40, 80])
    expect(delays({ retryDelay: 10, retryBackoff: 3 })).toEqual([10, 30, 90, 270])
    expect(delays({ retryDelay: 10, retryBackoff: 1 })).toEqual([10, 10, 10, 10])
  })

  it('grows to ten minutes, or what the policy says', () => {
    expect(retryDelayOf({ retryBackoff: true }, 20, 1)).toBe(600_000)
    expect(delays({ retryDelay: 10, retryBackoff: true, retryBackoffMax: 25 })).toEqual([10, 20, 25, 25])
  })

  it('is, with backoff, a random part of itself, unless that is not wanted', () => {
    expect(delays({ retryDelay: 10, retryBackoff: true }, 0.5)).toEqual([5, 10, 20, 40])
    expect(delays({ retryDelay: 10, retryBackoff: true, retryJitter: false }, 0.5)).toEqual([10, 20, 40, 80])
  })

  it('is nothing after however many retries, if it is nothing at first', () => {
    expect(retryDelayOf({ retryDelay: 0, retryBackoff: true }, 5_000, 1)).toBe(0)
  })

  it('is a number from 0 to the longest, after however many retries', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.oneof(fc.boolean(), fc.integer({ min: 1, max: 9 })),
        fc.nat(5_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (retryDelay, retryBackoff, retries, random) => {
          const delay = retryDelayOf({ retryDelay, retryBackoff }, retries, random)
          expect(delay).toBeGreaterThanOrEqual(0)
          expect(delay).toBeLessThanOrEqual(600_000)
        },
      ),
    )
  })
})
