/** What is weighed before a batch is made up, for which thread, and what of it is asked back: where it is known how long calls take. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { ByHand, type Loose, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c, d } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))
const urgent = b.s().set({ priority: 9, timeLimit: 50 })

/** A fleet to which it is known how long calls of these tasks take, in ms; and what leaves from then on. */
function taught(lanes: number, known: Partial<Record<'a' | 'b' | 'c', number>>, options = {}) {
  const fleet = new Fleet(lanes, options)
  for (const [name, ms] of Object.entries(known)) {
    fleet.submit(tasks[name as 'a'].s())
    fleet.end(fleet.left.length - 1, [{ from: 0, values: [0] }], ms)
  }
  const before = fleet.left.length
  const left = () => fleet.left.slice(before)
  return {
    fleet,
    left,
    lanes: () => left().map(({ lane }) => lane),
    nodes: () => left().map((batch) => fleet.nodes(batch)),
    /** The batch that was the n-th to leave. */
    batch: (n: number) => before + n,
    lane: (number: number) => fleet.scheduler.state().dispatcher.lanes[number],
  }
}

/** Submits canvases of which the calls leave together, at the end of the turn. */
function submitTogether(fleet: Fleet, ...canvases: readonly Loose[]): void {
  for (const canvas of canvases) {
    const plan = { graph: compile(canvas), args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    fleet.handle({ type: 'submit', at: fleet.now, ...plan })
  }
  fleet.isFlushAsked = true
  fleet.flush()
}

describe('a call', () => {
  it('goes to the thread on which fewest are, also when all have some', () => {
    const { fleet, lanes } = taught(3, { b: 0.1 })
    for (let i = 0; i < 4; i++) fleet.submit(b.s())
    expect(lanes()).toEqual([0, 1, 2, 0])
  })

  it('goes to the thread with less work, of two on which as many are', () => {
    const { fleet, lanes } = taught(2, { a: 0.5, b: 0.1 })
    for (const canvas of [a.s(), b.s(), b.s()]) fleet.submit(canvas)
    expect(lanes()).toEqual([0, 1, 1])
  })

  it('goes to the thread on which fewer are, though they take longer', () => {
    const { fleet, lanes, nodes } = taught(2, { a: 0.5, b: 0.1 })
    fleet.submit(a.s())
    fleet.submit(b.each([[1], [2], [3]]))
    expect([lanes(), nodes()]).toEqual([
      [0, 1, 0],
      [[0], [1, 2], [3]],
    ])
  })

  it('goes elsewhere than to a thread with steps: each of them is work', () => {
    const { fleet, lanes } = taught(2, { a: 0.1, b: 0.1 })
    for (const canvas of [chain(a.s(), a.s(), a.s()), b.s(), b.s()]) fleet.submit(canvas)
    expect(lanes()).toEqual([0, 1, 1])
  })

  it('goes ahead to a thread though it takes longer than what may wait there', () => {
    const { fleet, nodes } = taught(1, { a: 0.1, b: 50 })
    fleet.submit(a.s())
    fleet.submit(b.s())
    expect(nodes()).toEqual([[0], [0]])
  })

  it('goes ahead to a thread as soon as enough of what is there has ended', () => {
    const { fleet, left, batch } = taught(1, { a: 0.5, b: 0.5 })
    fleet.submit(calls(4))
    fleet.submit(b.s())
    expect(left().map(({ size }) => size)).toEqual([4])
    fleet.end(batch(0), [{ from: 0, values: [0, 1, 2] }], 1.5)
    expect(left().map(({ size }) => size)).toEqual([4, 1])
  })
})

describe('what a thread has to do', () => {
  it('is what is left when one of two batches has ended, and nothing when both have', () => {
    const { fleet, batch, lane } = taught(1, { a: 0.1, b: 0.2 })
    fleet.submit(a.s())
    fleet.submit(b.s())
    fleet.end(batch(0), [{ from: 0, values: [0] }], 0.1)
    expect(lane(0)?.ms).toBeCloseTo(0.2)
    fleet.end(batch(1), [{ from: 0, values: [0] }], 0.2)
    expect(lane(0)?.ms).toBe(0)
  })

  it('makes it hungry, if that is little on some thread, and no call is ready', () => {
    const fleet = new Fleet(2)
    const { dispatcher } = fleet.scheduler.state()
    expect(dispatcher.isHungry).toBe(true)
    fleet.submit(a.s())
    expect(dispatcher.isHungry).toBe(true)
    const plan = { graph: compile(b.s()), args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    fleet.handle({ type: 'submit', at: 0, ...plan })
    expect([dispatcher.ready, dispatcher.isHungry]).toEqual([1, false])
    fleet.flush()
    expect([dispatcher.ready, dispatcher.isHungry]).toEqual([0, false])
  })
})

describe('a batch', () => {
  it('holds no more than its time, steps that left with others included', () => {
    const { fleet, nodes } = taught(1, { a: 0.9 })
    fleet.submit(group(chain(a.s(), a.s()), a.s(), a.s(), a.s()))
    expect(nodes()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('holds others behind steps, while there is time', () => {
    const { fleet, nodes } = taught(1, { a: 0.5 })
    fleet.submit(group(chain(a.s(), a.s()), a.s(), a.s(), a.s()))
    expect(nodes()).toEqual([[1, 2, 3, 4]])
  })

  it('holds as many steps as there is time for', () => {
    const { fleet, nodes } = taught(1, { a: 0.9 })
    fleet.submit(chain(a.s(), a.s(), a.s(), a.s()))
    expect(nodes()).toEqual([[0, 1]])
  })

  it('holds no step that takes longer than the time of a batch', () => {
    const { fleet, nodes } = taught(1, { b: 50 })
    fleet.submit(chain(a.s(), b.s()))
    expect(nodes()).toEqual([[0]])
  })

  it('holds no more steps than its thread may still get', () => {
    const fleet = new Fleet(1, { maxTasksPerWorker: 2 })
    fleet.submit(chain(a.s(), b.s(), c.s()))
    expect(fleet.nodes(fleet.left[0])).toEqual([0, 1])
  })

  it('of calls that may run beside each other holds those of one task, whoever applied them', () => {
    const { fleet, left } = taught(1, {}, { callsPerThread: 2 })
    fleet.submit(c.s())
    submitTogether(fleet, a.s(), a.s(), b.s())
    expect(left()[1]?.parts.map(({ plan, size }) => [plan === left()[1]?.parts[0]?.plan, size])).toEqual([
      [true, 1],
      [true, 1],
    ])
  })

  it('of calls that may run beside each other holds nothing behind steps', () => {
    const { fleet, nodes } = taught(1, {}, { callsPerThread: 2 })
    fleet.submit(group(chain(a.s(), a.s()), a.s(), a.s()))
    expect(nodes()[0]).toEqual([1, 2])
  })

  it('that was taken back in part does not make those behind it larger', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(1_000))
    fleet.revoke(workflow, 64, 'call')
    fleet.recalled(0, 10)
    fleet.end(0, [{ from: 0, values: Array(10).fill(0) }], 0.01)
    expect(fleet.left.map(({ size }) => size)).toEqual([64, 64, 64])
  })
})

describe('a batch that is late', () => {
  it('is left alone if all of it is one call that runs', () => {
    const fleet = new Fleet(2)
    fleet.submit(a.s())
    fleet.tick(10)
    expect([fleet.recalls, fleet.wakeAt]).toEqual([[], undefined])
  })

  it('is left alone if all of it is one call that runs, whoever waits', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.submit(urgent)
    fleet.tick(10)
    expect([fleet.recalls, fleet.wakeAt]).toEqual([[], undefined])
  })

  it('is left alone if nobody waits who should come before', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(10))
    fleet.submit(b.s().set({ timeLimit: 50 }))
    fleet.tick(10)
    expect([fleet.recalls, fleet.wakeAt]).toEqual([[], undefined])
  })

  it('is asked back if it holds steps, and somebody waits whose turn has come', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s(), c.s()))
    fleet.submit(b.s().set({ timeLimit: 50 }))
    fleet.tick(10)
    expect(fleet.recalls).toEqual([0])
  })

  it('is asked back with all on its thread, if one of these should come later than who waits', () => {
    const { fleet, left, batch } = taught(1, { a: 0.1, c: 0.1 })
    fleet.submit(c.s().set({ priority: 7 }))
    fleet.submit(a.s())
    fleet.submit(b.s().set({ priority: 5, timeLimit: 50 }))
    expect(left()).toHaveLength(2)
    fleet.tick(10)
    expect(fleet.recalls).toEqual([batch(0), batch(1)])
  })

  it('is not asked back where calls leave only to start at once', () => {
    const hand = new ByHand(1)
    hand.submit(a.s())
    hand.report('a', { kind: 'parked' })
    hand.submit(b.s())
    hand.submit(c.s().set({ priority: 9 }))
    expect([hand.names, hand.wakeAt]).toEqual([['a', 'b'], undefined])
  })

  it('is asked back after one of another thread that has been asked already', () => {
    const fleet = new Fleet(3)
    fleet.submit(calls(6))
    for (const number of [2, 3]) fleet.end(number, [{ from: 0, values: [0] }], 10)
    fleet.tick(5)
    expect(fleet.recalls).toEqual([0])
    fleet.tick(1)
    expect(fleet.recalls).toEqual([0, 1])
  })
})

describe('for a thread that has nothing to do', () => {
  /** Two batches on one thread, and another thread that was busy until now. */
  function shared(first: Loose, second: Loose) {
    const known = taught(2, { a: 0.1, b: 0.1, c: 0.1 })
    const { fleet, batch } = known
    for (const canvas of [first, b.s(), b.s(), second]) fleet.submit(canvas)
    expect(known.lanes()).toEqual([0, 1, 1, 0])
    const idle = () => {
      for (const n of [1, 2]) fleet.end(batch(n), [{ from: 0, values: [0] }], 0.1)
    }
    return { ...known, idle }
  }

  it('a call is asked back that waits behind steps that have begun', () => {
    const { fleet, batch, idle } = shared(chain(a.s(), a.s()), c.s())
    fleet.end(batch(0), [{ from: 0, passed: 1 }], 0.1)
    idle()
    fleet.tick(10)
    expect(fleet.recalls).toEqual([batch(0), batch(3)])
  })

  it('no steps are asked back that wait for those before them', () => {
    const { fleet, batch, idle } = shared(chain(a.s(), a.s()), chain(a.s(), a.s()))
    for (const n of [0, 3]) fleet.end(batch(n), [{ from: 0, passed: 1 }], 0.1)
    idle()
    fleet.tick(10)
    expect([fleet.recalls, fleet.wakeAt]).toEqual([[], undefined])
  })
})

describe('a thread of which something was taken back', () => {
  it('gets nothing ahead, until what had begun is over', () => {
    const { fleet, nodes, batch } = taught(1, { a: 0.1 })
    fleet.submit(calls(3))
    fleet.recalled(batch(0), 1)
    expect(nodes()).toEqual([[1, 2, 3]])
    fleet.end(batch(0), [{ from: 0, values: [0] }], 0.1)
    expect(nodes()).toEqual([
      [1, 2, 3],
      [2, 3],
    ])
  })

  it('gets nothing when another batch is over there', () => {
    const { fleet, nodes, batch } = taught(1, { a: 0.1, c: 0.1 })
    fleet.submit(calls(2))
    fleet.submit(c.s())
    expect(nodes()).toEqual([[1, 2], [0]])
    fleet.recalled(batch(0), 1)
    fleet.end(batch(1), [{ from: 0, values: [0] }], 0.1)
    expect(nodes()).toHaveLength(2)
  })
})

describe('a thread that may have so many calls', () => {
  it('gets none ahead when it has had all', () => {
    const { fleet, nodes } = taught(1, { a: 0.1 }, { maxTasksPerWorker: 2 })
    fleet.submit(a.s())
    fleet.submit(a.s())
    expect(nodes()).toEqual([[0]])
  })

  it('has as many left when it is said to be there that was there, or to be gone', () => {
    const { fleet, lane } = taught(1, {}, { maxTasksPerWorker: 3 })
    fleet.submit(group(a.s(), b.s()))
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.thread(0, true)
    expect(lane(0)?.left).toBe(1)
    fleet.thread(0, false)
    expect(lane(0)?.left).toBe(1)
    fleet.thread(0, true)
    expect(lane(0)?.left).toBe(2)
  })
})

describe('all that is under way', () => {
  it('is told once each, and calls that wait for a child beside those that run for them', () => {
    const fleet = new Fleet(1)
    fleet.submit(group(a.s(), b.s(), c.s(), d.s()))
    const { dispatcher } = fleet.scheduler.state()
    const told = () => {
      const { begun, waiting } = dispatcher.callsOn(dispatcher.lanes[0] as never)
      return [begun.map(({ node }) => node), waiting.map(({ node }) => node)]
    }
    expect(told()).toEqual([[1], [2, 3, 4]])
    fleet.report(0, 0, { kind: 'parked' })
    expect(told()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
})

describe('a step that is revoked', () => {
  it('is asked back, whatever has left alone before', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(c.s().link(d.s()), a.s(), b.s()))
    fleet.end(0, [{ from: 0, values: [0] }])
    expect(fleet.nodes(fleet.left[1])).toEqual([0, 1, 2])
    fleet.revoke(workflow, 2, 'call')
    expect(fleet.recalls).toEqual([1])
    fleet.recalled(1, 2)
    fleet.end(1, [{ from: 0, values: [0, 0] }])
    expect(workflow.linkedBatches).toBe(0)
  })
})
