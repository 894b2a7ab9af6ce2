/** Which thread gets what, and when something is taken back from one. */
import { describe, expect, it } from 'vitest'
import { loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))
const lanes = (fleet: Fleet) => fleet.left.map(({ lane }) => lane)
const sizes = (fleet: Fleet) => fleet.left.map(({ size }) => size)

describe('a call', () => {
  it('goes to the thread that has the least to do', () => {
    const fleet = new Fleet(3)
    for (let i = 0; i < 3; i++) fleet.submit(b.s())
    expect(lanes(fleet)).toEqual([0, 1, 2])
  })

  it('goes to a thread that is there rather than to one that died', () => {
    const fleet = new Fleet(2)
    fleet.handle({ type: 'thread', at: 0, lane: 0, isThere: false })
    fleet.submit(b.s())
    expect(lanes(fleet)).toEqual([1])
  })

  it('that must start at once waits for a thread that has nothing to do', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.submit(b.s().set({ timeLimit: 50 }))
    expect(fleet.left.length).toBe(1)
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(fleet.left.length).toBe(2)
  })

  it('that must start at once has no company', () => {
    const fleet = new Fleet(1)
    fleet.submit(group(a.s(), b.s().set({ timeLimit: 50 }), c.s()))
    expect(sizes(fleet)).toEqual([1])
  })

  it('does not wait behind steps that are under way, where a thread may have several', () => {
    const fleet = new Fleet(1, { callsPerThread: 2 })
    fleet.submit(chain(a.s(), b.s(), c.s()))
    fleet.submit(b.s().set({ timeLimit: 50 }))
    expect(sizes(fleet)).toEqual([3, 1])
  })
})

describe('calls that may run beside each other in one thread', () => {
  it('leave together only with others of their task', () => {
    const fleet = new Fleet(1, { callsPerThread: 2 })
    fleet.submit(group(a.s(), a.s(), b.s()))
    expect(fleet.left[0]?.parts.map(({ node, size }) => [node, size])).toEqual([[1, 2]])
  })
})

describe('work ahead of a thread', () => {
  it('is at most one batch more, while it is little', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.end(0, [{ from: 0, values: [1] }], 0.001)
    fleet.submit(calls(5_000))
    expect(fleet.left.slice(1).every(({ lane }) => lane === 0)).toBe(true)
    expect(fleet.left.length).toBe(3)
  })

  it('is none, while what is there is much', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.end(0, [{ from: 0, values: [1] }], 30)
    fleet.submit(calls(3))
    expect(sizes(fleet)).toEqual([1, 1])
  })
})

describe('what is late', () => {
  it('is taken back for somebody who should come first', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(10))
    fleet.submit(b.s().set({ priority: 9, timeLimit: 50 }))
    expect(fleet.recalls).toEqual([])
    fleet.tick(4)
    expect(fleet.recalls).toEqual([0])
  })

  it('blocks its thread until it is over', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(10))
    fleet.submit(b.s().set({ priority: 9, timeLimit: 50 }))
    fleet.tick(4)
    fleet.recalled(0, 1)
    expect(fleet.left.length).toBe(1)
    fleet.end(0, [{ from: 0, values: [1] }], 4)
    expect(fleet.nodes(fleet.left[1])).toEqual([0])
  })

  it('teaches how long its task takes, though nothing has ended', () => {
    const fleet = new Fleet(2)
    fleet.submit(calls(4))
    fleet.end(1, [{ from: 0, values: [1] }], undefined)
    fleet.tick(50)
    fleet.recalled(0, 1)
    expect(fleet.left.at(-1)?.parts[0]?.plan.load.isKnown).toBe(true)
  })
})

describe('all that is under way', () => {
  it('is told call by call, in order', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(3))
    const { dispatcher } = fleet.scheduler.state()
    const { begun, waiting } = dispatcher.callsOn(dispatcher.lanes[0] as never)
    expect([begun.map(({ node }) => node), waiting.map(({ node }) => node)]).toEqual([[1], [2, 3]])
  })

  it('is told without what has ended, and without what was revoked', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(4))
    fleet.end(0, [{ from: 1, values: [1] }])
    fleet.revoke(workflow, 3, 'call')
    const { dispatcher } = fleet.scheduler.state()
    const { begun, waiting } = dispatcher.callsOn(dispatcher.lanes[0] as never)
    expect([begun.map(({ node }) => node), waiting.map(({ node }) => node)]).toEqual([[1], [4]])
  })

  it('is forgotten when it is dropped', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(3))
    fleet.report(0, 0, { kind: 'parked' })
    fleet.handle({ type: 'close', at: 0, message: 'closed', running: 'drop' })
    expect(fleet.scheduler.state().running.size).toBe(0)
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })
})
