/** How long the last calls took. */
import { describe, expect, it } from 'vitest'
import { Tally } from '../../../src/scheduler/tally.js'

describe('durations', () => {
  it('are nothing before there is one', () => {
    expect(new Tally().waits.percentiles()).toEqual({ p50: 0, p99: 0, max: 0 })
  })

  it('tell the middle, what one in a hundred exceeds, and the longest', () => {
    const durations = new Tally().waits
    for (let ms = 100; ms > 0; ms--) durations.add(ms, 1)
    expect(durations.percentiles()).toEqual({ p50: 50, p99: 99, max: 100 })
  })

  it('are given by the nearest one that so many reach', () => {
    const durations = new Tally().waits
    durations.add(5, 1)
    expect(durations.percentiles()).toEqual({ p50: 5, p99: 5, max: 5 })
    durations.add(9, 2)
    expect(durations.percentiles()).toEqual({ p50: 9, p99: 9, max: 9 })
    durations.add(1, 3)
    expect(durations.percentiles()).toEqual({ p50: 1, p99: 9, max: 9 })
  })

  it('forget all but the last thousand', () => {
    const durations = new Tally().waits
    durations.add(7, 1)
    durations.add(1, 5_000)
    expect(durations.percentiles()).toEqual({ p50: 1, p99: 1, max: 1 })
  })
})
