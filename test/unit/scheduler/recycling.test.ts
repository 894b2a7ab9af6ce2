/** Threads that are replaced after so many calls. */
import { describe, expect, it } from 'vitest'
import { ByHand, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { group } = loose
const { a, b, c, d } = tasks
const recycledIn = (said: readonly { readonly type: string }[]): number =>
  said.filter(({ type }) => type === 'recycle').length

describe('a thread that has had all its calls', () => {
  it('is replaced when it is idle, and gets nothing before that', () => {
    const hand = new ByHand(1, { maxTasksPerWorker: 2 })
    hand.submit(group(a.s(), b.s(), c.s()))
    expect(recycledIn(hand.succeed('a'))).toBe(0)
    const said = hand.succeed('b')
    expect(said).toEqual([{ type: 'recycle', lane: 0 }])
    expect(hand.names).toEqual([])
    hand.handle({ type: 'thread', at: hand.now, lane: 0, isThere: true })
    expect(hand.names).toEqual(['c'])
  })

  it('is replaced once, and its successor has as many calls', () => {
    const hand = new ByHand(1, { maxTasksPerWorker: 1 })
    hand.submit(group(a.s(), b.s(), c.s()))
    const replace = () => hand.handle({ type: 'thread', at: hand.now, lane: 0, isThere: true })
    expect([recycledIn(hand.succeed('a')), recycledIn(hand.tick(1)), recycledIn(replace())]).toEqual([1, 0, 0])
    expect([recycledIn(hand.succeed('b')), recycledIn(replace())]).toEqual([1, 0])
    expect(hand.names).toEqual(['c'])
  })

  it('gets calls that one of its own waits for', () => {
    const hand = new ByHand(1, { maxTasksPerWorker: 1 })
    hand.submit(a.s())
    hand.submit(b.s())
    expect(hand.names).toEqual(['a'])
    hand.report('a', { kind: 'parked' })
    expect(hand.names).toEqual(['a', 'b'])
    expect(recycledIn(hand.succeed('b'))).toBe(0)
    hand.report('a', { kind: 'resumed' })
    expect(recycledIn(hand.succeed('a'))).toBe(1)
  })

  it('is not replaced when all is closed', () => {
    const hand = new ByHand(1, { maxTasksPerWorker: 1 })
    hand.submit(a.s())
    hand.close('finish')
    expect(hand.succeed('a')).toEqual([])
  })

  it('is given batches of no more calls than are left to it', () => {
    const fleet = new Fleet(1, { maxTasksPerWorker: 3 })
    fleet.submit(group(a.s(), b.s(), c.s(), d.s()))
    expect(fleet.left.map(({ size }) => size)).toEqual([3])
    fleet.end(0, [{ from: 0, values: [1, 2, 3] }])
    expect(fleet.recycled).toEqual([0])
  })

  it('has those calls left that were taken back before they began', () => {
    const fleet = new Fleet(1, { maxTasksPerWorker: 3 })
    fleet.submit(group(a.s(), b.s(), c.s()))
    fleet.recalled(0, 1)
    fleet.end(0, [{ from: 0, values: [1] }])
    expect([fleet.recycled, fleet.left.map(({ size }) => size)]).toEqual([[], [3, 2]])
  })

  it('that died has a successor for which what is on its way there counts', () => {
    const fleet = new Fleet(1, { maxTasksPerWorker: 3 })
    fleet.thread(0, false)
    fleet.submit(group(a.s(), b.s()))
    fleet.thread(0, true)
    expect(fleet.scheduler.state().dispatcher.lanes[0]).toMatchObject({ left: 1, isDown: false })
    fleet.thread(0, true)
    expect(fleet.scheduler.state().dispatcher.lanes[0]?.left).toBe(1)
  })
})
