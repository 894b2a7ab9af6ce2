/**
 * One applied canvas and how far it has come: a status and a value for each node of its graph, in columns. The scheduler writes it,
 * handles read it. It decides nothing.
 */

import { rememberFailure, type TaskFailure } from '../canvas/failure.js'
import type { RunIdentity } from '../errors.js'
import { type Input, taskOf } from '../graph/call.js'
import {
  bodyOf,
  firstCall,
  type Graph,
  groupOfNode,
  type Join,
  joinFilledBy,
  joinPath,
  pathOf,
} from '../graph/graph.js'
import type { End, Failure, Unfilled } from './ends.js'
import type { IntakeWindow } from './intake-window.js'
import { checkMove, codeOf, type FinalStatus, isFinalCode, STATUSES, type Status } from './lifecycle.js'
import type { Timer } from './timers.js'
import { Trees } from './trees.js'

/** A group whose members are pulled while it runs, and how far that has come. */
export interface Intake {
  readonly workflow: Workflow
  readonly node: number
  /** What each member gets. */
  readonly input: Input
  /** When the group began: its members' countdowns count from here. */
  readonly at: number
  /** Workflows of members that were pulled together, in the order of the members. */
  readonly portions: Workflow[]
  /** Values of members that were added, in that order: they come behind all that are pulled. */
  readonly added: unknown[]
  readonly window: IntakeWindow
  /** Members so far. */
  pulled: number
  /** More may come. */
  isOpen: boolean
}

/** Some members of a lazy group that were pulled together: a workflow of their own. */
export interface Portion {
  readonly intake: Intake
  /** The place of the first of them. */
  readonly from: number
}

/** A join that is filling up. */
export interface Filling {
  missing: number
  readonly values: unknown[]
  /** Members that were added while it filled. */
  readonly added: Workflow[]
  /** The first member in member order that failed or was revoked, so far; and the first that was ignored or rejected. */
  failed: Unfilled | undefined
  ignored: Unfilled | undefined
}

/** Who started a workflow: a node of another one, whose callback or errback it is. */
export interface Origin {
  readonly workflow: Workflow
  readonly node: number
  /** Where its canvas stands in the one that started it. */
  readonly path: string
}

/** What is waiting for a workflow's end, beside handles: it stands for something in another one. */
export type Continuation =
  /** It is in the place of a call, which is itself inside so many replacements, less one. */
  | { readonly kind: 'replacement'; readonly depth: number }
  /** It is a member that was added to a header or group while that ran. */
  | { readonly kind: 'member'; readonly workflow: Workflow; readonly join: number; readonly slot: number }
  /** It is members of a group, from this place on, that were pulled while the group ran. */
  | { readonly kind: 'portion'; readonly workflow: Workflow; readonly join: number; readonly from: number }
  /** It was applied by a running call. */
  | { readonly kind: 'child'; readonly batch: number; readonly call: number; readonly child: number }

/** A header or group to which members can be added. */
export interface Header {
  readonly workflow: Workflow
  readonly join: number
}

/** A workflow started by a callback, at the node that ends it. */
export interface ChildRef {
  readonly workflow: Workflow
  readonly node: number
}

/** Stands for a value that nobody asked to keep. */
export const DROPPED: unique symbol = Symbol('dropped')

const WAITING = codeOf('waiting')
const READY = codeOf('ready')
const RUNNING = codeOf('running')
const SUCCEEDED = codeOf('succeeded')

/** What a running task shows of itself. */
interface Shown {
  readonly state: string
  readonly meta: unknown
}

/** What a workflow is made from. */
export interface Plan {
  readonly graph: Graph
  /** Keep values that only feed the next step. */
  readonly keep: boolean
  /** The stack at the place of submission, made into text only when somebody looks. */
  readonly submittedAt: { readonly stack?: string | undefined }
  /** When, in ms since the epoch. */
  readonly at: number
}

export class Workflow {
  readonly number: number
  readonly graph: Graph
  readonly keep: boolean
  readonly origin: Origin | undefined
  /** The outermost workflow of callbacks of callbacks. */
  readonly root: Workflow
  /** If that is loose: which of its calls all this goes back to. */
  readonly rootNode: number
  readonly submittedAt: { readonly stack?: string | undefined }
  /** When it was applied, in ms since the epoch. */
  readonly appliedAt: number
  /** Text in front of the ids that are made here. */
  readonly idPrefix: string

  /** Nodes that are not final yet. */
  left: number
  /** Of a root: its own workflow and those of callbacks that are not finished. */
  open = 0
  /** Of a root: calls of its own and of callbacks. */
  callsInAll = 0
  /** What its end leads to outside of it. */
  continuation: Continuation | undefined
  /** The header or group that its value goes into: it is a member added there, or in the place of a member. */
  header: Header | undefined
  /** It is members of a group that were pulled together. */
  portion: Portion | undefined
  /** All of it is to be revoked: joins of revoked members are revoked too. */
  isRevoked = false
  /** A thread died under steps of it that had left together: from then on each leaves alone. */
  isSuspect = false
  /** Batches under way in which steps of it run right after each other. */
  linkedBatches = 0
  /** What its ids begin with, and the one that was asked for last. */
  #idStem: string | undefined
  #idNode = -1
  #id = ''
  #rootId: string | undefined
  readonly #statuses: Uint8Array | number[]
  /** What came in until a node is final, then its value or its {@link Failure}. */
  readonly #values: unknown[]
  #feeders: Int32Array | undefined
  // Most workflows are one call and need none of these.
  #closers: Map<number, number> | undefined
  #replacements: Map<number, Workflow> | undefined
  #passed: Map<number, Input> | undefined
  #fillings: Map<number, Filling> | undefined
  #intakes: Map<number, Intake> | undefined
  #isExitWatched = false
  /** Other watched nodes. */
  #watched: Set<number> | undefined
  #retries: Map<number, number> | undefined
  #replacedArgs: Map<number, readonly unknown[]> | undefined
  #timers: Map<number, Timer> | undefined
  #expiries: Map<number, Timer> | undefined
  #shown: Map<number, Shown> | undefined
  #progress: Map<number, unknown> | undefined
  #losses: Map<number, number> | undefined
  #announced: Set<number> | undefined
  #children: Map<number, ChildRef[]> | undefined
  #trees: Trees | undefined

  constructor(submit: Plan, number: number, idPrefix: string, origin?: Origin) {
    this.number = number
    this.graph = submit.graph
    this.keep = submit.keep
    this.submittedAt = submit.submittedAt
    this.appliedAt = submit.at
    this.origin = origin
    this.root = origin?.workflow.root ?? this
    this.rootNode = origin === undefined ? -1 : origin.workflow.isLoose ? origin.node : origin.workflow.rootNode
    this.idPrefix = idPrefix
    this.left = submit.graph.size
    const { size } = submit.graph
    this.#statuses = size === 1 ? [WAITING] : new Uint8Array(size)
    this.#values = size === 1 ? [undefined] : new Array(size)
  }

  /** Its calls have nothing to do with each other. */
  get isLoose(): boolean {
    return this.graph.isLoose === true
  }

  /** Of a loose one: what its calls have led to. */
  get trees(): Trees {
    this.#trees ??= new Trees()
    return this.#trees
  }

  /** A call of a loose one has ended, or something that it led to. Of the last, gives how many calls there were in all. */
  shrinkTree(node: number): number | undefined {
    return this.#trees === undefined ? 1 : this.#trees.shrink(node)
  }

  /** The member that ended last, by join: it is the parent of what comes next. */
  get closers(): Map<number, number> {
    this.#closers ??= new Map()
    return this.#closers
  }

  /** What runs in the place of a call. */
  get replacements(): Map<number, Workflow> {
    this.#replacements ??= new Map()
    return this.#replacements
  }

  /** What has come through passes. */
  get passed(): Map<number, Input> {
    this.#passed ??= new Map()
    return this.#passed
  }

  get fillings(): Map<number, Filling> {
    this.#fillings ??= new Map()
    return this.#fillings
  }

  fillingOf(node: number): Filling | undefined {
    return this.#fillings?.get(node)
  }

  /** The members of a lazy group, once its turn has come. */
  intakeOf(node: number): Intake | undefined {
    return this.#intakes?.get(node)
  }

  get hasIntakes(): boolean {
    return this.#intakes !== undefined
  }

  addIntake(intake: Intake): void {
    this.#intakes ??= new Map()
    this.#intakes.set(intake.node, intake)
  }

  /** Workflows of members that were pulled, in the order of their numbers for each group. */
  *portions(): Generator<Workflow, void, undefined> {
    for (const { portions } of this.#intakes?.values() ?? []) yield* portions
  }

  /** Runs that calls have had beside the last one; those that had any. */
  get retries(): Map<number, number> {
    this.#retries ??= new Map()
    return this.#retries
  }

  /** Arguments that `retry({ args })` has given, in place of all. */
  get replacedArgs(): Map<number, readonly unknown[]> {
    this.#replacedArgs ??= new Map()
    return this.#replacedArgs
  }

  /** What a scheduled or retrying node waits for. */
  get timers(): Map<number, Timer> {
    this.#timers ??= new Map()
    return this.#timers
  }

  /** What would revoke a call that has not started. */
  get expiries(): Map<number, Timer> {
    this.#expiries ??= new Map()
    return this.#expiries
  }

  /** States that running tasks show of themselves. */
  get shown(): Map<number, Shown> {
    this.#shown ??= new Map()
    return this.#shown
  }

  /** How far running tasks say they are. */
  get progress(): Map<number, unknown> {
    this.#progress ??= new Map()
    return this.#progress
  }

  /** How often a thread died under a call. */
  get losses(): Map<number, number> {
    this.#losses ??= new Map()
    return this.#losses
  }

  /** Whether there are any of {@link announced}. */
  get isAnyAnnounced(): boolean {
    return this.#announced !== undefined && this.#announced.size > 0
  }

  /** Calls whose start was told to listeners, and that then came back from their thread before they began. */
  get announced(): Set<number> {
    this.#announced ??= new Set()
    return this.#announced
  }

  /** Its start need not be told again; whether that was so. */
  forgetAnnounced(node: number): boolean {
    return this.#announced?.delete(node) === true
  }

  // Whoever only looks makes nothing: what is not there says that nothing of the kind has ever happened.

  isReplaced(node: number): boolean {
    return this.#replacements?.has(node) === true
  }

  replacementOf(node: number): Workflow | undefined {
    return this.#replacements?.get(node)
  }

  shownOf(node: number): Shown | undefined {
    return this.#shown?.get(node)
  }

  /** It waits for its time, or for its next run. */
  isTimed(node: number): boolean {
    return this.#timers?.has(node) === true
  }

  canExpire(node: number): boolean {
    return this.#expiries?.has(node) === true
  }

  get openFillings(): ReadonlyMap<number, Filling> {
    return this.#fillings ?? NO_FILLINGS
  }

  argsOf(node: number): readonly unknown[] | undefined {
    return this.#replacedArgs?.get(node)
  }

  /** It is one call with an id of ours, and nothing started it. */
  get isLoneCall(): boolean {
    const { size, ids, delays, scopes } = this.graph
    return (
      size === 1 &&
      !this.isLoose &&
      this.origin === undefined &&
      ids.size === 0 &&
      delays.size === 0 &&
      scopes.length === 0
    )
  }

  /** A call says something of itself that its neighbours do not: an id, a time, other arguments. */
  isPeculiar(node: number): boolean {
    const { ids, delays } = this.graph
    return ids.has(node) || delays.has(node) || this.#replacedArgs?.has(node) === true
  }

  /** Somebody is to be told of its end. Of a loose one each call is watched from the beginning. */
  watch(node: number): void {
    if (this.isLoose) return
    if (node === this.graph.exit) this.#isExitWatched = true
    else {
      this.#watched ??= new Set()
      this.#watched.add(node)
    }
  }

  isWatched(node: number): boolean {
    return this.isLoose || (node === this.graph.exit ? this.#isExitWatched : this.#watched?.has(node) === true)
  }

  /** Whether somebody was to be told. */
  unwatch(node: number): boolean {
    if (this.isLoose) return true
    if (node !== this.graph.exit) return this.#watched?.delete(node) === true
    const wasWatched = this.#isExitWatched
    this.#isExitWatched = false
    return wasWatched
  }

  /** The node whose end lets a node end: for a join, the member that came last. */
  closerOf(node: number): number {
    return this.#closers?.get(node) ?? node
  }

  /** What came through a pass, once. */
  takePassed(node: number): Input | undefined {
    const input = this.#passed?.get(node)
    this.#passed?.delete(node)
    return input
  }

  /** Nothing but their values is known of the nodes of a range, and nobody waits for them, if it is not a loose one. */
  isBare(from: number, to: number): boolean {
    if (this.graph.hooks.size > 0 || this.#retries !== undefined || this.#shown !== undefined) return false
    if (this.#expiries !== undefined || this.#closers !== undefined) return false
    if (this.#isExitWatched && this.graph.exit >= from && this.graph.exit <= to) return false
    for (const node of this.#watched ?? []) if (node >= from && node <= to) return false
    return true
  }

  /** It starts: it cannot expire any more. */
  stopExpiry(node: number): void {
    cancelled(this.#expiries, node)
  }

  /** The run is over that showed this. */
  hide(node: number): void {
    this.#shown?.delete(node)
  }

  /** Lets go of what only mattered while the node was not final; whether it waited for its time. */
  letGo(node: number): boolean {
    this.#fillings?.delete(node) // begun again by a skip that came after its members had been revoked
    cancelled(this.#expiries, node)
    return cancelled(this.#timers, node)
  }

  status(node: number): Status {
    return STATUSES[this.#statuses[node] as number] as Status
  }

  isFinal(node: number): boolean {
    return isFinalCode(this.#statuses[node] as number)
  }

  isWaiting(node: number): boolean {
    return this.#statuses[node] === WAITING
  }

  isReady(node: number): boolean {
    return this.#statuses[node] === READY
  }

  isRunning(node: number): boolean {
    return this.#statuses[node] === RUNNING
  }

  succeeded(node: number): boolean {
    return this.#statuses[node] === SUCCEEDED
  }

  /** The value of a node that succeeded, or {@link DROPPED}. */
  value(node: number): unknown {
    return this.#values[node]
  }

  /** What came into a node that is not final yet. */
  input(node: number): Input {
    return this.#values[node] as Input
  }

  failure(node: number): Failure {
    return this.#values[node] as Failure
  }

  move(node: number, status: Status): void {
    const code = codeOf(status)
    checkMove(this.#statuses[node] as number, code, node, this.number)
    this.#statuses[node] = code
  }

  /** Moves calls that all are where they may move from. */
  moveAll(from: number, to: number, status: Status): void {
    const code = codeOf(status)
    for (let node = from; node < to; node++) {
      checkMove(this.#statuses[node] as number, code, node, this.number)
      this.#statuses[node] = code
    }
  }

  /** Whether all of these have not begun. */
  areWaiting(from: number, to: number): boolean {
    for (let node = from; node < to; node++) if (this.#statuses[node] !== WAITING) return false
    return true
  }

  areRunning(from: number, to: number): boolean {
    for (let node = from; node < to; node++) if (this.#statuses[node] !== RUNNING) return false
    return true
  }

  feed(node: number, input: Input): void {
    this.#values[node] = input
  }

  feedAll(from: number, to: number, input: Input): void {
    this.#values.fill(input, from, to)
  }

  /** Running calls that fill the slots of one join one after the other have succeeded: how many of them were still running. */
  succeedAll(
    node: number,
    values: ArrayLike<unknown>,
    from: number,
    count: number,
    slots: unknown[],
    slot: number,
  ): number {
    let succeeded = 0
    for (let i = 0; i < count; i++) {
      if (this.#statuses[node + i] !== RUNNING) continue
      this.#statuses[node + i] = SUCCEEDED
      this.#values[node + i] = slots[slot + i] = values[from + i]
      succeeded++
    }
    this.left -= succeeded
    return succeeded
  }

  succeed(node: number, value: unknown): void {
    this.move(node, 'succeeded')
    this.#values[node] = value
    this.left--
  }

  end(node: number, end: End): void {
    this.move(node, end.status satisfies FinalStatus)
    this.#values[node] = end.status === 'succeeded' ? end.value : end.failure
    this.left--
  }

  /** Lets go of a value that has gone where it was needed. */
  drop(node: number): void {
    this.#values[node] = DROPPED
  }

  /** What a join has collected so far. */
  filling(node: number, { width }: Join): Filling {
    const known = this.fillings.get(node)
    if (known !== undefined) return known
    const filling: Filling = {
      missing: width,
      values: new Array(width),
      added: [],
      failed: undefined,
      ignored: undefined,
    }
    this.fillings.set(node, filling)
    return filling
  }

  /** The nodes that lead to a node in its chain, and those inside of groups among them; the node itself last. */
  upTo(node: number): readonly number[] {
    if (this.graph.size === 1) return FIRST_NODE
    const found: number[] = []
    for (let at = node; at >= 0; at = this.feederOf(at)) {
      for (const inside of this.inside(at)) found.push(inside)
      found.push(at)
    }
    return found.reverse()
  }

  /** The nodes inside of a join; none of another node. */
  inside(node: number): readonly number[] {
    const last = this.graph.joins.get(node)?.last ?? node
    if (last === node) return NO_NODES
    const found: number[] = []
    for (let inside = node + 1; inside <= last; inside++) found.push(inside)
    return found
  }

  /** Forgets a value that nobody is to have any more: not that it was one. */
  ignoreValue(node: number): void {
    this.#values[node] = undefined
  }

  /** Lets go of the values of a join's members: they are in its list now. One that is nobody's any more stays that. */
  dropMembers(join: number): void {
    const { last } = this.graph.joins.get(join) as Join
    for (let node = join + 1; node <= last; node++)
      if (joinFilledBy(this.graph, node) === join && this.#values[node] !== undefined) this.drop(node)
  }

  addChild(node: number, child: ChildRef): void {
    const children = this.#children ?? new Map<number, ChildRef[]>()
    this.#children = children
    const known = children.get(node)
    if (known === undefined) children.set(node, [child])
    else known.push(child)
  }

  get hasChildren(): boolean {
    return this.#children !== undefined
  }

  children(node: number): readonly ChildRef[] {
    return this.#children?.get(node) ?? NO_CHILDREN
  }

  idOf(node: number): string {
    if (node === this.#idNode) return this.#id
    this.#idStem ??= `${this.idPrefix}${this.number.toString(36)}-`
    this.#id = this.graph.ids.get(node) ?? this.#idStem + node.toString(36)
    this.#idNode = node
    return this.#id
  }

  /** The node that has this id, if one does. */
  nodeOf(id: string): number | undefined {
    for (const [node, claimed] of this.graph.ids) if (claimed === id) return node
    const node = Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36)
    return node < this.graph.size && this.idOf(node) === id ? node : undefined
  }

  taskNameOf(node: number): string {
    const own = this.graph.calls[node]
    if (own !== undefined) return taskOf(own).task
    const last = this.graph.joins.get(node)?.last ?? node
    const call = firstCall(this.graph, node, last)
    const source = call === undefined ? undefined : this.graph.calls[call]
    return source === undefined ? '' : taskOf(source).task
  }

  /** Which run of a call this is, or would be next: 1 for the first. */
  attemptOf(node: number): number {
    return this.#retries === undefined ? 1 : 1 + (this.#retries.get(node) ?? 0)
  }

  /** Who a call is, for its errors. */
  runOf(node: number, attempt = this.attemptOf(node)): RunIdentity {
    return { taskId: this.idOf(node), taskName: this.taskNameOf(node), attempt }
  }

  /** The id of the first call of all that a node belongs to. */
  rootIdOf(node: number): string {
    if (this.root.isLoose) return this.root.idOf(this.root === this ? node : this.rootNode)
    if (this.root !== this) return this.root.rootIdOf(0)
    this.#rootId ??= this.idOf(firstCall(this.graph, 0, this.graph.size - 1) ?? 0)
    return this.#rootId
  }

  /** The id of the call whose end started this one. */
  parentIdOf(input: Input): string | undefined {
    if (input.by >= 0) return this.idOf(input.by)
    // What started the group started its members.
    if (this.portion !== undefined) return this.portion.intake.workflow.parentIdOf(this.portion.intake.input)
    return this.origin?.workflow.idOf(this.origin.node)
  }

  /** Where the call at a node may add members: to the header or group that its value goes into; `undefined` if that is none. */
  headerOf(node: number): Header | undefined {
    const join = joinFilledBy(this.graph, node)
    if (join === this.graph.entry && this.portion !== undefined) {
      const { workflow, node: group } = this.portion.intake
      return { workflow, join: group }
    }
    if (join >= 0) return { workflow: this, join }
    return node === this.graph.exit ? this.header : undefined
  }

  groupOf(node: number): { readonly id: string; readonly index: number } | undefined {
    const group = groupOfNode(this.graph, node)
    if (group === undefined) return undefined
    if (this.portion === undefined || group.join !== this.graph.entry)
      return { id: this.idOf(group.join), index: group.index }
    const { workflow, node: lazy } = this.portion.intake
    return { id: workflow.idOf(lazy), index: group.index }
  }

  /** Where a node stands in the canvas that was applied in the first place. */
  pathOf(node: number): string {
    return joinPath(this.origin?.path ?? '', pathOf(this.graph, node))
  }

  /** The node whose value a step gets, or -1; found by one look at all edges, and kept, since few ask. */
  feederOf(node: number): number {
    this.#feeders ??= feedersOf(this.graph)
    return this.#feeders[node] as number
  }

  /** All that is known of a failure, as an errback and `failureOf` see it. */
  describe(failure: Failure): TaskFailure {
    if (failure.told !== undefined) return failure.told
    const { error, origin, args = [], attempt } = failure
    const { submittedAt } = this
    const node = failure.cause === undefined ? origin : bodyOf(this.graph, origin)
    const described: TaskFailure = {
      taskId: this.idOf(node),
      taskName: this.taskNameOf(node),
      args,
      error,
      // Made when somebody looks: a stack becomes text then, which takes longer than all else that a failure costs.
      get traceback() {
        return [error.stack, submittedAt.stack?.replace(/^.*\n/, 'submitted:\n')].filter(Boolean).join('\n')
      },
      path: joinPath(this.pathOf(node), failure.item === undefined ? '' : `items[${failure.item}]`),
      attempt,
    }
    rememberFailure(described)
    return described
  }
}

const NO_FILLINGS: ReadonlyMap<number, Filling> = new Map()
const NO_NODES: readonly number[] = []
const NO_CHILDREN: readonly ChildRef[] = []
/** All of a workflow of one call. */
const FIRST_NODE: readonly number[] = [0]

function cancelled(timers: Map<number, Timer> | undefined, node: number): boolean {
  const timer = timers?.get(node)
  if (timer === undefined) return false
  timer.cancelled = true
  timers?.delete(node)
  return true
}

function feedersOf(graph: Graph): Int32Array {
  const feeders = new Int32Array(graph.size).fill(-1)
  for (let node = 0; node < graph.size; node++) {
    const next = graph.to[node] as number
    if (next >= 0) feeders[next] = node
  }
  return feeders
}
