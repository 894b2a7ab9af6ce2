/** What the scheduler says to its driver, as the plain lists that come out. */
import { describe, expect, it } from 'vitest'
import { ByHand, loose, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, body, callback } = tasks

describe('the scheduler', () => {
  it('accepts a canvas, then dispatches what can start', () => {
    const hand = new ByHand()
    const signature = a.s(1)
    const workflow = hand.submit(signature)
    const [batch] = hand.running
    expect(batch).toMatchObject({ number: 0, lane: 0, size: 1 })
    expect(batch?.calls).toEqual([
      { how: 'call', task: signature, args: [1], items: undefined, workflow, node: 0, attempt: 1, policy: {} },
    ])
  })

  it('says nothing but the next call when one succeeds that nobody watches', () => {
    const hand = new ByHand()
    const next = b.s('own')
    const workflow = hand.submit(chain(a.s(), next))
    const said = hand.succeed('a', 'in')
    expect(said.map(({ type }) => type)).toEqual(['dispatch'])
    expect(hand.call('b')).toEqual({
      how: 'call',
      task: next,
      args: ['in', 'own'],
      items: undefined,
      workflow,
      node: 1,
      attempt: 1,
      policy: {},
    })
    expect(hand.succeed('b')).toEqual([])
  })

  it('runs a chord to its end', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(1), b.s(2)], body.s()))
    expect(hand.watch(workflow, workflow.graph.exit)).toEqual([])
    expect(hand.names).toEqual(['a', 'b'])
    expect(hand.succeed('b', 20)).toEqual([])
    expect(hand.succeed('a', 10)).toMatchObject([{ type: 'dispatch', batch: { calls: [{ args: [[10, 20]] }] } }])
    expect(hand.succeed('body', 30)).toEqual([{ type: 'ended', workflow, node: workflow.graph.exit }])
    expect(workflow.value(workflow.graph.exit)).toBe(30)
  })

  it('tells of the end before what it led to leaves', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s().link(callback.s()), b.s()))
    hand.watch(workflow, 0)
    expect(hand.succeed('a').map(({ type }) => type)).toEqual(['ended', 'dispatch', 'dispatch'])
    expect(hand.names).toEqual(['callback', 'b'])
  })

  it('tells at once who asks after the end, and everybody once', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.succeed('a')
    expect(hand.watch(workflow, 0)).toEqual([{ type: 'ended', workflow, node: 0 }])
    expect(hand.watch(workflow, 0)).toEqual([{ type: 'ended', workflow, node: 0 }])
  })

  it('dispatches no more than it has slots, and the rest as they become free', () => {
    const hand = new ByHand(2)
    hand.submit(group(a.s(), b.s(), body.s()))
    expect(hand.names).toEqual(['a', 'b'])
    hand.succeed('b')
    expect(hand.names).toEqual(['a', 'body'])
  })

  it('refuses a stimulus that there is not', () => {
    expect(() => new ByHand().handle({ type: 'dance' } as never)).toThrow('unexpected {"type":"dance"}')
  })
})
