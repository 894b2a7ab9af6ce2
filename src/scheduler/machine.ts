/**
 * What the parts of the scheduler share: the time, the workflows, the steps still to be done, the instructions so far; and what the parts
 * ask of each other. The parts import this file, and none imports another one.
 */
import type { RunPolicy } from '../canvas/policy.js'
import type { AnyCanvas } from '../canvas/typing.js'
import { EVENT_NAMES, type RuntimeEventName } from '../events/event.js'
import type { Input } from '../graph/call.js'
import { compile } from '../graph/compile.js'
import type { Graph, Join } from '../graph/graph.js'
import type { Batch, Cancel, Part } from './batch.js'
import { Breaker } from './breaker.js'
import { Dispatcher } from './dispatcher.js'
import type { End, Unsuccessful } from './ends.js'
import type { Revoked } from './failures.js'
import type { CallReport, Instruction, Loss, Lost, Members, Outcome, Outcomes, Recalled, Revoke } from './messages.js'
import { type CallPlan, Policies } from './policies.js'
import type { Run } from './run.js'
import { Tally } from './tally.js'
import { Timers } from './timers.js'
import {
  type ChildRef,
  type Continuation,
  type Filling,
  type Intake,
  type Origin,
  type Plan,
  Workflow,
} from './workflow.js'

/** Something that follows from what has just happened to a node. */
export type Step =
  | { readonly do: 'start'; readonly workflow: Workflow; readonly node: number; readonly input: Input }
  /** It ends with what ended before it, without having started; of a join, its members do. */
  | { readonly do: 'skip'; readonly workflow: Workflow; readonly node: number; readonly end: End }
  | { readonly do: 'end'; readonly workflow: Workflow; readonly node: number; readonly end: End }

/** What it decides by. */
export interface SchedulerOptions {
  /** The policy of calls whose task says nothing. */
  readonly defaults?: RunPolicy
  /** How long a revoked call may go on before its thread is ended, where that was asked for, in ms. */
  readonly graceMs?: number
  /** Asynchronous calls that may be in progress on one thread. Default 1. */
  readonly callsPerThread?: number
  /** Let calls leave together. `false`: each leaves alone, when a thread can start it. Default `true`. */
  readonly batching?: boolean
  /** Most calls that may wait to start. Default `Infinity`. */
  readonly maxQueue?: number
  /** Calls after which a thread is replaced. Default `Infinity`. */
  readonly maxTasksPerWorker?: number
  /** Threads that may die in `lossWindow` ms before calls are refused. Default `Infinity`. */
  readonly maxLosses?: number
  readonly lossWindow?: number
}

/** What the parts ask of each other; each is told where it is made. */
export interface Parts {
  readonly flow: FlowPart
  readonly joins: JoinsPart
  readonly intakes: IntakesPart
  readonly line: LinePart
  readonly departures: DeparturesPart
  readonly settling: SettlingPart
  readonly losses: LossesPart
  readonly runs: RunsPart
  readonly reports: ReportsPart
  readonly revocation: RevocationPart
  readonly closing: ClosingPart
}

export type Heard = Readonly<Record<RuntimeEventName, boolean>>

export const heardOf = (names: ReadonlySet<RuntimeEventName>): Heard =>
  Object.fromEntries(EVENT_NAMES.map((name) => [name, names.has(name)])) as Heard

const NOTHING_HEARD = heardOf(new Set())

export interface FlowPart {
  workDown(): void
  end(workflow: Workflow, node: number, end: End): void
  succeedLoose(workflow: Workflow, node: number, values: ArrayLike<unknown>, from: number, count: number): void
}

export interface JoinsPart {
  fill(workflow: Workflow, join: number, node: number, end: End): Step | undefined
  fillSlot(workflow: Workflow, at: number, slot: number, node: number, end: End): Step | undefined
  endOfJoin(workflow: Workflow, at: number, filling: Filling, closer: number): Step
  fillPortion(portion: Workflow, into: Extract<Continuation, { kind: 'portion' }>, end: End): Step | undefined
  addMember(workflow: Workflow, node: number, canvas: AnyCanvas): void
}

export interface IntakesPart {
  /** Members that have been asked for and have not come. */
  readonly asked: number
  begin(workflow: Workflow, node: number, join: Join, input: Input): void
  ask(): void
  take(members: Members): void
  stop(intake: Intake, end?: Unsuccessful): void
  stopAll(endOf: (node: number) => Unsuccessful): void
}

export interface LinePart {
  enqueue(workflow: Workflow, from: number, to: number, input: Input): void
  makeReady(workflow: Workflow, from: number, to?: number, plan?: CallPlan): void
  postpone(workflow: Workflow, node: number, status: 'scheduled' | 'retrying', at: number): void
  noteNotPostponed(workflow: Workflow): void
  putBack(part: Part, from: number, to: number): void
}

export interface DeparturesPart {
  dispatch(): void
  recall(batch: Batch): void
  takeBack(recalled: Recalled): void
  announce(batch: Batch, begun: number): void
}

export interface SettlingPart {
  settle(outcomes: Outcomes): void
  settleAt(batch: Batch, place: number, outcome: Outcome): void
  release(run: Run): boolean
}

export interface LossesPart {
  lose(lost: Lost): void
  refuseReady(until: number): void
  failBlamed(workflow: Workflow, node: number, input: Input): boolean
}

export interface RunsPart {
  settleRun(run: Run, outcome: Outcome): void
}

export interface ReportsPart {
  note(batch: number, place: number, report: CallReport): void
}

export interface RevocationPart {
  revoke(revoke: Revoke): void
  revokeSubtree(workflow: Workflow, node: number, reason: unknown, terminate: boolean): void
  revokeNode(workflow: Workflow, node: number, failure: Revoked, terminate: boolean): void
  revokeAdded(filling: Filling | undefined, reason: unknown, terminate: boolean): void
  tellCancel(batch: Batch, place: number, cancel: Cancel): void
  terminate(batch: Batch, loss: Loss): void
}

export interface ClosingPart {
  close(message: string, dropRunning: boolean): void
  revokeReady(): void
  revokedByClose(node: number): Unsuccessful
}

const DEFAULT_GRACE_MS = 1_000

export class Machine implements Parts {
  readonly flow: FlowPart
  readonly joins: JoinsPart
  readonly intakes: IntakesPart
  readonly line: LinePart
  readonly departures: DeparturesPart
  readonly settling: SettlingPart
  readonly losses: LossesPart
  readonly runs: RunsPart
  readonly reports: ReportsPart
  readonly revocation: RevocationPart
  readonly closing: ClosingPart

  readonly idPrefix: string
  readonly policies: Policies
  readonly graceMs: number
  readonly dispatcher: Dispatcher
  readonly breaker: Breaker
  readonly timers = new Timers()
  readonly tally = new Tally()
  readonly workflows = new Map<number, Workflow>()
  /** Nodes whose id the user has chosen. */
  readonly named = new Map<string, ChildRef>()
  readonly steps: Step[] = []
  out: Instruction[] = []
  at = 0
  /** Which events somebody listens to: no other is made. By name, since every call asks. */
  heard: Heard = NOTHING_HEARD
  /** Why nothing may start any more. */
  closed: string | undefined
  /** From 0 up to 1: the last that came from outside. */
  random = 0
  /** The step that is under way already, behind the one that is ending just now. */
  linked: Run | undefined
  /** How long each run took of those that are ending just now, in ms. */
  runMs = 0
  /** Calls that ended by themselves, skipped ones included, and those that were revoked. */
  ended = 0
  revoked = 0
  #workflowCount = 0

  /**
   * @param lanes - How many threads there are.
   * @param idPrefix - Text that no other scheduler has, for the ids of calls.
   * @param makeParts - Is given this machine, and must not use it yet.
   */
  constructor(lanes: number, idPrefix: string, options: SchedulerOptions, makeParts: (machine: Machine) => Parts) {
    const { defaults = {}, graceMs = DEFAULT_GRACE_MS, callsPerThread = 1 } = options
    const { batching = true, maxTasksPerWorker = Infinity, maxLosses = Infinity, lossWindow = Infinity } = options
    this.breaker = new Breaker(maxLosses, lossWindow)
    this.idPrefix = idPrefix
    this.graceMs = graceMs
    this.policies = new Policies(defaults, batching)
    this.dispatcher = new Dispatcher({ lanes, callsPerThread, batching, maxTasksPerWorker, policies: this.policies })
    const parts = makeParts(this)
    this.flow = parts.flow
    this.joins = parts.joins
    this.intakes = parts.intakes
    this.line = parts.line
    this.departures = parts.departures
    this.settling = parts.settling
    this.losses = parts.losses
    this.runs = parts.runs
    this.reports = parts.reports
    this.revocation = parts.revocation
    this.closing = parts.closing
  }

  admit(plan: Plan, origin?: Origin, continuation?: Continuation): Workflow {
    const workflow = new Workflow(plan, this.#workflowCount++, this.idPrefix, origin)
    workflow.continuation = continuation
    if (continuation?.kind === 'member') workflow.header = continuation
    else if (continuation?.kind === 'replacement' && origin !== undefined)
      workflow.header = origin.workflow.headerOf(origin.node)
    this.workflows.set(workflow.number, workflow)
    const { root, rootNode } = workflow
    if (!root.isLoose) {
      root.open++
      root.callsInAll += plan.graph.callCount
    } else if (root !== workflow) root.trees.grow(rootNode, plan.graph.callCount)
    this.tally.applied += plan.graph.callCount
    // A replacement has the id of what it replaces, which stays the one that is found.
    if (continuation?.kind !== 'replacement')
      for (const [node, id] of plan.graph.ids) if (!this.named.has(id)) this.named.set(id, { workflow, node })
    return workflow
  }

  admitInside(graph: Graph, origin: Origin, continuation: Continuation): Workflow {
    const { keep, submittedAt } = origin.workflow
    const inner = this.admit({ graph, keep, submittedAt, at: this.at }, origin, continuation)
    this.steps.push({ do: 'start', workflow: inner, node: graph.entry, input: { args: [], by: -1 } })
    return inner
  }

  /** Does these next, in this order. */
  follow(steps: readonly Step[]): void {
    for (let i = steps.length - 1; i >= 0; i--) this.steps.push(steps[i] as Step)
  }

  count({ status }: Pick<End, 'status'>, calls: number): void {
    this.tally[status] += calls
    if (status === 'revoked') this.revoked += calls
    else this.ended += calls
  }
}

/** The graph of a canvas that a running task has made, or why it has none. */
export function compiledOrError(canvas: AnyCanvas): Graph | Error {
  try {
    return compile(canvas)
  } catch (error) {
    return error as Error
  }
}
