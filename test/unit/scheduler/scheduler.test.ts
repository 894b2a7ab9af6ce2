/** The way in: what leaves at once and what with the end of the turn, how an id is found, who has room, and what first calls get. */
import { describe, expect, it } from 'vitest'
import { NO_APPLIED_KWARGS } from '../../../src/canvas/options.js'
import { compile } from '../../../src/graph/compile.js'
import type { CallSource } from '../../../src/graph/graph.js'
import { compileLoose } from '../../../src/graph/lone.js'
import type { Instruction, Stimulus } from '../../../src/scheduler/messages.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { ByHand, type Loose, loose, tasks } from './by-hand.js'
import { eventsOf } from './events-of.js'
import { Fleet } from './fleet.js'

const { chain } = loose
const { a, b, c } = tasks
const { two } = defineTasks('file:///way-in.js', { two: task({ concurrency: 2 }, () => 1) }) as unknown as {
  two: { s(): Loose }
}
const SUBMIT = { type: 'submit', at: 0, args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} } as const
const submitting = (canvas: Loose): Stimulus => ({ ...SUBMIT, graph: compile(canvas) })
const parentsIn = (said: readonly Instruction[]) =>
  said.flatMap(eventsOf).flatMap((event) => (event.type === 'task-sent' ? [event.parentId] : []))

describe('ready calls wait for the end of the turn', () => {
  /** One call runs, two in another thread, and one is ready. */
  function waiting() {
    const fleet = new Fleet(4)
    const running = fleet.submit(a.s())
    const pair = fleet.submit(a.each([[1], [2]]))
    fleet.handle(submitting(b.s()))
    const before = fleet.left.length
    return { fleet, running, pair, left: () => fleet.left.length - before }
  }
  type Waiting = ReturnType<typeof waiting>

  it.each<readonly [string, (state: Waiting) => Stimulus]>([
    ['somebody waits for another one', ({ running: workflow }) => ({ type: 'watch', workflow, node: 0 })],
    ['somebody listens', () => ({ type: 'listen', heard: new Set() })],
    [
      'another one is revoked',
      ({ running: workflow }) => {
        const targets = [{ workflow, node: 0, scope: 'call' }] as const
        return { type: 'revoke', at: 0, targets, reason: undefined, terminate: false }
      },
    ],
    ['others are taken back', () => ({ type: 'recalled', at: 0, batch: 1, begun: 0 })],
  ])('though %s', (_what, stimulus) => {
    const state = waiting()
    state.fleet.handle(stimulus(state))
    expect(state.left()).toBe(0)
    state.fleet.flush()
    expect(state.left()).toBeGreaterThan(0)
  })

  it('which is asked for once', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    const said = [b.s(), c.s()].flatMap((canvas) => fleet.handle(submitting(canvas)))
    expect(said.map(({ type }) => type)).toEqual(['accepted', 'flush', 'accepted'])
  })
})

describe('an id that begins as those that are made here', () => {
  it('is found if a call has asked for it', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ taskId: 'hand-own' }))
    expect(hand.scheduler.find('hand-own')).toEqual({ workflow, node: 0 })
  })
})

describe('there is room', () => {
  it('for what can start at once, though nothing may wait', () => {
    const fleet = new Fleet(1, { maxQueue: 0, batching: false })
    expect(fleet.scheduler.hasRoom).toBe(true)
    fleet.submit(a.s())
    expect(fleet.scheduler.hasRoom).toBe(false)
  })

  it('behind calls with a limit, as long as not too many wait', () => {
    const fleet = new Fleet(10, { maxQueue: 2, batching: false })
    for (let i = 0; i < 3; i++) fleet.submit(two.s())
    expect(fleet.scheduler.hasRoom).toBe(true)
    fleet.submit(two.s())
    expect(fleet.scheduler.hasRoom).toBe(false)
  })

  it('as before, when somebody listens: no time has passed', () => {
    const fleet = new Fleet(10, { maxQueue: 1 })
    fleet.submit(a.s())
    fleet.handle(submitting(two.s()))
    expect(fleet.scheduler.hasRoom).toBe(true)
    fleet.listen()
    expect(fleet.scheduler.hasRoom).toBe(true)
  })
})

describe('a first call', () => {
  it('has no parent', () => {
    const hand = new ByHand()
    hand.listen()
    const graph = compile(chain(a.s(), b.s()))
    expect(parentsIn(hand.handle({ ...SUBMIT, graph, kwargs: NO_APPLIED_KWARGS }))).toEqual([undefined])
  })

  it('of many that are loose has none either, and its own arguments only', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-sent')
    const graph = compileLoose([a.s(1), a.s(2)] as unknown as CallSource[])
    const said = fleet.handle({ ...SUBMIT, graph })
    expect(parentsIn(said)).toEqual([undefined, undefined])
    expect(fleet.left[0]?.calls.map(({ args }) => args)).toEqual([[1], [2]])
    const { workflow } = said[0] as { readonly workflow: Workflow }
    expect(workflow.isLoose).toBe(true)
  })
})
