import { describe, expect, it } from 'vitest'
import { type LongRun, LongRuns } from '../../../src/runtime/long-runs.js'
import { HandClock } from '../schedule/hand-clock.js'

function stage() {
  const clock = new HandClock()
  const told: string[] = []
  let running: readonly LongRun[] = []
  const runs = new LongRuns({
    clock,
    isPending: () => running.length > 0,
    running: () => running,
    warn: ({ id }, message) => told.push(`${id}: ${message}`),
  })
  return {
    clock,
    told,
    runs,
    run(...ids: readonly string[]) {
      running = ids.map((id) => ({ id, taskName: 'spin', attempt: 1 }))
      runs.watch()
    },
  }
}

describe('a runtime that watches its calls', () => {
  it('warns once of a call that has run for a minute without a limit', () => {
    const { clock, told, run } = stage()
    run('a')
    clock.advance(89_999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual([expect.stringContaining('a: "spin" has been running for more than 60 s without a timeLimit')])
    clock.advance(600_000)
    expect(told.length).toBe(1)
  })

  it('warns of none that have ended and begun meanwhile', () => {
    const { clock, told, run } = stage()
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      run(id)
      clock.advance(30_000)
    }
    expect(told).toEqual([])
  })

  it('looks no more when there is nothing to do, and again when there is', () => {
    const { clock, told, run } = stage()
    run('a')
    run()
    clock.advance(30_000)
    expect(clock.pending).toBe(0)
    run('b')
    expect(clock.pending).toBe(1)
    clock.advance(90_000)
    expect(told.length).toBe(1)
  })
})
