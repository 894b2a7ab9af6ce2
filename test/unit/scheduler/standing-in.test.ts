/** Workflows that stand for something in another one: whose group they may add to, whose id and parent they have, and what is counted. */
import { describe, expect, it } from 'vitest'
import { ByHand, finalValueOf, loose, tasks } from './by-hand.js'

const { group } = loose
const { a, b, c, d, callback } = tasks
const adding = (canvas: unknown) => ({ kind: 'add-to-chord', canvas: canvas as never }) as const
const apply = (canvas: unknown) => ({ kind: 'apply', child: 0, id: 'child', canvas: canvas as never }) as const

describe('to the group of a call, members are added', () => {
  it('by a member that was added itself', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()))
    hand.report('a', adding(b.s()))
    hand.report('b', adding(c.s()))
    for (const name of ['a', 'b', 'c']) hand.succeed(name, name)
    expect(finalValueOf(workflow)).toEqual(['a', 'b', 'c'])
  })

  it('by what runs in its place', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()))
    hand.answer('a', { ok: 'replace', canvas: b.s() as never })
    hand.report('b', adding(c.s()))
    for (const name of ['b', 'c']) hand.succeed(name, name)
    expect(finalValueOf(workflow)).toEqual(['b', 'c'])
  })

  it('by none of its callbacks and children', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s().link(callback.s()), b.s()))
    hand.report('b', apply(c.s()))
    hand.report('c', adding(d.s()))
    hand.succeed('a', 'a')
    hand.report('callback', adding(d.s()))
    expect(hand.names).toEqual(['b', 'c', 'callback'])
    hand.succeed('b', 'b')
    expect(finalValueOf(workflow)).toEqual(['a', 'b'])
  })
})

describe('an id', () => {
  it('of a call that was replaced is still that of the call', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.answer('a', { ok: 'replace', canvas: b.s() as never })
    expect(hand.scheduler.find(workflow.idOf(0))).toEqual({ workflow, node: 0 })
  })
})

describe('the parent', () => {
  it('of a child is the call that applied it', () => {
    const hand = new ByHand()
    const outer = hand.submit(group(a.s()))
    hand.report('a', apply(b.s()))
    const { workflow, node } = hand.call('b')
    expect(workflow.parentIdOf(workflow.input(node))).toBe(outer.idOf(1))
  })
})

describe('calls that have ended', () => {
  it('are counted, each as what it ended with', () => {
    const hand = new ByHand()
    hand.submit(group(a.s(), b.s(), c.s(), d.s()))
    hand.revoke(hand.submit(callback.s()))
    hand.succeed('a')
    hand.fail('b')
    hand.answer('c', { ok: 'ignore' })
    hand.answer('d', { ok: 'reject', requeue: false })
    const { tally, ended, revoked } = hand.scheduler.state()
    expect(tally).toMatchObject({ applied: 5, succeeded: 1, failed: 1, revoked: 1, ignored: 1, rejected: 1 })
    expect([ended, revoked]).toEqual([4, 1])
  })
})
