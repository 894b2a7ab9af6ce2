/** What follows from an end, where little of it shows: what is kept, what is told to whom, and what no longer happens. */
import { describe, expect, it } from 'vitest'
import { ByHand, errorAt, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, chord, group } = loose
const { a, b, c, d, body, callback, errback } = tasks

describe('steps inside a group that a revoked one has failed before its turn', () => {
  it('fail as the group did, when what comes before it fails too', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(chain(b.s(), c.s()))))
    hand.revoke(workflow, { node: 3, scope: 'call' })
    hand.fail('a')
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'failed', 'revoked'])
    expect(errorAt(workflow, 2)).toBe(errorAt(workflow, 1))
    expect(errorAt(workflow, 2)).not.toBe(errorAt(workflow, 0))
  })
})

describe('callbacks', () => {
  it('are not even made when all is closed', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().link(callback.s()))
    hand.close('finish')
    hand.succeed('a')
    expect([workflow.children(0), hand.scheduler.state().tally.applied]).toEqual([[], 1])
  })

  it('of an id that two have leave the one that is pending to be found', () => {
    const hand = new ByHand()
    const linked = a.s().link(callback.s().set({ taskId: 'same' }))
    hand.submit(linked)
    hand.submit(linked)
    hand.succeed('a')
    hand.succeed('a')
    const [first, second] = hand.running
    hand.running.splice(1, 1)
    hand.end(second!, { ok: true, value: 1 })
    expect(hand.scheduler.find('same')?.workflow).toBe(first?.calls[0]?.workflow)
  })

  it('and errbacks say in their path which they are', () => {
    const hand = new ByHand()
    hand.submit(a.s().link(callback.s()))
    hand.submit(b.s().linkError(errback.s()))
    hand.succeed('a')
    hand.fail('b')
    expect(['callback', 'errback'].map((name) => hand.call(name).workflow.pathOf(0))).toEqual([
      'options.link[0]',
      'options.linkError[0]',
    ])
  })
})

describe('a call that ignores its result', () => {
  it('does not ignore its failure', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ ignoreResult: true }))
    const error = new RangeError('no')
    hand.fail('a', error)
    expect(errorAt(workflow, 0)).toBe(error)
  })
})

describe('a replacement', () => {
  it('that says nothing of its progress leaves what the call had said', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.report('a', { kind: 'progress', value: 'half' })
    hand.answer('a', { ok: 'replace', canvas: b.s() as never })
    hand.succeed('b')
    expect(workflow.progress.get(0)).toBe('half')
  })

  it('that fails as a chord does, fails at the place of the call, and so does its cause', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(c.s(), d.s(), a.s()))
    hand.succeed('c')
    hand.succeed('d')
    hand.answer('a', { ok: 'replace', canvas: chord([b.s()], body.s()) as never })
    hand.fail('b')
    expect(workflow.failure(2)).toMatchObject({ origin: 2, cause: { origin: 2, error: { message: 'b' } } })
  })
})

describe('a canvas that has ended', () => {
  it('still has the arguments of its calls', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s('long'))
    hand.succeed('a')
    expect(workflow.graph.calls[0]).toMatchObject({ args: ['long'] })
  })
})

describe('loose calls that succeed together', () => {
  it('are finished each by its own id', () => {
    const fleet = new Fleet(1)
    fleet.listen('workflow-finished')
    const workflow = fleet.submitLoose(a.s(0), a.s(1), a.s(2))
    fleet.end(0, [{ from: 0, values: [1, 2, 3] }])
    const ids = fleet.emitted.map((event) => 'id' in event && event.id)
    expect(ids).toEqual([0, 1, 2].map((node) => workflow.idOf(node)))
  })

  it('leave the others to be found', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(0), a.s(1), a.s(2))
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect(fleet.scheduler.find(workflow.idOf(2))).toEqual({ workflow, node: 2 })
    expect(fleet.scheduler.openWorkflows).toBe(1)
  })
})
