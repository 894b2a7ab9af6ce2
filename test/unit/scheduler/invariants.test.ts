/** The invariants themselves: each is noticed when it does not hold. The states here are broken by hand. */
import { describe, expect, it } from 'vitest'
import { InvalidTransitionError } from '../../../src/errors.js'
import { compile } from '../../../src/graph/compile.js'
import { checkInvariants } from '../../../src/scheduler/invariants.js'
import type { CallPlan } from '../../../src/scheduler/policies.js'
import { ReadyQueue } from '../../../src/scheduler/ready-queue.js'
import type { SchedulerState } from '../../../src/scheduler/scheduler.js'
import { Workflow } from '../../../src/scheduler/workflow.js'
import { ByHand, loose, tasks } from './by-hand.js'

const { group } = loose
const { a, b, c } = tasks

/** A group of three on one slot: one runs, two wait. */
function soundState(): { readonly state: SchedulerState; readonly workflow: Workflow } {
  const hand = new ByHand(1)
  const workflow = hand.submit(group(a.s(), b.s(), c.s()))
  return { state: hand.scheduler.state(), workflow }
}

function queueOf(workflow: Workflow, ...nodes: readonly number[]): ReadyQueue {
  const queue = new ReadyQueue()
  const plan = { priority: 0, gate: undefined } as CallPlan
  for (const node of nodes) queue.push({ workflow, from: node, to: node + 1, plan, attempt: 1, since: 0 })
  return queue
}

/** The dispatcher as it is, but for what is said of it. */
const dispatcherOf = ({ dispatcher }: SchedulerState, changes: object): SchedulerState['dispatcher'] =>
  Object.assign(Object.create(dispatcher) as SchedulerState['dispatcher'], changes)

const lane = {
  number: 0,
  batches: new Set<never>(),
  active: 0,
  ms: 0,
  blockedBy: undefined,
  isDown: false,
  left: 1,
  isWorn: false,
}

function miscounting(state: SchedulerState, miscount: () => void): SchedulerState {
  miscount()
  return state
}

type Break = (sound: ReturnType<typeof soundState>) => SchedulerState
const broken: readonly (readonly [message: string, breaking: Break])[] = [
  ['a call waits twice in the queue (0:2)', ({ state, workflow }) => ({ ...state, queue: queueOf(workflow, 2, 2, 3) })],
  ['ready calls are miscounted (1,2)', ({ state }) => ({ ...state, dispatcher: dispatcherOf(state, { ready: 1 }) })],
  [
    'what a thread has to do is miscounted (0,0,1)',
    ({ state }) => ({ ...state, dispatcher: dispatcherOf(state, { lanes: [{ ...lane, active: 1 }] }) }),
  ],
  [
    'a call waits though a thread is free (0:2)',
    ({ state }) => ({ ...state, dispatcher: dispatcherOf(state, { lanes: [lane], ready: 2 }) }),
  ],
  [
    'a call that is ready is not in the queue (0:3)',
    ({ state, workflow }) => ({
      ...state,
      queue: queueOf(workflow, 2),
      dispatcher: dispatcherOf(state, { ready: 1 }),
    }),
  ],
  [
    'a call that is waiting is in the queue (0:0)',
    ({ state, workflow }) => ({
      ...state,
      queue: [0, 2, 3].map((node) => ({ workflow, node })) as never,
      dispatcher: dispatcherOf(state, { ready: 3 }),
    }),
  ],
  [
    'a running call has no batch (0:1)',
    ({ state }) => ({
      ...state,
      running: new Map(),
      queue: new ReadyQueue(),
      dispatcher: dispatcherOf(state, { lanes: [], ready: 0 }),
    }),
  ],
  ['a workflow miscounts its open nodes (0,4,5)', ({ state, workflow }) => miscounting(state, () => workflow.left++)],
  [
    'a join miscounts its members (0:0)',
    ({ state, workflow }) => miscounting(state, () => workflow.fillings.get(0)!.missing++),
  ],
]

describe('the invariants', () => {
  it('hold', () => {
    expect(() => checkInvariants(soundState().state)).not.toThrow()
  })

  it.each(broken)('say: %s', (message, breaking) => {
    const state = breaking(soundState())
    expect(() => checkInvariants(state)).toThrow(InvalidTransitionError)
    expect(() => checkInvariants(state)).toThrow(message)
  })

  it('say that a finished workflow is still kept', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.succeed('a')
    const state = { ...hand.scheduler.state(), workflows: new Map([[0, workflow]]) }
    expect(() => checkInvariants(state)).toThrow('a finished workflow is still kept (0)')
  })

  it('say that a final join is still filling', () => {
    const hand = new ByHand()
    const workflow = hand.submit(loose.chain(group(a.s()), b.s()))
    hand.succeed('a')
    workflow.fillings.set(0, { missing: 0, values: [], added: [], failed: undefined, ignored: undefined })
    expect(() => checkInvariants(hand.scheduler.state())).toThrow('a final join is still filling (0:0)')
  })

  it('say that a workflow waits for nothing', () => {
    const workflow = new Workflow({ graph: compile(a.s()), keep: true, submittedAt: {}, at: 0 }, 0, 'hand-')
    const state = { ...new ByHand().scheduler.state(), workflows: new Map([[0, workflow]]) }
    expect(() => checkInvariants(state)).toThrow('a workflow waits for nothing (0)')
  })
})
