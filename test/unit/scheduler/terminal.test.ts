/** Every id becomes terminal, and stays so, whatever is reported late, twice, or not at all. */
import { describe, expect, it } from 'vitest'
import { WorkerLostError } from '../../../src/errors.js'
import type { Batch } from '../../../src/scheduler/batch.js'
import { ByHand, errorAt, type Loose, loose, statusesOf, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, body, callback, errback } = tasks

describe('behind a failed step', () => {
  it.each<readonly [what: string, behind: () => Loose]>([
    ['a call', () => b.s()],
    ['an empty chain', () => chain()],
    ['a group', () => group(b.s(), chain(b.s(), c.s()), group(c.s()))],
    ['an empty group', () => group()],
    ['a chord', () => chord([b.s(), group(c.s())], chain(body.s(), group(b.s())))],
    ['a chord of nothing', () => chord([], body.s())],
    ['chunks', () => b.chunks([[1], [2]], 1)],
    ['a chain of a map and of each', () => chain(b.map([1]), b.each([[1]]))],
  ])('every node of %s fails with the same error', (_what, behind) => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), behind(), c.s()))
    const error = new Error('first')
    hand.fail('a', error)
    expect(new Set(statusesOf(workflow))).toEqual(new Set(['failed']))
    expect(new Set(statusesOf(workflow).map((_, node) => errorAt(workflow, node)))).toEqual(new Set([error]))
    expect(hand.left).toEqual(['a()'])
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('nothing is left of 10,000 steps', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), ...Array.from({ length: 10_000 }, () => b.s())))
    hand.fail('a')
    expect(new Set(statusesOf(workflow))).toEqual(new Set(['failed']))
  })
})

describe('an outcome', () => {
  const late = (hand: ByHand, batch: Batch): void => {
    const before = JSON.stringify(hand.running.map(({ number }) => number))
    expect(hand.end(batch, { ok: true, value: 'late' })).toEqual([])
    expect(hand.end(batch, { ok: false, error: new Error('late') })).toEqual([])
    expect(hand.handle({ type: 'lost', at: 0, batch: batch.number, loss: { reason: 'exit' } })).toEqual([])
    expect(JSON.stringify(hand.running.map(({ number }) => number))).toBe(before)
  }

  it('that comes a second time changes nothing', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(chain(a.s().link(callback.s()), b.s()))
    const [batch] = hand.running as [Batch]
    hand.succeed('a', 1)
    late(hand, batch)
    expect([workflow.value(0), workflow.status(0)]).toEqual([1, 'succeeded'])
    expect(hand.free).toBe(0)
  })

  it('that comes after the thread was lost changes nothing', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().linkError(errback.s()))
    const [batch] = hand.running as [Batch]
    hand.lose('a')
    late(hand, batch)
    expect(workflow.status(0)).toBe('failed')
    expect(hand.names).toEqual(['errback'])
  })

  it('of a batch that never was changes nothing', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    late(hand, { number: 99 } as Batch)
    expect(hand.names).toEqual(['a'])
  })
})

describe('a lost thread', () => {
  it('fails the call that was running with a WorkerLostError, and nothing beside it', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()).linkError(errback.s()))
    hand.lose('a')
    expect(statusesOf(workflow)).toEqual(['waiting', 'failed', 'running'])
    hand.succeed('b')
    const error = errorAt(workflow, 0)
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ reason: 'exit', exitCode: 1, taskId: 'hand-0-1', taskName: 'a', attempt: 1 })
    expect(error.message).toBe('the thread died under "a" (exit, exit code 1)')
    expect(hand.call('errback').args).toMatchObject([{ error, attempt: 1 }])
  })

  it('that could not start has its reason as the cause', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    const cause = new Error('no such file')
    hand.lose('a', { reason: 'start', cause })
    expect(errorAt(workflow, 0)).toMatchObject({
      message: 'the thread died under "a" (start)',
      cause,
      exitCode: undefined,
    })
  })

  it('makes room for the next call', () => {
    const hand = new ByHand(1)
    hand.submit(group(a.s(), b.s()))
    hand.lose('a')
    expect(hand.names).toEqual(['b'])
  })
})
