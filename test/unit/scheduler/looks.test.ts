/** What is told of a workflow and its nodes, beside what they end with. */
import { describe, expect, it } from 'vitest'
import { ByHand, finalValueOf, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'
import { bring, lazy } from './lazy.js'

const { chain, group } = loose
const { a, b, c, d } = tasks
const adding = (canvas: unknown) => ({ kind: 'add-to-chord', canvas: canvas as never }) as const

describe('a lone call', () => {
  it('is none of two, none that shares a loose workflow, and none that a canvas around it says something of', () => {
    const hand = new ByHand()
    const canvases = [chain(a.s(), b.s()), chain(a.s()).set({ maxRetries: 2 })]
    expect(canvases.map((canvas) => hand.submit(canvas).isLoneCall)).toEqual([false, false])
    expect(new Fleet(1).submitLoose(a.s(0)).isLoneCall).toBe(false)
  })
})

describe('a node', () => {
  it('is not watched any more when it has ended, the last one neither', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.watch(workflow, 0)
    hand.succeed('a')
    expect(workflow.isWatched(0)).toBe(false)
  })

  it('is not bare while somebody waits for it, at either end of the range', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s(), c.s()))
    hand.watch(workflow, 1)
    hand.watch(workflow, 2)
    const isBare = (from: number, to: number) => workflow.isBare(from, to)
    expect([isBare(0, 0), isBare(0, 1), isBare(1, 1), isBare(2, 2)]).toEqual([true, false, false, false])
  })

  it('comes behind those that lead to it', () => {
    const workflow = new ByHand().submit(chain(a.s(), group(b.s(), c.s()), d.s()))
    const all = workflow.upTo(4)
    expect([...all].sort()).toEqual([0, 1, 2, 3, 4])
    expect([0, 1, 4].map((node) => all.indexOf(node))).toEqual([0, 1, 4])
  })
})

describe('members that end together', () => {
  it('have each its own value', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.each([[1], [2], [3]]), true)
    fleet.end(0, [{ from: 0, values: ['x', 'y', 'z'] }])
    expect([1, 2, 3].map((node) => workflow.value(node))).toEqual(['x', 'y', 'z'])
  })

  it('that ignore their results have none, also when the values of others are let go of', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s().set({ ignoreResult: true }), b.s()), { keep: false })
    hand.succeed('a', 1)
    hand.succeed('b', 2)
    expect([finalValueOf(workflow), workflow.value(1), typeof workflow.value(2)]).toEqual([[1, 2], undefined, 'symbol'])
  })
})

describe('the root of what a loose call led to', () => {
  it('is that call, whichever it is', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(0), a.s(1))
    fleet.report(0, 1, { kind: 'apply', child: 0, id: 'child', canvas: c.s() as never })
    expect(fleet.scheduler.find('child')?.workflow.rootIdOf(0)).toBe(workflow.idOf(1))
  })
})

describe('a member that is added', () => {
  it('goes into the group that is a member which was pulled, not into the one that pulls', () => {
    const hand = new ByHand()
    const workflow = hand.submit(lazy())
    bring(hand, { workflow, node: 0 }, [group(a.s())], { isDone: true })
    hand.report('a', adding(b.s()))
    for (const name of ['a', 'b']) hand.succeed(name, name)
    expect(finalValueOf(workflow)).toEqual([['a', 'b']])
  })

  it('by a step that is not the last of a member that was added is none', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()))
    hand.report('a', adding(chain(b.s(), c.s())))
    hand.report('b', adding(d.s()))
    for (const name of ['a', 'b', 'c']) hand.succeed(name, name)
    expect(finalValueOf(workflow)).toEqual(['a', 'c'])
  })
})

describe('the traceback of a failure', () => {
  it('is that of its error, if it is not known where the canvas was applied', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.s())
    const error = new RangeError('no')
    fleet.end(0, [{ at: 0, outcome: { ok: false, error } }])
    expect(workflow.describe(workflow.failure(0)).traceback).toBe(error.stack)
  })
})
