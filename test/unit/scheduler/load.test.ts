/** How many calls of a task may leave together. */
import { describe, expect, it } from 'vitest'
import { BATCH_MS, MOST_CALLS, TaskLoad } from '../../../src/scheduler/load.js'

describe('the load of a task', () => {
  it('lets 64 calls leave together while nothing is known', () => {
    const load = new TaskLoad()
    expect([load.isKnown, load.fit(BATCH_MS, 0), load.fit(BATCH_MS, 60)]).toEqual([false, 64, 4])
  })

  it('fills 2 ms with calls of a known length', () => {
    const load = new TaskLoad()
    load.note(0.5)
    expect(load.fit(BATCH_MS, 0)).toBe(4)
  })

  it('lets four times as many leave after each batch that came through, up to a limit', () => {
    const load = new TaskLoad()
    load.note(1e-9)
    load.grow()
    expect(load.fit(BATCH_MS, 0)).toBe(256)
    for (let i = 0; i < 5; i++) load.grow()
    expect(load.fit(BATCH_MS, 0)).toBe(MOST_CALLS)
  })

  it('moves the typical time a little towards each sample, whatever its size', () => {
    const estimateOf = (...samples: readonly number[]): number => {
      const load = new TaskLoad()
      for (const ms of samples) load.note(ms)
      return load.estimate
    }
    expect(new TaskLoad().estimate).toBe(BATCH_MS / 64)
    expect([estimateOf(3), estimateOf(3, 4), estimateOf(3, 4_000)]).toEqual([3, 3 * 1.12, 3 * 1.12])
    expect([estimateOf(3, 3), estimateOf(3, 0)]).toEqual([3 / 1.12, 3 / 1.12])
  })

  it('takes a call for no more than a third above the mean', () => {
    const load = new TaskLoad()
    for (const ms of [1, 1.01, 1.13, 1.26]) load.note(ms)
    let mean = 1
    for (const ms of [1.01, 1.13, 1.26]) mean += (ms - mean) / 20
    expect(load.estimate).toBeCloseTo((mean * 4) / 3, 10)
    expect(load.estimate).toBeLessThan(1.12 ** 3)
  })

  it('lets no more leave than the cap has room for, however short they are', () => {
    const load = new TaskLoad()
    load.note(1e-9)
    expect([load.fit(BATCH_MS, 60), load.fit(BATCH_MS, 64)]).toEqual([4, 0])
  })

  it('is not moved by a few slow calls among many', () => {
    const load = new TaskLoad()
    load.note(0.01)
    for (let i = 0; i < 100; i++) load.note(i % 50 === 0 ? 10 : 0.01)
    expect(load.estimate).toBeLessThan(0.02)
  })

  it('follows a task that has become slower', () => {
    const load = new TaskLoad()
    load.note(0.01)
    for (let i = 0; i < 100; i++) load.note(10)
    expect(load.fit(BATCH_MS, 0)).toBe(0)
  })
})
