/** Groups whose members are pulled while they run: when members are asked for, where their values go, and how such a group ends. */
import { describe, expect, it } from 'vitest'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { ByHand, errorAt, finalValueOf, type Loose, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'
import { bring, lazy } from './lazy.js'

const { chain, chord } = loose
const { a, b, c, d, body } = tasks
const countsOf = ({ pulls }: ByHand): readonly number[] => pulls.map(({ count }) => count)

/** A lazy group alone. */
function begun(slots = 1, canvas: Loose = lazy()) {
  const hand = new ByHand(slots)
  const workflow = hand.submit(canvas)
  return { hand, workflow, group: { workflow, node: 0 } }
}

describe('members', () => {
  it('are asked for when the turn of their group comes, two for each thread', () => {
    const hand = new ByHand(2)
    const workflow = hand.submit(chain(a.s(), lazy()))
    expect(hand.pulls).toEqual([])
    hand.succeed('a')
    expect(hand.pulls).toEqual([{ type: 'pull', workflow, node: 1, count: 4 }])
  })

  it('are never asked for behind a step that failed', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), lazy()))
    hand.fail('a')
    expect(statusesOf(workflow)).toEqual(['failed', 'failed'])
    expect(hand.pulls).toEqual([])
  })

  it('are asked for again when half of them have ended', () => {
    const { hand, group } = begun(2)
    bring(hand, group, [a.s(), b.s(), c.s(), d.s()])
    hand.succeed('a')
    expect(hand.pulls).toHaveLength(1)
    hand.succeed('b')
    expect(hand.pulls).toHaveLength(2)
  })

  it('are not asked for when half of those end that may be under way, but so slowly that fewer may be', () => {
    const { hand, group } = begun(1)
    bring(hand, group, [a.s(), a.s()])
    hand.succeed('a')
    expect(countsOf(hand)).toEqual([2, 7])
    bring(hand, group, Array(7).fill(b.s()))
    hand.succeed('a')
    hand.now += 1_000
    for (const _ of [1, 2, 3, 4]) hand.succeed('b')
    expect(hand.pulls).toHaveLength(2)
    hand.now += 30
    hand.succeed('b')
    expect(countsOf(hand)).toEqual([2, 7, 2])
  })

  it('get what comes into the group in front of their own arguments', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), lazy()))
    hand.succeed('a', 5)
    bring(hand, { workflow, node: 1 }, [b.s('own'), chain(c.s(), d.s())])
    expect(hand.left.slice(1)).toEqual(['b(5, "own")', 'c(5)'])
  })

  it('give a list in their order, however they come and end', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s(), b.s()])
    bring(hand, group, [c.s()])
    for (const [value, name] of ['c', 'b', 'a'].entries()) hand.succeed(name, value)
    expect(workflow.status(0)).toBe('waiting')
    bring(hand, group, [d.s()], { isDone: true })
    hand.succeed('d', 3)
    expect(finalValueOf(workflow)).toEqual([2, 1, 0, 3])
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('that are none give an empty list', () => {
    const { hand, workflow, group } = begun()
    bring(hand, group, [], { isDone: true })
    expect(finalValueOf(workflow)).toEqual([])
  })

  it('that all end at once let the next step start', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(lazy(), b.s()), { args: [7] })
    bring(hand, { workflow, node: 0 }, [chain(), chain()], { isDone: true })
    expect(hand.left).toEqual(['b([7,7])'])
  })

  it('that nobody asked for are dropped', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), lazy()))
    expect(bring(hand, { workflow, node: 1 }, [b.s()])).toEqual([])
    expect(hand.names).toEqual(['a'])
  })

  it('leave nothing of their arguments and values behind when they have ended', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(lazy(), body.s()), { keep: false })
    bring(hand, { workflow, node: 0 }, [a.s('long'), b.s('long')], { isDone: true })
    const [portion] = [...workflow.portions()] as [Workflow]
    hand.succeed('a', 1)
    hand.succeed('b', 2)
    expect(hand.left.at(-1)).toBe('body([1,2])')
    expect(portion.graph.calls.slice(1)).toMatchObject([
      { task: 'a', args: [] },
      { task: 'b', args: [] },
    ])
    expect([0, 1, 2].map((node) => typeof portion.value(node))).toEqual(['symbol', 'symbol', 'symbol'])
  })

  it('of one group that end together fill it together, and count as ended', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(lazy())
    const group = { workflow, node: 0 }
    bring(fleet, group, [a.s(1), a.s(2), a.s(3)], { isDone: true })
    fleet.end(0, [{ from: 0, values: [1, 2, 3] }])
    expect(workflow.value(0)).toEqual([1, 2, 3])
    expect(workflow.intakeOf(0)?.window.outstanding).toBe(0)
  })
})

describe('a queue that is bounded', () => {
  it('gives members no more than half of it, and the threads', () => {
    const hand = new ByHand(1, { maxQueue: 2 })
    hand.submit(a.s())
    hand.submit(b.s())
    const workflow = hand.submit(lazy())
    expect(hand.pulls).toEqual([])
    hand.succeed('a')
    expect(hand.pulls).toEqual([{ type: 'pull', workflow, node: 0, count: 1 }])
  })

  it('is shared among groups, with what they have asked for and not got', () => {
    const hand = new ByHand(1, { maxQueue: 4 })
    for (let i = 0; i < 3; i++) hand.submit(lazy())
    expect(countsOf(hand)).toEqual([2, 1])
  })
})

describe('a member that fails', () => {
  it('fails the group when all have ended, the first in their order', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s(), b.s()])
    hand.fail('b')
    bring(hand, group, [c.s()], { isDone: true })
    hand.fail('a')
    expect(workflow.status(0)).toBe('waiting')
    hand.succeed('c')
    expect(errorAt(workflow, 0).message).toBe('a')
    expect(workflow.describe(workflow.failure(0)).path).toBe('members[0]')
  })

  it('with failFast revokes all others, of other portions and added ones too, and lets the source go', () => {
    const { hand, workflow, group } = begun(9, lazy().set({ failFast: true }))
    bring(hand, group, [a.s()])
    hand.report('a', { kind: 'add-to-chord', canvas: body.s() as never })
    bring(hand, group, [b.s()])
    hand.succeed('b')
    bring(hand, group, [c.s(), d.s()])
    hand.fail('d')
    expect(errorAt(workflow, 0).message).toBe('d')
    expect(hand.told.map(({ kind, task }) => `${kind} ${task}`).sort()).toEqual(['cancel a', 'cancel body', 'cancel c'])
    expect(hand.releases).toEqual([{ type: 'release', workflow, node: 0 }])
    expect(bring(hand, group, [b.s()])).toEqual([])
  })
})

describe('with failFast, a group of which all members have come', () => {
  it('has no source to let go of when one fails', () => {
    const { hand, workflow, group } = begun(4, lazy().set({ failFast: true }))
    bring(hand, group, [a.s(), b.s()], { isDone: true })
    hand.fail('a')
    expect([workflow.status(0), hand.releases.length]).toEqual(['failed', 0])
  })
})

describe('a source that breaks', () => {
  const broken = new RangeError('broken')

  it('fails the group when the members before have ended, where the next one would have stood', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s()], { error: broken })
    expect(workflow.status(0)).toBe('waiting')
    hand.succeed('a')
    expect(errorAt(workflow, 0)).toBe(broken)
    expect(workflow.describe(workflow.failure(0)).path).toBe('members[1]')
    expect(hand.releases).toEqual([])
  })

  it('fails the body of a chord with a ChordError that says so', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord(lazy(), body.s()))
    bring(hand, { workflow, node: 0 }, [], { error: broken })
    expect(errorAt(workflow, 1)).toMatchObject({ name: 'ChordError', cause: broken })
    expect(errorAt(workflow, 1).message).toContain('pulling it raised RangeError: broken')
  })
})

describe('a group that is revoked', () => {
  it('ends with its members, which are told, and lets its source go', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s(), chain(b.s(), c.s())])
    hand.succeed('a')
    hand.revoke(workflow)
    expect(workflow.status(0)).toBe('revoked')
    expect(hand.told).toMatchObject([{ kind: 'cancel', task: 'b' }])
    expect(hand.releases).toHaveLength(1)
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('behind a step that has ended ends with that step as it was', () => {
    const hand = new ByHand(4)
    const workflow = hand.submit(chain(a.s(), lazy()))
    hand.succeed('a', 1)
    bring(hand, { workflow, node: 1 }, [b.s()])
    hand.revoke(workflow)
    expect([workflow.status(0), workflow.status(1)]).toEqual(['succeeded', 'revoked'])
    expect(hand.told).toMatchObject([{ kind: 'cancel', task: 'b' }])
  })

  it('itself fails, as any group whose members are revoked', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s()])
    hand.report('a', { kind: 'add-to-chord', canvas: b.s() as never })
    hand.revoke(workflow, { node: 0, scope: 'call' })
    expect(workflow.status(0)).toBe('failed')
    expect(hand.told.map(({ task }) => task)).toEqual(['a', 'b'])
  })

  it('before its turn never asks for members', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), lazy()))
    hand.revoke(workflow, { node: 1, scope: 'call' })
    hand.succeed('a')
    expect(workflow.status(1)).toBe('revoked')
    expect(hand.pulls).toEqual([])
  })

  it('by a close is, when the members have ended that run', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s()])
    hand.close('finish')
    expect([workflow.status(0), hand.releases.length]).toEqual(['waiting', 1])
    hand.succeed('a')
    expect(workflow.status(0)).toBe('revoked')
    expect(hand.releases).toHaveLength(1)
  })
})
