/** What a batch knows of its calls. */
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../src/scheduler/batch.js'
import { loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks

function batchOf(canvas: Parameters<Fleet['submit']>[0], callsPerThread = 1): Batch {
  const fleet = new Fleet(1, { callsPerThread })
  fleet.submit(canvas)
  return fleet.left[0] as Batch
}
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))

describe('a batch', () => {
  it('closes each call once', () => {
    const batch = batchOf(calls(3))
    expect([batch.close(1), batch.close(1), batch.isOpen(1), batch.open]).toEqual([true, false, false, 2])
  })

  it('closes its only call once', () => {
    const batch = batchOf(a.s())
    expect([batch.close(0), batch.close(0), batch.open]).toEqual([true, false, 0])
  })

  it('has no calls behind its last', () => {
    const batch = batchOf(calls(3))
    expect([batch.isOpen(3), batch.close(3), batch.isLinkedAt(3)]).toEqual([false, false, false])
    expect(batchOf(a.s()).isOpen(1)).toBe(false)
  })

  it('has no steps behind its last one', () => {
    const batch = batchOf(chain(a.s(), b.s()))
    expect([0, 1, 2].map((place) => batch.isLinkedAt(place))).toEqual([false, true, false])
  })

  it('closes many in one go, but none if one of them is closed', () => {
    const batch = batchOf(calls(4))
    expect([batch.closeAll(0, 2), batch.closeAll(1, 2), batch.open]).toEqual([true, false, 2])
  })

  it('has nothing left to do when the last of it has been closed in one go', () => {
    const batch = batchOf(calls(4))
    expect([batch.closeAll(2, 2), batch.heads, batch.atOnce]).toEqual([true, 2, 2])
    expect([batch.closeAll(0, 2), batch.heads, batch.atOnce]).toEqual([true, 0, 0])
  })

  it('closes none in one go that may wait for a child, or are steps', () => {
    const parked = batchOf(calls(4))
    parked.parked.add(0)
    expect([parked.closeAll(0, 2), batchOf(chain(a.s(), b.s())).closeAll(0, 2)]).toEqual([false, false])
  })

  it('finds the part of each place', () => {
    const batch = batchOf(group(a.s(), b.s(), c.s()))
    expect([0, 1, 2].map((place) => batch.partAt(place).node)).toEqual([1, 2, 3])
  })

  it('finds the place of a call while it is open, and of that run only', () => {
    const batch = batchOf(calls(3))
    const { workflow } = batch.partAt(0)
    expect([batch.placeOf(workflow, 2), batch.placeOf(workflow, 9)]).toEqual([1, -1])
    batch.close(1)
    expect(batch.placeOf(workflow, 2)).toBe(-1)
  })

  it('has no place for a call of the same canvas that is not in it', () => {
    const batch = batchOf(group(a.s(), chain(b.s(), group(c.s())), a.s()))
    const { workflow } = batch.partAt(0)
    expect([1, 2, 3, 4, 5].map((node) => batch.placeOf(workflow, node))).toEqual([0, 1, -1, -1, 2])
  })

  it('counts of steps that follow each other one at a time', () => {
    const batch = batchOf(chain(a.s(), b.s(), c.s()), 2)
    expect(batch.atOnce).toBe(1)
    batch.close(0)
    expect([batch.heads, batch.atOnce]).toEqual([0, 1])
    batch.close(1)
    batch.close(2)
    expect(batch.atOnce).toBe(0)
  })

  it('makes its calls when somebody looks', () => {
    expect(batchOf(calls(2)).calls.map(({ args }) => args)).toEqual([[0], [1]])
  })

  it('knows of a call that has been revoked only what it was made with', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s('own')))
    fleet.revoke(workflow)
    expect(fleet.left[0]?.calls.map(({ args }) => args)).toEqual([[], ['own']])
  })
})
