/** Closing: what has not started is revoked, what runs may finish or is dropped, and nothing starts any more. */
import { describe, expect, it } from 'vitest'
import { ClosedError } from '../../../src/errors.js'
import type { Batch } from '../../../src/scheduler/batch.js'
import { ByHand, errorAt, loose, statusesOf, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, body, callback, errback } = tasks

describe('a close that lets running calls finish', () => {
  it('revokes what waits in the queue, with a ClosedError', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(group(a.s(), b.s(), c.s()))
    hand.close('finish')
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'revoked', 'revoked'])
    expect(errorAt(workflow, 2)).toBeInstanceOf(ClosedError)
    expect(errorAt(workflow, 2).message).toBe('closed')
    hand.succeed('a')
    expect(statusesOf(workflow)).toEqual(['revoked', 'succeeded', 'revoked', 'revoked'])
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('revokes later what would start later', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(b.s(), chain()), chord([], body.s())))
    hand.close('finish')
    expect(workflow.status(0)).toBe('running')
    hand.succeed('a', 1)
    expect(statusesOf(workflow)).toEqual(['succeeded', ...new Array(workflow.graph.size - 1).fill('revoked')])
    expect(hand.left).toEqual(['a()'])
  })

  it('lets a failure be a failure', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(group(a.s(), b.s()))
    hand.close('finish')
    hand.fail('a')
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'revoked'])
    expect(errorAt(workflow, 0).message).toBe('a')
  })

  it('starts no callbacks and no errbacks any more', () => {
    const hand = new ByHand()
    hand.submit(a.s().link(callback.s()))
    hand.submit(b.s().linkError(errback.s()))
    hand.close('finish')
    hand.succeed('a')
    hand.fail('b')
    expect(hand.names).toEqual([])
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('can be followed by one that drops', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.close('finish')
    hand.close('drop')
    expect(statusesOf(workflow)).toEqual(['revoked'])
  })
})

describe('a close that drops running calls', () => {
  it('revokes everything, and what is still reported changes nothing', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(chord([a.s(), b.s()], body.s().linkError(errback.s())))
    const [batch] = hand.running as [Batch]
    hand.close('drop')
    expect(new Set(statusesOf(workflow))).toEqual(new Set(['revoked']))
    expect(hand.end(batch, { ok: true, value: 1 })).toEqual([])
    expect(hand.scheduler.state()).toMatchObject({ ended: 0, revoked: 3 })
    expect(hand.free).toBe(1)
    expect(hand.names).toEqual([])
  })

  it('tells those who wait', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s()))
    hand.watch(workflow, 1)
    expect(hand.close('drop')).toEqual([{ type: 'ended', workflow, node: 1 }])
  })

  it('revokes what is submitted afterwards', () => {
    const hand = new ByHand()
    hand.close('drop')
    expect(statusesOf(hand.submit(chain(a.s(), group(b.s()))))).toEqual(['revoked', 'revoked', 'revoked'])
  })
})

describe('the counts', () => {
  it('tell how many calls ended by themselves, skipped ones included, and how many were revoked', () => {
    const hand = new ByHand(2)
    hand.submit(chain(a.s(), b.s(), group(c.s())))
    hand.fail('a')
    hand.submit(group(a.s(), b.s(), c.s()))
    hand.succeed('a')
    hand.close('drop')
    expect(hand.scheduler.state()).toMatchObject({ ended: 4, revoked: 2 })
  })
})
