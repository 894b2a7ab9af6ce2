/** How many calls may wait whose task has a limit of its own. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { type Loose, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { group } = loose
const { a } = tasks

describe('a full queue of calls whose task has a limit', () => {
  const few = defineTasks('file:///few.js', {
    two: task({ concurrency: 2 }, () => 1),
    paced: task({ rateLimit: '10/s' }, () => 1),
  })
  const { two, paced } = few as unknown as Record<'two' | 'paced', { s(): Loose }>
  const fits = (fleet: Fleet, ...members: Loose[]) => fleet.scheduler.hasRoomFor(compile(group(...members)), fleet.now)

  it('lets in as many as may start at once, and as many as may wait', () => {
    const fleet = new Fleet(10, { maxQueue: 1, batching: false })
    expect(fits(fleet, two.s(), two.s(), two.s())).toBe(true)
    expect(fits(fleet, two.s(), two.s(), two.s(), two.s())).toBe(false)
    expect(fits(fleet, paced.s(), paced.s())).toBe(true)
    expect(fits(fleet, paced.s(), paced.s(), paced.s())).toBe(false)
    expect(fits(fleet, two.s(), two.s(), paced.s(), paced.s())).toBe(true)
    expect(fits(fleet, two.s(), two.s(), two.s(), paced.s(), paced.s())).toBe(false)
  })

  it('counts those that wait in front of them', () => {
    const fleet = new Fleet(10, { maxQueue: 2, batching: false })
    for (let i = 0; i < 3; i++) fleet.submit(two.s())
    expect(fits(fleet, two.s())).toBe(true)
    expect(fits(fleet, two.s(), two.s())).toBe(false)
    expect(fits(fleet, a.s(), a.s(), two.s())).toBe(true)
  })

  it('does not count calls as waiting that leave with the end of the turn', () => {
    const fleet = new Fleet(10, { maxQueue: 1 })
    fleet.submit(a.s())
    fleet.submit(two.s())
    fleet.submit(two.s())
    expect(fits(fleet, two.s())).toBe(true)
    expect(fits(fleet, two.s(), two.s())).toBe(false)
  })

  it('has room again when one more of them could wait', () => {
    const fleet = new Fleet(10, { maxQueue: 1, batching: false })
    for (let i = 0; i < 2; i++) fleet.submit(two.s())
    expect(fleet.scheduler.hasRoom).toBe(true)
    const waiting = fleet.submit(two.s())
    expect(fleet.scheduler.hasRoom).toBe(false)
    fleet.revoke(waiting)
    expect(fleet.scheduler.hasRoom).toBe(true)
  })
})
