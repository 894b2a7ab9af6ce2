/** What a chord makes of a failed header, and who hears of it as what. */
import { describe, expect, it } from 'vitest'
import { ChordError } from '../../../src/errors.js'
import { unwrapped } from '../../../src/scheduler/ends.js'
import { ByHand, errorAt, type Loose, loose, statusesOf, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, d, body, errback, errback2 } = tasks

/** What the errbacks with these labels were given. */
function toldTo(
  hand: ByHand,
): Readonly<Record<string, { error: Error; taskName: string; path: string; taskId: string }>> {
  const calls = hand.running.flatMap((batch) => batch.calls).filter((call) => call.task.task.startsWith('errback'))
  return Object.fromEntries(calls.map(({ args }) => [args[1], args[0]]))
}

function failing(canvas: Loose, ...failed: readonly string[]): ByHand {
  const hand = new ByHand()
  hand.submit(canvas)
  for (const name of failed) hand.fail(name)
  return hand
}

describe('a failed header', () => {
  it('fails the body with a ChordError that names the member and has its error as the cause', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(), b.s()], body.s()))
    const error = new RangeError('boom')
    hand.fail('b', error)
    hand.succeed('a')
    const chordError = errorAt(workflow, workflow.graph.exit) as ChordError
    expect(chordError).toBeInstanceOf(ChordError)
    expect(chordError.cause).toBe(error)
    expect(chordError.message).toContain('"b" (hand-0-2) raised RangeError: boom')
    expect(chordError).toMatchObject({ taskId: 'hand-0-3', taskName: 'body', attempt: 0 })
    expect(errorAt(workflow, 0)).toBe(error)
    expect(unwrapped(workflow.failure(workflow.graph.exit)).error).toBe(error)
  })

  it('names the first failed member in header order, not in time', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(), b.s(), c.s()], body.s()))
    hand.fail('c')
    hand.fail('a')
    hand.fail('b')
    expect((errorAt(workflow, workflow.graph.exit).cause as Error).message).toBe('a')
  })

  it('runs the errbacks of the chord and of the body, each once, with the ChordError of the body', () => {
    const hand = failing(
      chord([a.s(), b.s()], body.s().linkError(errback.s('body'))).linkError(errback2.s('chord')),
      'a',
      'b',
    )
    const told = toldTo(hand)
    expect(hand.names).toEqual(['errback', 'errback2'])
    expect(told.chord).toMatchObject({ taskId: 'hand-0-3', taskName: 'body', path: 'body', args: [], attempt: 0 })
    expect(told.chord?.error).toBeInstanceOf(ChordError)
    expect(told.body?.error).toBe(told.chord?.error)
  })

  it('runs the errback of the header with the error of the member', () => {
    const hand = failing(chord(group(a.s()).linkError(errback.s('header')), body.s()), 'a')
    expect(toldTo(hand).header).toMatchObject({ error: { message: 'a' }, taskName: 'a', path: 'header.members[0]' })
  })

  it.each([
    ['steps', () => chain(c.s().linkError(errback.s('step')), d.s().linkError(errback.s('last')))],
    ['members', () => group(c.s().linkError(errback.s('member')))],
    ['a body of its own', () => chord([], c.s().linkError(errback.s('inner body')))],
  ])('runs no errbacks of the %s inside a composite body', (_what, inside) => {
    const hand = failing(chord([a.s()], inside().linkError(errback2.s('composite'))), 'a')
    expect(hand.names).toEqual(['errback2'])
    expect(toldTo(hand).composite?.taskName).toBe('c')
  })

  it('is a ChordError for every canvas around the chord', () => {
    const inner = chord([a.s()], body.s())
    const hand = failing(group(chain(inner, b.s()).linkError(errback.s('chain'))).linkError(errback2.s('group')), 'a')
    const { chain: toChain, group: toGroup } = toldTo(hand)
    expect(toChain?.error).toBeInstanceOf(ChordError)
    expect(toGroup?.error).toBe(toChain?.error)
    expect(toGroup).toMatchObject({ taskName: 'body', path: 'members[0].steps[0].body' })
  })

  it('is wrapped once more by each chord whose header it is in', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([chord([a.s()], b.s())], body.s()))
    hand.fail('a')
    const outer = errorAt(workflow, workflow.graph.exit)
    expect([outer, outer.cause].map((error) => (error as ChordError).taskName)).toEqual(['body', 'b'])
    expect(unwrapped(workflow.failure(workflow.graph.exit)).error.message).toBe('a')
  })

  it('does not reach a chord behind it as one of its own', () => {
    const hand = failing(
      chain(
        chord([a.s()], b.s()),
        chord([c.s()], d.s().linkError(errback.s('later'))).linkError(errback.s('later too')),
      ),
      'a',
    )
    expect(hand.names).toEqual([])
  })

  it.each([
    ['an empty chain', () => chain()],
    ['an empty group', () => group()],
  ])('names no task when the body is %s, whatever comes behind', (_what, empty) => {
    const hand = failing(chain(chord([a.s()], empty()).linkError(errback.s('chord')), b.s()), 'a')
    expect(toldTo(hand).chord).toMatchObject({ taskName: '', path: 'steps[0].body', taskId: 'hand-0-2' })
  })
})

describe('a failure that is none of the header', () => {
  it('passes through a chord behind it unchanged, and runs none of its errbacks', () => {
    const hand = new ByHand()
    const behind = chord([b.s()], body.s().linkError(errback.s('body'))).linkError(errback.s('chord'))
    const workflow = hand.submit(chain(a.s(), behind))
    const error = new Error('before')
    hand.fail('a', error)
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'failed', 'failed'])
    expect([0, 1, 2, 3].map((node) => errorAt(workflow, node))).toEqual([error, error, error, error])
    expect(hand.names).toEqual([])
  })

  it("is a body's own error, and no ChordError", () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s()], body.s().linkError(errback.s('body'))).linkError(errback2.s('chord')))
    hand.succeed('a')
    const error = new Error('own')
    hand.fail('body', error)
    expect(errorAt(workflow, workflow.graph.exit)).toBe(error)
    expect(hand.names).toEqual(['errback', 'errback2'])
  })

  it('of a group inside a chain is the member error, also for the step behind', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(group(a.s(), b.s()), c.s()).linkError(errback.s('chain')))
    hand.succeed('a')
    hand.fail('b')
    expect(errorAt(workflow, workflow.graph.exit).message).toBe('b')
    expect(toldTo(hand).chain).toMatchObject({ taskName: 'b', path: 'steps[0].members[1]' })
  })
})
