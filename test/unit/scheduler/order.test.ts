/** In which order things happen, and how often. */
import { describe, expect, it } from 'vitest'
import { ByHand, loose, statusesOf, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, d, body, callback, errback } = tasks

describe('a body', () => {
  it('leaves once, when the last member of the header is final', () => {
    const hand = new ByHand()
    hand.submit(chord([a.s(), chain(b.s(), c.s()), group(d.s())], body.s()))
    for (const name of ['d', 'a', 'b']) hand.succeed(name, name)
    expect(hand.names).toEqual(['c'])
    hand.succeed('c', 'c')
    expect(hand.left.filter((text) => text.startsWith('body'))).toEqual(['body(["a","c",["d"]])'])
  })

  it('never leaves when a member failed, and the others still run to their end', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(chord([a.s(), b.s(), c.s()], body.s()))
    hand.fail('a')
    hand.succeed('b')
    expect(workflow.status(workflow.graph.exit)).toBe('waiting')
    hand.succeed('c')
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'succeeded', 'succeeded', 'failed'])
    expect(hand.left).toEqual(['a()', 'b()', 'c()'])
  })
})

describe('what a call leads to', () => {
  it('has its ids before the success shows, and leaves in the same step after it', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s().link(callback.s('first')).link(callback.s('second')), b.s()))
    expect(workflow.children(0)).toEqual([])
    hand.succeed('a', 1)
    expect(workflow.children(0).map((child) => child.workflow.idOf(child.node))).toEqual(['hand-1-0', 'hand-2-0'])
    expect(hand.left).toEqual(['a()', 'callback(1, "first")', 'callback(1, "second")', 'b(1)'])
  })

  it('does not count errbacks among the children', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().linkError(errback.s()))
    hand.fail('a')
    expect(workflow.children(0)).toEqual([])
    expect(hand.names).toEqual(['errback'])
  })

  it('starts errbacks when the failure is visible', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s().linkError(errback.s()), b.s()).linkError(errback.s()))
    hand.fail('a')
    expect(workflow.status(1)).toBe('failed')
    expect(hand.names).toEqual(['b', 'errback'])
    hand.succeed('b')
    expect(workflow.status(0)).toBe('failed')
    expect(hand.names).toEqual(['errback', 'errback'])
  })
})

describe('ready calls', () => {
  it('leave in the order in which they became ready', () => {
    const hand = new ByHand(1)
    hand.submit(group(a.s(), chain(b.s().link(callback.s()), c.s())))
    hand.submit(d.s())
    for (const name of ['a', 'b', 'd', 'callback', 'c']) hand.succeed(name)
    expect(hand.left.map((text) => text.replace(/\(.*/, ''))).toEqual(['a', 'b', 'd', 'callback', 'c'])
  })

  it('of nested groups leave in the order of the canvas', () => {
    const hand = new ByHand(1)
    hand.submit(group(a.s(), group(b.s(), chain(group(c.s()))), d.s()))
    for (const name of ['a', 'b', 'c', 'd']) hand.succeed(name)
    expect(hand.left).toEqual(['a()', 'b()', 'c()', 'd()'])
  })
})
