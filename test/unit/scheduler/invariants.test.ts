/** The invariants themselves: each is noticed when it does not hold. The states here are broken by hand. */
import { describe, expect, it } from 'vitest'
import { InvalidTransitionError } from '../../../src/errors.js'
import { compile } from '../../../src/graph/compile.js'
import { Batch } from '../../../src/scheduler/batch.js'
import { checkInvariants } from '../../../src/scheduler/invariants.js'
import type { CallPlan } from '../../../src/scheduler/policies.js'
import { ReadyQueue } from '../../../src/scheduler/ready-queue.js'
import type { SchedulerState } from '../../../src/scheduler/scheduler.js'
import type { Timer } from '../../../src/scheduler/timers.js'
import { type Intake, Workflow } from '../../../src/scheduler/workflow.js'
import { ByHand, loose, tasks } from './by-hand.js'
import { bring, lazy } from './lazy.js'

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

const setting = (state: SchedulerState, change: () => void): SchedulerState => {
  change()
  return state
}

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

type Break = (sound: ReturnType<typeof soundState>) => SchedulerState
const broken: readonly (readonly [message: string, breaking: Break])[] = [
  ['a call waits twice in the queue (0:2)', ({ state, workflow }) => ({ ...state, queue: queueOf(workflow, 2, 2, 3) })],
  ['ready calls are miscounted (1,2)', ({ state }) => ({ ...state, dispatcher: dispatcherOf(state, { ready: 1 }) })],
  [
    'calls with a limit are miscounted (1,0)',
    ({ state }) => ({ ...state, dispatcher: dispatcherOf(state, { gated: 1 }) }),
  ],
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
  ['a workflow miscounts its open nodes (0,4,5)', ({ state, workflow }) => setting(state, () => workflow.left++)],
  [
    'a join miscounts its members (0:0)',
    ({ state, workflow }) => setting(state, () => workflow.fillings.get(0)!.missing++),
  ],
]

/** A second batch, with the call that runs in the first. */
function doubled({ state, workflow }: ReturnType<typeof soundState>): SchedulerState {
  const [{ parts }] = [...state.running.values()] as [Batch]
  return { ...state, running: new Map([...state.running, [1, new Batch(1, 0, parts, 0)]]), queue: queueOf(workflow) }
}

const stranger = new Workflow({ graph: compile(a.s()), keep: true, submittedAt: {}, at: 0 }, 9, 'hand-')
const timer = { at: 5, cancelled: false } as Timer
const brokenCalls: readonly (readonly [message: string, breaking: Break])[] = [
  ['a call runs twice at one time (0:1)', doubled],
  ['a batch miscounts its calls (0)', ({ state }) => setting(state, () => state.running.get(0)!.open++)],
  [
    'a lane keeps a batch that is over (7)',
    ({ state }) => {
      const batches = new Set([{ number: 7, active: 1 } as Batch])
      return { ...state, dispatcher: dispatcherOf(state, { lanes: [{ ...lane, batches }] }) }
    },
  ],
  [
    'a call that is ready has a replacement (0:2)',
    ({ state, workflow }) => setting(state, () => workflow.replacements.set(2, stranger)),
  ],
  [
    'a replaced call has a batch (0:1)',
    ({ state, workflow }) => setting(state, () => workflow.replacements.set(1, stranger)),
  ],
  [
    'a call that is waiting has a timer (0:0)',
    ({ state, workflow }) => setting(state, () => workflow.timers.set(0, timer)),
  ],
]

describe('the invariants', () => {
  it('hold', () => {
    expect(() => checkInvariants(soundState().state)).not.toThrow()
  })

  it.each([...broken, ...brokenCalls])('say: %s', (message, breaking) => {
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

  it('say that a call that is scheduled has no timer', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ countdown: 5 }))
    workflow.timers.delete(0)
    expect(() => checkInvariants(hand.scheduler.state())).toThrow('a call that is scheduled has no timer (0:0)')
  })

  it('say that a final call can expire', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()))
    hand.succeed('a')
    workflow.expiries.set(1, timer)
    expect(() => checkInvariants(hand.scheduler.state())).toThrow('a final call can expire (0:1)')
  })

  it.each<readonly [message: string, miscount: (intake: Intake) => void]>([
    ['a lazy group miscounts its members under way (2,3)', ({ window }) => window.outstanding++],
    [
      'a lazy group miscounts its members (2,3)',
      (intake) => {
        intake.pulled++
      },
    ],
  ])('say: %s', (message, miscount) => {
    const hand = new ByHand(1)
    const workflow = hand.submit(lazy())
    bring(hand, { workflow, node: 0 }, [a.s(), b.s()])
    miscount(workflow.intakeOf(0)!)
    expect(() => checkInvariants(hand.scheduler.state())).toThrow(message)
  })

  it('say that a workflow waits for nothing', () => {
    const workflow = new Workflow({ graph: compile(a.s()), keep: true, submittedAt: {}, at: 0 }, 0, 'hand-')
    const state = { ...new ByHand().scheduler.state(), workflows: new Map([[0, workflow]]) }
    expect(() => checkInvariants(state)).toThrow('a workflow waits for nothing (0)')
  })
})
