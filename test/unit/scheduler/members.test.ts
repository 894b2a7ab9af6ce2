/** Members of groups, where little of them shows: whose threads are left alone, which values are kept, and what stays counted. */
import { describe, expect, it } from 'vitest'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { ByHand, finalValueOf, loose, statusesOf, tasks } from './by-hand.js'
import { bring, lazy } from './lazy.js'

const { chain, group } = loose
const { a, b, c, d } = tasks
const adding = (canvas: unknown) => ({ kind: 'add-to-chord', canvas: canvas as never }) as const

describe('with failFast, members', () => {
  it('that are revoked keep their threads, however long they go on, added ones too', () => {
    const hand = new ByHand(100, { graceMs: 50 })
    hand.submit(group(a.s(), b.s()).set({ failFast: true }))
    hand.report('a', adding(c.s()))
    hand.fail('b')
    expect(hand.told.map(({ kind, task }) => `${kind} ${task}`).sort()).toEqual(['cancel a', 'cancel c'])
    hand.tick(50)
    expect(hand.terminated).toEqual([])
  })
})

describe('a group inside of one that a revoked step has failed before its turn', () => {
  it('is over with it, and does not begin to fill again', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(chain(a.s(), group(chain(group(b.s()), c.s()))), d.s()))
    hand.revoke(workflow, { node: 5, scope: 'call' })
    hand.succeed('a')
    expect(statusesOf(workflow)).toEqual(['waiting', 'succeeded', 'failed', 'failed', 'failed', 'revoked', 'running'])
    expect([...workflow.openFillings.keys()]).toEqual([0])
  })
})

describe('values of members', () => {
  it.each([
    ['fails', (hand: ByHand) => hand.fail('b')],
    ['is ignored', (hand: ByHand) => hand.answer('b', { ok: 'ignore' })],
  ])('are kept when another one %s: nothing else has them', (_how, end) => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()), { keep: false })
    hand.succeed('a', 7)
    end(hand)
    expect(workflow.value(1)).toBe(7)
  })

  it('that were pulled together are kept as a list, too, where values are to be kept', () => {
    const hand = new ByHand()
    const workflow = hand.submit(lazy(), { keep: true })
    bring(hand, { workflow, node: 0 }, [a.s(), b.s()], { isDone: true })
    const [portion] = [...workflow.portions()] as [Workflow]
    hand.succeed('a', 1)
    hand.succeed('b', 2)
    expect(finalValueOf(portion)).toEqual([1, 2])
  })
})

describe('members of a group that was pulled as a member', () => {
  it('do not count as members under way of the one that pulls', () => {
    const hand = new ByHand()
    const workflow = hand.submit(lazy())
    bring(hand, { workflow, node: 0 }, [group(a.s(), b.s())])
    hand.succeed('a')
    expect(workflow.intakeOf(0)?.window.outstanding).toBe(1)
    hand.succeed('b')
    expect(workflow.intakeOf(0)?.window.outstanding).toBe(0)
  })
})

describe('a member that was added', () => {
  it('stands in the canvas behind those that were there', () => {
    const hand = new ByHand()
    hand.submit(group(a.s(), b.s()))
    hand.report('a', adding(c.s()))
    expect(hand.call('c').workflow.pathOf(0)).toBe('members[2]')
  })
})

describe('groups whose turn comes at one time', () => {
  it('share the room that there is for members', () => {
    const hand = new ByHand(1, { maxQueue: 4 })
    hand.submit(group(lazy(), lazy(), lazy()))
    expect(hand.pulls.map(({ count }) => count)).toEqual([2, 1])
  })
})
