/** Tasks with a limit of their own: who waits for it, who passes by, and when it is given back. */
import { describe, expect, it } from 'vitest'
import { defineTasks, task } from '../../../src/task/task.js'
import { ByHand, type Loose, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const nothing = (): void => {}
const limited = defineTasks('file:///limits.js', {
  ten: task({ rateLimit: 10 }, nothing),
  five: task({ rateLimit: 5 }, nothing),
  single: task({ concurrency: 1 }, nothing),
}) as unknown as Readonly<Record<'ten' | 'five' | 'single', { s(...args: readonly unknown[]): Loose }>>
const { ten, five, single } = limited
const { a, b } = tasks
const { group } = loose

describe('calls of a task with a rate limit', () => {
  it('start one after the other, when their time comes', () => {
    const hand = new ByHand()
    hand.submit(group(ten.s(1), ten.s(2), ten.s(3)))
    expect([hand.left, hand.wakeAt]).toEqual([['ten(1)'], 100])
    hand.now = 0
    hand.tick(99)
    expect(hand.left).toHaveLength(1)
    hand.tick(1)
    expect([hand.left, hand.wakeAt]).toEqual([['ten(1)', 'ten(2)'], 200])
  })

  it('are looked at again as soon as the first of several tasks may start', () => {
    const hand = new ByHand()
    hand.submit(group(five.s(), five.s()))
    expect(hand.wakeAt).toBe(200)
    hand.submit(group(ten.s(), ten.s()))
    expect(hand.wakeAt).toBe(101)
    hand.now = 101
    hand.tick(0)
    expect(hand.left).toEqual(['five()', 'ten()', 'ten()'])
    expect(hand.wakeAt).toBe(200)
  })

  it('ask nothing of the clock when their time has come, and only a thread is missing', () => {
    const hand = new ByHand(1)
    hand.submit(ten.s(1))
    hand.submit(ten.s(2))
    expect(hand.wakeAt).toBe(100)
    for (const now of [100, 101]) {
      hand.now = now
      hand.tick(0)
      expect([hand.wakeAt, hand.left]).toEqual([undefined, ['ten(1)']])
    }
  })

  it('let others pass', () => {
    const hand = new ByHand()
    hand.submit(group(ten.s(), ten.s(), a.s()))
    expect(hand.names).toEqual(['ten', 'a'])
  })

  it('that wait for their time wait for nothing else when they are revoked', () => {
    const hand = new ByHand()
    hand.submit(ten.s(1))
    hand.revoke(hand.submit(ten.s(2)))
    const { dispatcher } = hand.scheduler.state()
    expect([dispatcher.ready, dispatcher.gated, dispatcher.gates.size]).toEqual([0, 0, 0])
    hand.now = 0
    hand.tick(100)
    expect(hand.left).toEqual(['ten(1)'])
  })
})

describe('calls of a task of which few may run', () => {
  it('wait for one of them to end, and nothing is asked of the clock', () => {
    const hand = new ByHand()
    hand.submit(group(single.s(1), single.s(2)))
    expect([hand.names, hand.wakeAt]).toEqual([['single'], undefined])
    hand.succeed('single')
    expect(hand.left).toEqual(['single(1)', 'single(2)'])
  })

  it('run while others of them wait for a child, and wait when those go on', () => {
    const hand = new ByHand()
    hand.submit(group(single.s(1), single.s(2), single.s(3)))
    hand.report('single', { kind: 'parked' })
    hand.report('single', { kind: 'parked' })
    expect(hand.left).toHaveLength(2)
    hand.report('single', { kind: 'resumed' })
    hand.report('single', { kind: 'resumed' })
    hand.succeed('single')
    expect(hand.left).toHaveLength(2)
    hand.succeed('single')
    expect(hand.left).toHaveLength(3)
  })

  it('are given back one place by one that ends while it waits for a child', () => {
    const hand = new ByHand()
    hand.submit(group(single.s(1), single.s(2), single.s(3)))
    hand.report('single', { kind: 'parked' })
    expect(hand.left).toHaveLength(2)
    hand.fail('single')
    expect(hand.left).toHaveLength(2)
    hand.succeed('single')
    expect(hand.left).toHaveLength(3)
  })

  it('do not wait for one that was taken back before it began', () => {
    const fleet = new Fleet(2)
    const first = fleet.submit(single.s())
    const second = fleet.submit(single.s())
    fleet.revoke(first)
    expect([fleet.recalls, fleet.left.length]).toEqual([[0], 1])
    fleet.recalled(0, 0)
    expect(second.status(0)).toBe('running')
  })

  it('have one limit for as long as their module is the same, whatever else is evaluated', () => {
    const hand = new ByHand()
    hand.submit(single.s())
    defineTasks('file:///limits-other.js', { a: nothing })
    hand.submit(single.s())
    hand.submit(b.s())
    expect(hand.names).toEqual(['single', 'b'])
  })
})

describe('a task that is evaluated again with another limit', () => {
  const define = (options: object) =>
    defineTasks('file:///limits-changed.js', { changed: task(options, nothing) }) as unknown as {
      changed: { s(): Loose }
    }

  it('has that one from then on', () => {
    const hand = new ByHand()
    const { changed } = define({ concurrency: 1 })
    hand.submit(group(changed.s(), changed.s()))
    expect(hand.names).toHaveLength(1)
    define({ concurrency: 2 })
    hand.submit(group(changed.s(), changed.s()))
    expect(hand.names).toHaveLength(3)
  })
})
