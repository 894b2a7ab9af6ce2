/** The events of calls: made while somebody listens, in order, and not at all while nobody does. */
import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../src/events/event.js'
import { compile } from '../../../src/graph/compile.js'
import type { Instruction } from '../../../src/scheduler/messages.js'
import { taskOptionsOf } from '../../../src/scheduler/policies.js'
import { ByHand, loose, tasks } from './by-hand.js'
import { eventsOf } from './events-of.js'

const { chain, group } = loose
const { a, b, callback, errback, tracked } = tasks

const eventsIn = (instructions: readonly Instruction[]): readonly RuntimeEvent[] => instructions.flatMap(eventsOf)
const typesIn = (instructions: readonly Instruction[]): readonly string[] =>
  eventsIn(instructions).map(({ type }) => type)

function listening(slots?: number): ByHand {
  const hand = new ByHand(slots)
  hand.listen()
  hand.now = 1_000
  return hand
}

describe('events', () => {
  it('tell that a call was sent, received and started', () => {
    const hand = listening()
    const graph = compile(a.s(1))
    const said = hand.handle({
      type: 'submit',
      at: 5,
      graph,
      args: [0],
      kwargs: {},
      keep: true,
      isRevoked: false,
      submittedAt: {},
    })
    const call = { at: 5, id: 'hand-0-0', taskName: 'a', rootId: 'hand-0-0', parentId: undefined, attempt: 1 }
    expect(said.map(({ type }) => type)).toEqual(['accepted', 'emit', 'emit', 'dispatch', 'emit'])
    expect(eventsIn(said)).toEqual([
      { ...call, type: 'task-sent', args: [0, 1] },
      { ...call, type: 'task-received' },
      { ...call, type: 'task-started', worker: 0 },
    ])
  })

  it('tell the value and how long it took', () => {
    const hand = listening()
    hand.submit(a.s())
    hand.now = 1_030
    const [succeeded, finished] = eventsIn(hand.succeed('a', 7))
    expect(succeeded).toMatchObject({ type: 'task-succeeded', value: 7, runMs: 30, at: 1_030 })
    expect(finished).toEqual({
      type: 'workflow-finished',
      at: 1_030,
      id: 'hand-0-0',
      rootId: 'hand-0-0',
      state: 'SUCCESS',
      calls: 1,
    })
  })

  it('tell of a failure what an errback is told', () => {
    const hand = listening()
    hand.submit(chain(a.s(), b.s()))
    const error = new Error('boom')
    const [failed, finished] = eventsIn(hand.fail('a', error))
    expect(failed).toMatchObject({ type: 'task-failed', id: 'hand-0-0', error, path: 'steps[0]' })
    expect(finished).toMatchObject({ type: 'workflow-finished', id: 'hand-0-1', state: 'FAILURE', calls: 2 })
  })

  it.each([
    ['by itself', b.s()],
    ['by a chain whose last call has not begun', chain(b.s(), a.s())],
  ])('tell once that a call was revoked that had replaced itself %s', (_how, canvas) => {
    const hand = listening()
    const workflow = hand.submit(a.s())
    hand.answer('a', { ok: 'replace', canvas: canvas as never })
    const told = eventsIn(hand.revoke(workflow)).filter(({ type }) => type === 'task-revoked')
    expect(told.filter((event) => 'id' in event && event.id === 'hand-0-0')).toHaveLength(1)
  })

  it('tell which calls a close has revoked', () => {
    const hand = listening(1)
    hand.submit(group(a.s(), b.s()))
    expect(typesIn(hand.close('drop'))).toEqual(['task-revoked', 'task-revoked', 'workflow-finished'])
  })

  it('tell the items of a map in place of its arguments', () => {
    const hand = listening()
    const graph = compile(a.map([1, 2]))
    const said = hand.handle({
      type: 'submit',
      at: 0,
      graph,
      args: [],
      kwargs: {},
      keep: true,
      isRevoked: false,
      submittedAt: {},
    })
    expect(eventsIn(said)[0]).toMatchObject({ type: 'task-sent', args: [1, 2] })
  })

  it('tell that a workflow is finished when its callbacks are, once, with all calls counted', () => {
    const hand = listening()
    hand.submit(a.s().link(callback.s().linkError(errback.s())))
    expect(typesIn(hand.succeed('a'))).not.toContain('workflow-finished')
    expect(typesIn(hand.fail('callback'))).not.toContain('workflow-finished')
    expect(eventsIn(hand.succeed('errback')).at(-1)).toMatchObject({
      type: 'workflow-finished',
      id: 'hand-0-0',
      calls: 3,
    })
  })

  it('are not made while nobody listens', () => {
    const hand = listening()
    hand.listen(false)
    hand.submit(chain(a.s(), b.s()))
    expect(typesIn([...hand.succeed('a'), ...hand.close('drop')])).toEqual([])
  })
})

describe('a task whose start shows', () => {
  it('is told by its options, as far as they are known here', () => {
    const hand = new ByHand()
    expect(taskOptionsOf(hand.submit(tracked.s()), 0).trackStarted).toBe(true)
    expect(taskOptionsOf(hand.submit(a.s()), 0).trackStarted).toBeUndefined()
    expect(taskOptionsOf(hand.submit(group(tracked.s())), 1).trackStarted).toBe(true)
  })
})
