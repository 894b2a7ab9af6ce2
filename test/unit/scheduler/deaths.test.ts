/** The death of a thread: which calls it took, which run again and how often, and what is told of that. */
import { describe, expect, it } from 'vitest'
import { ByHand, errorAt, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c, callback } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))

describe('a thread in which calls ran beside each other', () => {
  it('takes all with it that had begun, and tells none of them to stop', () => {
    const fleet = new Fleet(1, { callsPerThread: 2 })
    const workflow = fleet.submit(calls(2).set({ failFast: true }))
    fleet.recalled(0, 2)
    fleet.lose(0, 2)
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'revoked'])
    expect(fleet.tells).toEqual([])
    const each = fleet.submit(calls(2))
    fleet.lose(fleet.left.length - 1, 2)
    expect(statusesOf(each)).toEqual(['failed', 'failed', 'failed'])
  })
})

describe('a call that runs in another thread', () => {
  it('is not touched by the death of the one in which it ran before', () => {
    const fleet = new Fleet(2)
    const workflow = fleet.submit(calls(4))
    expect(fleet.left.map((batch) => fleet.nodes(batch))).toEqual([[1, 2], [3]])
    fleet.end(1, [{ from: 0, values: [1] }])
    fleet.end(0, [{ at: 0, outcome: { ok: 'reject', requeue: true } }])
    fleet.end(2, [{ from: 0, values: [1] }])
    expect(fleet.left.map((batch) => fleet.nodes(batch))).toEqual([[1, 2], [3], [4], [1]])
    fleet.lose(0, 2)
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'failed', 'succeeded', 'succeeded'])
  })
})

describe('steps that had ended before the thread died under another call', () => {
  it('run again: what they gave is lost', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(chain(a.s(), b.s()), c.s(), c.s()))
    expect(fleet.nodes(fleet.left[0])).toEqual([1, 2, 3])
    fleet.lose(0, 3)
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'waiting', 'failed', 'running'])
  })

  it('have taken as long as the batch was under way, for those who listen', () => {
    const fleet = new Fleet(1)
    fleet.now = 10
    fleet.submit(chain(a.s(), b.s()))
    fleet.listen('task-succeeded')
    fleet.now = 15
    fleet.lose(0, 2)
    expect(fleet.emitted).toMatchObject([{ type: 'task-succeeded', taskName: 'a', runMs: 5 }])
  })
})

describe('steps', () => {
  it('still leave together when a call of their canvas was lost that left alone', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(c.s().link(callback.s()), a.s(), b.s()))
    fleet.lose(0, 0)
    fleet.end(1, [{ from: 0, values: [1] }])
    expect(fleet.nodes(fleet.left[2])).toEqual([0, 1, 2])
  })
})

describe('a call that is to run again when its thread dies', () => {
  const requeued = () => a.s().set({ onWorkerLost: 'requeue' })

  it('does so three times, and no more', () => {
    const hand = new ByHand()
    const workflow = hand.submit(requeued())
    for (const runs of [2, 3, 4]) {
      hand.lose('a')
      expect(hand.left).toHaveLength(runs)
    }
    hand.lose('a')
    expect([hand.left.length, errorAt(workflow, 0).name]).toEqual([4, 'WorkerLostError'])
  })

  it('does not when it was ended for its time', () => {
    const hand = new ByHand()
    const workflow = hand.submit(requeued())
    hand.lose('a', { reason: 'time-limit' })
    expect([hand.left.length, workflow.status(0)]).toEqual([1, 'failed'])
  })
})

describe('of a thread that died, listeners hear', () => {
  it('which calls had begun, though none of them was running', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    const workflow = fleet.submit(calls(3))
    fleet.lose(0, 2, false)
    const ids = fleet.emitted.map((event) => 'id' in event && event.id)
    expect(ids).toEqual([1, 2, 1].map((node) => workflow.idOf(node)))
  })

  it('of the starts of calls that had not begun when they begin elsewhere', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    const workflow = fleet.submit(calls(3))
    fleet.lose(0, 1)
    fleet.end(1, [{ from: 0, values: [2, 3] }])
    const ids = fleet.emitted.map((event) => 'id' in event && event.id)
    expect(ids).toEqual([1, 2, 3].map((node) => workflow.idOf(node)))
  })

  it('nothing, if there are none', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(3))
    fleet.lose(0, 2)
    expect(fleet.events).toEqual([])
  })
})

describe('calls that are refused since too many threads have died', () => {
  const refusing = () => {
    const fleet = new Fleet(1, { maxLosses: 1, lossWindow: 1_000, batching: false })
    fleet.handle({ type: 'died', at: 0, reason: 'exit' })
    fleet.now = 100
    return fleet
  }

  it('say for how long from then on', () => {
    const workflow = refusing().submit(a.s())
    expect(errorAt(workflow, 0).message).toContain('calls run again in 900 ms')
  })

  it('are told to nobody who does not listen', () => {
    const fleet = refusing()
    fleet.submit(a.s())
    expect(fleet.events).toEqual([])
  })
})
