/** How many calls may wait to start: what is asked before something is applied. */
import { describe, expect, it } from 'vitest'
import type { Canvas } from '../../../src/canvas/canvas.js'
import { compile } from '../../../src/graph/compile.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { ByHand, type Loose, loose, tasks } from './by-hand.js'
import { lazy } from './lazy.js'

const { chain, group } = loose
const { a, b } = tasks
const limited = defineTasks('file:///queue-room.js', {
  single: task({ concurrency: 1 }, () => 1),
}) as unknown as { single: { s(): Loose } }
const { single } = limited

const hasRoomFor = (hand: ByHand, canvas: Loose): boolean =>
  hand.scheduler.hasRoomFor(compile(canvas as unknown as Canvas), hand.now)

describe('the queue has room', () => {
  it('for one call more while a thread is free for it, or a place in the queue', () => {
    const hand = new ByHand(1, { maxQueue: 1 })
    const found = [hand.scheduler.hasRoom]
    for (const canvas of [a.s(), b.s()]) {
      hand.submit(canvas)
      found.push(hand.scheduler.hasRoom)
    }
    expect(found).toEqual([true, true, false])
    hand.succeed('a')
    expect(hand.scheduler.hasRoom).toBe(true)
  })

  it('for as many calls more as threads take beside each other', () => {
    const hand = new ByHand(2, { maxQueue: 1, callsPerThread: 3 })
    const found: boolean[] = []
    for (let i = 0; i < 8; i++) {
      found.push(hand.scheduler.hasRoom)
      hand.submit(a.s())
    }
    expect(found).toEqual([true, true, true, true, true, true, true, false])
    const asking = new ByHand(1, { maxQueue: 2, callsPerThread: 3 })
    asking.submit(lazy())
    expect(asking.pulls.map(({ count }) => count)).toEqual([4])
  })

  it('for the calls of a canvas that come first, and not for one more than there are places', () => {
    const hand = new ByHand(2, { maxQueue: 1 })
    const wide = (members: number): Loose => group(...Array.from({ length: members }, () => a.s()))
    expect([wide(3), wide(4), chain(a.s(), wide(4))].map((canvas) => hasRoomFor(hand, canvas))).toEqual([
      true,
      false,
      true,
    ])
  })

  it('for whatever comes, without a limit', () => {
    const hand = new ByHand(1)
    hand.submit(group(...Array.from({ length: 100 }, () => a.s())))
    expect([hand.scheduler.hasRoom, hasRoomFor(hand, b.s())]).toEqual([true, true])
  })

  it('for no call that a limit of its task holds back, though a thread is free', () => {
    const hand = new ByHand(3, { maxQueue: 0 })
    expect(hasRoomFor(hand, single.s())).toBe(true)
    hand.submit(single.s())
    expect([hasRoomFor(hand, single.s()), hasRoomFor(hand, a.s())]).toEqual([false, true])
    hand.succeed('single')
    expect(hasRoomFor(hand, single.s())).toBe(true)
  })

  it('counting those that wait for their limit beside those that wait for a thread', () => {
    const hand = new ByHand(2, { maxQueue: 1 })
    for (let i = 0; i < 2; i++) hand.submit(single.s())
    expect([hasRoomFor(hand, a.s()), hasRoomFor(hand, group(a.s(), a.s()))]).toEqual([true, false])
  })

  it('counting members of lazy groups from when they are asked for', () => {
    const hand = new ByHand(1, { maxQueue: 2 })
    expect(hasRoomFor(hand, group(b.s(), b.s()))).toBe(true)
    hand.submit(lazy())
    expect(hand.left).toEqual([])
    expect([hasRoomFor(hand, group(b.s(), b.s())), hasRoomFor(hand, b.s())]).toEqual([false, true])
  })
})
