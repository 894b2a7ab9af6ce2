/** Which steps of a chain leave together: those where nobody would see a difference. */

import { describe, expect, it } from 'vitest'
import { EVENT_NAMES } from '../../../src/events/event.js'
import { type Loose, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, chord, group } = loose
const { a, b, c, tracked } = tasks

/** How many calls the first batch holds. */
function leavingTogether(canvas: Loose, prepare: (fleet: Fleet) => void = () => {}): number | undefined {
  const fleet = new Fleet(1)
  prepare(fleet)
  fleet.submit(canvas)
  return fleet.left[0]?.size
}

describe('steps', () => {
  it('leave with the one before them', () => {
    expect(leavingTogether(chain(a.s(), b.s(), c.s()))).toBe(3)
  })

  it.each<readonly [string, Loose]>([
    ['has a callback', chain(a.s().link(c.s()), b.s())],
    ['is followed by one with another priority', chain(a.s(), b.s().set({ priority: 3 }))],
    ['is followed by one that starts later', chain(a.s(), b.s().set({ countdown: 5 }))],
    ['is followed by one that can expire', chain(a.s(), b.s().set({ expires: 50 }))],
    ['is followed by one that has a time limit', chain(a.s(), b.s().set({ timeLimit: 50 }))],
    ['is followed by one whose start is told', chain(a.s(), tracked.s())],
    ['is followed by one that runs again when its thread dies', chain(a.s(), b.s().set({ onWorkerLost: 'requeue' }))],
    ['is followed by a map', chain(a.s(), b.map([1]))],
    ['is followed by a group', chain(a.s(), group(b.s(), c.s()))],
    ['is followed by the header of a chord', chain(a.s(), chord([b.s()], c.s()))],
  ])('do not when one %s', (_reason, canvas) => {
    expect(leavingTogether(canvas)).toBe(1)
  })

  it('do not when somebody waits for one that is followed', () => {
    const fleet = new Fleet(1)
    fleet.submit(c.s())
    fleet.end(0, [{ from: 0, values: [1] }], 50)
    fleet.submit(c.s())
    const waited = fleet.submit(chain(a.s(), b.s()))
    fleet.handle({ type: 'watch', workflow: waited, node: 0 })
    fleet.end(1, [{ from: 0, values: [1] }], 50)
    expect(fleet.left.at(-1)?.size).toBe(1)
  })

  it('do not when one that follows has been revoked', () => {
    const fleet = new Fleet(1)
    fleet.submit(c.s())
    fleet.end(0, [{ from: 0, values: [1] }], 50)
    fleet.submit(c.s())
    const steps = fleet.submit(chain(a.s(), b.s(), c.s()))
    fleet.revoke(steps, 1, 'call')
    fleet.end(1, [{ from: 0, values: [1] }], 50)
    expect(fleet.nodes(fleet.left.at(-1))).toEqual([0])
  })

  it('of one task leave as one range', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), a.s(), a.s(), b.s()))
    expect(fleet.left[0]?.parts.map(({ node, size, isLinked }) => [node, size, isLinked])).toEqual([
      [0, 1, false],
      [1, 2, true],
      [3, 1, true],
    ])
  })

  it('tell what they give while somebody listens', () => {
    const heardOf = (listening: boolean) => {
      const fleet = new Fleet(1)
      fleet.handle({ type: 'listen', heard: new Set(listening ? EVENT_NAMES : []) })
      fleet.submit(chain(a.s(), b.s()))
      return fleet.left[0]?.parts.map(({ isHeard }) => isHeard)
    }
    expect([heardOf(false), heardOf(true)]).toEqual([
      [false, false],
      [true, true],
    ])
  })

  it('do not after a thread died under some that had', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s()))
    fleet.lose(0, 0)
    expect(fleet.left.map(({ size }) => size)).toEqual([2, 1])
  })

  it('of each member of a group leave with it', () => {
    expect(leavingTogether(group(chain(a.s(), b.s()), chain(a.s(), b.s())))).toBe(2)
  })
})
