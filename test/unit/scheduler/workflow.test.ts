/** What can be asked of a workflow by those who drive it and write its messages. */
import { describe, expect, it } from 'vitest'
import { NO_APPLIED_KWARGS } from '../../../src/canvas/options.js'
import { compile } from '../../../src/graph/compile.js'
import { ByHand, finalValueOf, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, chord, group } = loose
const { a, b, c, body, callback, errback } = tasks
const SUBMIT = { type: 'submit', at: 0, args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} } as const

describe('a lone call', () => {
  it('is one call that says no more than how it runs, and that nothing started', () => {
    const hand = new ByHand()
    const canvases = [a.s(1), a.map([1]), a.s().set({ taskId: 'own' }), a.s().set({ countdown: 5 }), group(a.s())]
    expect(canvases.map((canvas) => hand.submit(canvas).isLoneCall)).toEqual([true, true, false, false, false])
    hand.submit(b.s().link(callback.s()))
    hand.succeed('b')
    expect(hand.call('callback').workflow.isLoneCall).toBe(false)
  })
})

describe('a call is peculiar', () => {
  it('by an id, a time or arguments of its own, that its neighbours do not have', () => {
    const hand = new ByHand()
    const members = [a.s(), a.s().set({ taskId: 'own' }), a.s().set({ countdown: 5 }), b.s()]
    const workflow = hand.submit(group(...members))
    expect([1, 2, 3, 4].map((node) => workflow.isPeculiar(node))).toEqual([false, true, true, false])
    hand.retry('b', 0, { args: [1] })
    expect(workflow.isPeculiar(4)).toBe(true)
  })
})

describe('a node', () => {
  it('has the name of its task; a group that of its first call, and none if it has no call', () => {
    const workflow = new ByHand().submit(chain(group(a.s(), b.s()), group(), c.s()))
    expect([0, 1, 2, 3, 4].map((node) => workflow.taskNameOf(node))).toEqual(['a', 'a', 'b', '', 'c'])
  })

  it('shows what its running task shows, and nothing if that shows nothing', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()))
    expect(workflow.shownOf(1)).toBeUndefined()
    hand.report('a', { kind: 'state', state: 'MINE', meta: 7 })
    expect([1, 2].map((node) => workflow.shownOf(node)?.state)).toEqual(['MINE', undefined])
  })

  it('has succeeded when it has, and in no other case', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s(), c.s()))
    hand.succeed('a')
    hand.fail('b')
    expect([1, 2, 3].map((node) => workflow.succeeded(node))).toEqual([true, false, false])
  })

  it('is watched from when somebody asks until it ends', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s()))
    const watched = () => [0, 1].map((node) => workflow.isWatched(node))
    expect(watched()).toEqual([false, false])
    hand.watch(workflow, 0)
    hand.watch(workflow, 1)
    expect(watched()).toEqual([true, true])
    hand.succeed('a')
    expect(watched()).toEqual([false, true])
  })
})

describe('a range of nodes is bare', () => {
  const range = () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()))
    return { fleet, workflow, isBare: () => workflow.isBare(1, 2) }
  }

  it('while nothing but values is known of it, whoever waits for others', () => {
    const { fleet, workflow, isBare } = range()
    fleet.handle({ type: 'watch', workflow, node: 0 })
    expect(isBare()).toBe(true)
  })

  it.each([1, 2])('but not while somebody waits for one of it', (node) => {
    const { fleet, workflow, isBare } = range()
    fleet.handle({ type: 'watch', workflow, node })
    expect(isBare()).toBe(false)
    expect(workflow.isBare(0, 0)).toBe(true)
  })

  it('but not where calls are linked, retried, can expire or show something', () => {
    const fleet = new Fleet(1)
    const [linked, expiring, retried, showing] = [
      fleet.submit(a.s().link(b.s())),
      fleet.submit(a.s().set({ expires: 50 })),
      fleet.submit(a.s()),
      fleet.submit(a.s()),
    ]
    retried.retries.set(0, 1)
    showing.shown.set(0, { state: 'LOADING', meta: undefined })
    expect([linked, expiring, retried, showing].map((workflow) => workflow.isBare(0, 0))).toEqual(Array(4).fill(false))
  })
})

describe('a canvas', () => {
  it('that is waited for from the beginning tells of its end', () => {
    const hand = new ByHand()
    hand.handle({ ...SUBMIT, graph: compile(a.s()), isWatched: true })
    expect(hand.succeed('a').map(({ type }) => type)).toEqual(['ended'])
  })

  it('that is revoked before it starts starts nothing', () => {
    const hand = new ByHand()
    const said = hand.scheduler.handle({ ...SUBMIT, graph: compile(chain(a.s(), b.s())), isRevoked: true })
    expect(said.map(({ type }) => type)).toEqual(['accepted'])
    const [accepted] = said
    if (accepted?.type !== 'accepted') throw new Error('not accepted')
    hand.revoke(accepted.workflow)
    expect([accepted.workflow.status(1), hand.left]).toEqual(['revoked', []])
  })

  it('that is applied without options has those of its calls', () => {
    const hand = new ByHand()
    hand.handle({ ...SUBMIT, graph: compile(a.with({ x: 1 }).s()), args: [5], kwargs: NO_APPLIED_KWARGS })
    expect(hand.left).toEqual(['a(5, {"x":1})'])
  })

  it('of calls that ignore their results gives none, though the next step gets it', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s()).set({ ignoreResult: true }))
    hand.succeed('a', 1)
    hand.succeed('b', 2)
    expect([hand.left.at(-1), finalValueOf(workflow), workflow.status(1)]).toEqual(['b(1)', undefined, 'succeeded'])
  })
})

describe('a chord in place of a call', () => {
  it('whose header fails, fails it with both errors, as seen from outside', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(c.s(), a.s()).linkError(errback.s()))
    hand.succeed('c')
    hand.answer('a', { ok: 'replace', canvas: chord([b.s()], body.s()) as never })
    const error = new RangeError('b')
    hand.fail('b', error)
    expect(workflow.failure(1)).toMatchObject({ origin: 1, error: { name: 'ChordError' }, cause: { origin: 1, error } })
    expect(hand.names).toEqual(['errback'])
  })
})
