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
