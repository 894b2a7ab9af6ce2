/** Whose call a thread died under. */
import { describe, expect, it } from 'vitest'
import type { BatchUnderWay } from '../../../src/executors/batch-under-way.js'
import { diedUnder, ranOf } from '../../../src/executors/blame.js'

/** A batch of which so many calls had begun; of some a call has lent its thread. */
const sent = (number: number, begun: number, ...lenders: readonly number[]): BatchUnderWay =>
  ({ begun, batch: { number, lenders: new Set(lenders) } }) as unknown as BatchUnderWay

describe('a thread died', () => {
  it('under the last batch of which a call had begun', () => {
    expect(diedUnder([sent(4, 3), sent(5, 1), sent(6, 0)], 1)).toBe(5)
  })

  it('under the first, if none had begun', () => {
    expect(diedUnder([sent(4, 0), sent(5, 0)], 1)).toBe(4)
  })

  it('under any, where calls run side by side', () => {
    expect(diedUnder([sent(4, 3), sent(5, 1)], 2)).toBe(Infinity)
  })

  it('under any, where a call has lent its thread', () => {
    expect(diedUnder([sent(4, 3, 1), sent(5, 1)], 1)).toBe(Infinity)
  })

  it('under none of ours, if it had none', () => {
    expect(diedUnder([], 1)).toBe(Infinity)
  })
})

describe('of a batch', () => {
  it('that it died under, one call has begun at least', () => {
    expect(ranOf(sent(4, 0), 0, 4)).toEqual({ begun: 1, isUnder: true })
    expect(ranOf(sent(4, 3), 3, 4)).toEqual({ begun: 3, isUnder: true })
  })

  it('that was there besides, what had begun has ended', () => {
    expect(ranOf(sent(4, 3), 3, 5)).toEqual({ begun: 3, isUnder: false })
  })

  it('that may be it, any call may', () => {
    expect(ranOf(sent(4, 0), 0, Infinity)).toEqual({ begun: 0, isUnder: true })
  })
})
