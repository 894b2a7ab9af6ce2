/** Callbacks and errbacks: once for each canvas, whatever its kind; with what; and never touching what they hang on. */
import { describe, expect, it } from 'vitest'
import { ByHand, finalValueOf, type Loose, loose, statusesOf, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, body, callback, errback, errback2 } = tasks

/** Every kind of canvas over the tasks `a` and, where there are two, `b` and `body`. */
const kinds: readonly (readonly [kind: string, canvas: () => Loose])[] = [
  ['call', () => a.s()],
  ['chain', () => chain(a.s(), b.s())],
  ['chain that ends in a group', () => chain(b.s(), group(a.s(), a.s()))],
  ['group', () => group(a.s(), a.s(), b.s())],
  ['each', () => a.each([[1], [2]])],
  ['chord', () => chord([a.s(), a.s()], body.s())],
  ['map', () => a.map([1, 2])],
  ['starmap', () => a.starmap([[1], [2]])],
  ['chunks', () => a.chunks([[1], [2], [3]], 2)],
]

/** Answers calls until none is left but callbacks and errbacks. */
function answerAll(hand: ByHand, answer: (name: string) => void): void {
  const next = (): string | undefined => hand.names.find((name) => !/back/.test(name))
  for (let name = next(); name !== undefined; name = next()) answer(name)
}

describe.each(kinds)('of a %s,', (_kind, canvas) => {
  it('the callback runs once, with the value', () => {
    const hand = new ByHand()
    const workflow = hand.submit(canvas().link(callback.s('own')).linkError(errback.s()))
    answerAll(hand, (name) => hand.succeed(name, name))
    expect(hand.names).toEqual(['callback'])
    expect(hand.call('callback').args).toEqual([finalValueOf(workflow), 'own'])
  })

  it('the errback runs once, with the first failure', () => {
    const hand = new ByHand()
    hand.submit(canvas().link(callback.s()).linkError(errback.s('own')))
    answerAll(hand, (name) => hand.fail(name))
    expect(hand.names).toEqual(['errback'])
    const [failure, own] = hand.call('errback').args as [{ taskName: string }, string]
    expect(own).toBe('own')
    expect(['a', 'b', 'body']).toContain(failure.taskName)
  })

  it('an equal callback or errback given twice runs once', () => {
    const hand = new ByHand()
    hand.submit(canvas().link(callback.s()).link(callback.s()))
    answerAll(hand, (name) => hand.succeed(name))
    hand.submit(canvas().linkError(errback.s()).linkError(errback.s()))
    answerAll(hand, (name) => hand.fail(name))
    expect(hand.names).toEqual(['callback', 'errback'])
  })
})

describe('an errback', () => {
  it('is told what failed, where and with what', () => {
    const hand = new ByHand()
    hand.submit(chain(a.s(), group(b.s('own'))).linkError(errback.s()))
    hand.succeed('a', 1)
    const error = new RangeError('boom')
    hand.fail('b', error)
    const [failure] = hand.call('errback').args as [{ traceback: string }]
    expect(failure).toEqual({
      taskId: 'hand-0-2',
      taskName: 'b',
      args: [1, 'own'],
      error,
      traceback: `${error.stack}\nsubmitted:\n    at test`,
      path: 'steps[1].members[0]',
      attempt: 1,
    })
  })

  it('is told which item failed', () => {
    const hand = new ByHand()
    hand.submit(group(a.map([1, 2, 3])).linkError(errback.s()))
    hand.fail('a', new Error('third'), 2)
    expect(hand.call('errback').args).toMatchObject([{ path: 'members[0].items[2]' }])
  })

  it('runs when the failure began inside its canvas, and not when it came from before', () => {
    const hand = new ByHand()
    const later = chain(b.s().linkError(errback.s('call')), group(a.s()).linkError(errback.s('group')))
    hand.submit(
      chain(a.s().linkError(errback.s('first')), later.linkError(errback.s('chain'))).linkError(errback2.s('all')),
    )
    hand.fail('a')
    expect(hand.running.map(({ calls }) => calls[0]?.args[1])).toEqual(['first', 'all'])
  })

  it('of a step runs, and so does that of every chain around it', () => {
    const hand = new ByHand()
    const inner = chain(a.s(), b.s().linkError(errback.s('step'))).linkError(errback.s('inner'))
    hand.submit(chain(inner, body.s().linkError(errback.s('later'))).linkError(errback.s('outer')))
    hand.succeed('a')
    hand.fail('b')
    expect(hand.running.map(({ calls }) => calls[0]?.args[1])).toEqual(['step', 'inner', 'outer'])
  })

  it('may be any canvas', () => {
    const hand = new ByHand()
    hand.submit(a.s().linkError(chord([errback.s(), errback2.s()], body.s())))
    hand.fail('a')
    expect(hand.names).toEqual(['errback', 'errback2'])
  })
})

describe('callbacks and errbacks', () => {
  it('of callbacks and errbacks run', () => {
    const hand = new ByHand()
    hand.submit(a.s().link(callback.s().link(callback.s('deep')).linkError(errback.s('of callback'))))
    hand.succeed('a', 1)
    hand.succeed('callback', 2)
    hand.fail('callback')
    expect(hand.left).toEqual(['a()', 'callback(1)', 'callback(2,"deep")'].map((text) => text.replace(',', ', ')))
    hand.submit(b.s().linkError(errback.s().linkError(errback2.s())))
    hand.fail('b')
    hand.fail('errback')
    expect(hand.names).toEqual(['errback2'])
  })

  it('that fail leave what they hang on as it is', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s().link(callback.s()), b.s()))
    hand.succeed('a', 1)
    hand.fail('callback')
    hand.succeed('b', 2)
    expect(statusesOf(workflow)).toEqual(['succeeded', 'succeeded'])
    expect(finalValueOf(workflow)).toBe(2)
  })

  it('may be an empty chain', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().link(chain()))
    hand.succeed('a', 1)
    const [child] = workflow.children(0)
    expect(child?.workflow.value(child.node)).toBe(1)
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('of a canvas that runs twice run twice', () => {
    const hand = new ByHand()
    const canvas = a.s().link(callback.s())
    hand.submit(canvas)
    hand.submit(canvas)
    hand.succeed('a', 1)
    hand.succeed('a', 2)
    expect(hand.left.slice(2)).toEqual(['callback(1)', 'callback(2)'])
  })
})
