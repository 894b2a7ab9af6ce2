/** Calls on their way to a thread: what is counted and told of them, when they expire there, and when they are asked back. */
import { describe, expect, it } from 'vitest'
import { ByHand, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))
const queued = (fleet: Fleet) => [...fleet.scheduler.state().queue].map(({ node }) => node)
const failed = { ok: false, error: new RangeError('no') } as const

describe('calls that leave', () => {
  it('count as started, and for so long as they have been ready as waiting', () => {
    const fleet = new Fleet(1, { batching: false })
    fleet.now = 10
    fleet.submit(group(a.s(), b.s()))
    fleet.now = 40
    fleet.end(0, [{ from: 0, values: [1] }])
    const { tally } = fleet.scheduler.state()
    expect([tally.started, tally.waits.percentiles()]).toEqual([2, { p50: 0, p99: 30, max: 30 }])
  })

  it('give their values back while somebody listens, whichever batch they are in', () => {
    const fleet = new Fleet(2)
    fleet.listen('task-succeeded')
    fleet.submit(group(chain(a.s(), b.s()), chain(a.s(), b.s())))
    expect(fleet.left.map(({ parts }) => parts.map(({ isHeard }) => isHeard))).toEqual([
      [true, true],
      [true, true],
    ])
  })

  it('for a thread that has something to do are told of when they begin', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.listen('task-started')
    fleet.submit(a.s())
    fleet.submit(b.s())
    expect([fleet.left.length, fleet.events]).toEqual([3, ['task-started']])
    fleet.end(1, [{ from: 0, values: [1] }])
    fleet.end(2, [{ from: 0, values: [1] }])
    expect(fleet.events).toEqual(['task-started', 'task-started'])
  })
})

describe('a call that can expire', () => {
  it('and is still here does so when the one before it has left', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(group(a.s(), a.s()).set({ expires: 20 }))
    hand.tick(20)
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'revoked'])
  })

  it('is on its way until it is known whether it has begun', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3).set({ expires: 20 }))
    fleet.tick(20)
    expect([fleet.recalls, statusesOf(workflow)]).toEqual([[0], ['waiting', 'running', 'running', 'running']])
    fleet.now = 21
    fleet.recalled(0, 2)
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'running', 'revoked'])
  })

  it('is asked back though the one before it has ended', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(2).set({ expires: 20 }))
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.tick(20)
    expect(fleet.recalls).toEqual([0])
  })

  it('asks nothing of the clock when it has ended', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(2).set({ expires: 20 }))
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect(fleet.wakeAt).toBeUndefined()
  })

  it('asks nothing of the clock once it has left, where calls leave only to start at once', () => {
    const hand = new ByHand()
    hand.submit(a.s().set({ expires: 20 }))
    expect(hand.wakeAt).toBeUndefined()
  })
})

describe('a batch', () => {
  it('is asked once what has not begun of it, however many of its calls are revoked', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.revoke(workflow, 1, 'call')
    fleet.revoke(workflow, 2, 'call')
    expect(fleet.recalls).toEqual([0])
  })

  it('is not asked where calls leave only to start at once', () => {
    const hand = new ByHand(1)
    hand.submit(a.s())
    hand.submit(b.s())
    hand.report('a', { kind: 'parked' })
    expect(hand.names).toEqual(['a', 'b'])
    expect(hand.close('finish')).toEqual([])
  })

  it('that has been asked is known to have begun, and calls of it that are revoked then are told at once', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.recalled(0, 2)
    fleet.revoke(workflow, 2, 'call')
    expect(fleet.tells.map(({ batch, call }) => [batch, call])).toEqual([[0, 1]])
  })

  it('gives its thread those calls back that went back, and no others', () => {
    const fleet = new Fleet(1, { maxTasksPerWorker: 4 })
    fleet.submit(group(chain(a.s(), b.s()), c.s(), c.s()))
    fleet.end(0, [{ at: 0, outcome: failed }])
    fleet.recalled(0, 1)
    expect(fleet.left.map((batch) => fleet.nodes(batch))).toEqual([
      [1, 2, 3],
      [3, 4],
    ])
    expect(fleet.scheduler.state().dispatcher.lanes[0]?.left).toBe(0)
  })
})

describe('how long a task takes', () => {
  const loadOf = (fleet: Fleet) => fleet.left[0]!.parts[0]!.plan.load

  it('is learnt of calls that have begun and not ended, if nothing else is known', () => {
    const fleet = new Fleet(1)
    fleet.now = 10
    fleet.submit(calls(4))
    fleet.now = 70
    fleet.recalled(0, 3)
    expect(loadOf(fleet)).toMatchObject({ isKnown: true, estimate: 20 })
  })

  it('is not, of calls none of which has begun', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(4))
    fleet.now = 60
    fleet.recalled(0, 0)
    expect(loadOf(fleet).isKnown).toBe(false)
  })

  it('is not, where ends have told it', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(4))
    fleet.end(0, [{ from: 0, values: [1] }], 1)
    fleet.now = 60
    fleet.recalled(0, 2)
    expect(loadOf(fleet).estimate).toBe(1)
  })
})

describe('listeners', () => {
  it('hear of the start of a call that was taken back when it has begun elsewhere', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    fleet.submit(calls(3))
    fleet.recalled(0, 1)
    expect(queued(fleet)).toEqual([2, 3])
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.end(1, [{ from: 0, values: [2, 3] }])
    expect(fleet.events).toEqual(['task-started', 'task-started', 'task-started'])
  })

  it('hear of the start of a call behind one that was revoked before', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    const workflow = fleet.submit(calls(3))
    fleet.revoke(workflow, 2, 'call')
    fleet.end(0, [], 1, 3)
    expect(fleet.emitted.map((event) => 'id' in event && event.id)).toEqual([workflow.idOf(1), workflow.idOf(3)])
  })
})
