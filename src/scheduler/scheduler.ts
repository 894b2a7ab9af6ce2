/**
 * The state machine. Stimuli in, instructions out; it never starts, waits for or times anything.
 *
 * `handle` is the only way in. Work that one stimulus sets off is a stack of steps that is worked down, never a recursion: a chain may
 * have a hundred thousand steps, and a failure runs through all of them.
 */

import type { Canvas } from '../canvas/canvas.js'
import { NO_APPLIED_KWARGS } from '../canvas/options.js'
import type { RunPolicy } from '../canvas/policy.js'
import { withOptions } from '../canvas/shape.js'
import type { AnyCanvas } from '../canvas/typing.js'
import {
  assertNever,
  ClosedError,
  TaskExpiredError,
  TaskIgnoredError,
  TaskRevokedError,
  TimeLimitError,
} from '../errors.js'
import { type Input, inheritedByReplacement } from '../graph/call.js'
import { compile, compileCallback } from '../graph/compile.js'
import { firstCallsOf } from '../graph/first-calls.js'
import {
  type Delay,
  entryOf,
  type Graph,
  type Hook,
  type Join,
  joinFilledBy,
  joinPath,
  nextStepOf,
} from '../graph/graph.js'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../task/retry.js'
import { type Batch, type Cancel, isCurrent, type Part } from './batch.js'
import { callEvents } from './call-events.js'
import { Dispatcher } from './dispatcher.js'
import { chordEnd, lostError } from './failures.js'
import type {
  BatchEnd,
  CallReport,
  Instruction,
  Loss,
  Lost,
  Outcome,
  Outcomes,
  Recalled,
  Revoke,
  Stimulus,
  Submit,
  TaskSignal,
} from './messages.js'
import { type CallPlan, Policies } from './policies.js'
import type { ReadyQueue } from './ready-queue.js'
import { Tally } from './tally.js'
import { Timers } from './timers.js'
import {
  type ChildRef,
  type Continuation,
  DROPPED,
  type End,
  type Failure,
  type Filling,
  type Origin,
  type Plan,
  type Unfilled,
  unwrapped,
  Workflow,
} from './workflow.js'

/** Something that follows from what has just happened to a node. */
type Step =
  | { readonly do: 'start'; readonly workflow: Workflow; readonly node: number; readonly input: Input }
  /** It ends with what ended before it, without having started; of a join, its members do. */
  | { readonly do: 'skip'; readonly workflow: Workflow; readonly node: number; readonly end: End }
  | { readonly do: 'end'; readonly workflow: Workflow; readonly node: number; readonly end: End }

/** A call that ends, or is about to: where it stands in its batch, and in its workflow. */
interface Run {
  readonly batch: Batch
  readonly place: number
  readonly part: Part
  readonly workflow: Workflow
  readonly node: number
}

/** A look inside, for invariants, `inspect()` and `metrics()`. */
export interface SchedulerState {
  readonly dispatcher: Dispatcher
  readonly policies: Policies
  readonly workflows: ReadonlyMap<number, Workflow>
  readonly queue: ReadyQueue
  readonly running: ReadonlyMap<number, Batch>
  readonly tally: Tally
  /** Calls that ended by themselves, skipped ones included, and those that were revoked. */
  readonly ended: number
  readonly revoked: number
}

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
}

const DEFAULT_GRACE_MS = 1_000

export class Scheduler {
  readonly #idPrefix: string
  readonly #policies: Policies
  readonly #graceMs: number
  readonly #maxQueue: number
  readonly #dispatcher: Dispatcher
  readonly #timers = new Timers()
  readonly #tally = new Tally()
  readonly #workflows = new Map<number, Workflow>()
  /** Nodes whose id the user has chosen. */
  readonly #named = new Map<string, ChildRef>()
  readonly #steps: Step[] = []
  #out: Instruction[] = []
  #at = 0
  #workflowCount = 0
  #ended = 0
  #revoked = 0
  #listening = false
  /** Why nothing may start any more. */
  #closed: string | undefined
  #random = 0
  /** What the driver has been told last. */
  #wakeAt: number | undefined
  #isFlushAsked = false
  /** When it will be looked whether something is to be taken back. */
  #shareAt: number | undefined
  /** The step that is under way already, behind the one that is ending just now. */
  #linked: Run | undefined
  /** How long each run took of those that are ending just now, in ms. */
  #runMs = 0

  /**
   * @param lanes - How many threads there are.
   * @param idPrefix - Text that no other scheduler has, for the ids of calls.
   */
  constructor(lanes: number, idPrefix: string, options: SchedulerOptions = {}) {
    const { defaults = {}, graceMs = DEFAULT_GRACE_MS, callsPerThread = 1 } = options
    const { batching = true, maxQueue = Infinity, maxTasksPerWorker = Infinity } = options
    this.#graceMs = graceMs
    this.#maxQueue = maxQueue
    this.#policies = new Policies(defaults, batching)
    this.#dispatcher = new Dispatcher({ lanes, callsPerThread, batching, maxTasksPerWorker, policies: this.#policies })
    this.#idPrefix = idPrefix
  }

  /** Takes in what happened and tells what is to be done about it, in order. */
  handle(stimulus: Stimulus): Instruction[] {
    if ('at' in stimulus) this.#at = stimulus.at
    this.#receive(stimulus)
    this.#workDown()
    if (this.#closed !== undefined && this.#dispatcher.ready > 0) this.#revokeReady()
    if (this.#mayWait(stimulus)) this.#askForFlush()
    else this.#dispatch()
    this.#tellWorn()
    this.#tellWake()
    const out = this.#out
    this.#out = []
    return out
  }

  /** Workflows that are not finished, those of callbacks included. */
  get openWorkflows(): number {
    return this.#workflows.size
  }

  state(): SchedulerState {
    return {
      dispatcher: this.#dispatcher,
      policies: this.#policies,
      workflows: this.#workflows,
      queue: this.#dispatcher.queue,
      running: this.#dispatcher.running,
      tally: this.#tally,
      ended: this.#ended,
      revoked: this.#revoked,
    }
  }

  /** Whether one call more may wait to start, or can start at once. */
  get hasRoom(): boolean {
    return this.#waitingWith(1, 0) <= this.#maxQueue
  }

  /** Whether all calls of a graph that come first may wait to start, or can start at once. */
  hasRoomFor(graph: Graph, at: number): boolean {
    if (this.#maxQueue === Infinity) return true
    let [free, held] = [0, 0]
    for (const node of firstCallsOf(graph)) {
      if (this.#policies.ofNode(graph, node).gate?.isOpen(at) === false) held++
      else free++
    }
    return this.#waitingWith(free, held) <= this.#maxQueue
  }

  /** How many calls would wait to start with so many more, of which some are held back by a limit of their task. */
  #waitingWith(free: number, held: number): number {
    const { ready, gated, lanes, callsPerThread } = this.#dispatcher
    const active = lanes.reduce((sum, lane) => sum + Math.max(lane.active, 0), 0)
    return gated + held + Math.max(ready - gated + active + free - lanes.length * callsPerThread, 0)
  }

  /** The pending node that has this id, if any. */
  find(id: string): ChildRef | undefined {
    const named = this.#named.get(id)
    if (named !== undefined || !id.startsWith(this.#idPrefix)) return named
    const found = this.#workflows.get(Number.parseInt(id.slice(this.#idPrefix.length), 36))
    const node = found?.nodeOf(id)
    return found === undefined || node === undefined ? undefined : { workflow: found, node }
  }

  #receive(stimulus: Stimulus): void {
    switch (stimulus.type) {
      case 'submit':
        return this.#submit(stimulus)
      case 'watch':
        if (stimulus.workflow.isFinal(stimulus.node)) this.#out.push({ ...stimulus, type: 'ended' })
        else stimulus.workflow.watch(stimulus.node)
        return
      case 'listen':
        this.#listening = stimulus.listening
        return
      case 'flushed':
        this.#isFlushAsked = false
        return
      case 'outcomes':
        return this.#settle(stimulus)
      case 'recalled':
        return this.#takeBack(stimulus)
      case 'thread':
        return this.#dispatcher.noteThread(stimulus.lane, stimulus.isThere)
      case 'lost':
        return this.#lose(stimulus)
      case 'report':
        return this.#note(stimulus.batch, stimulus.call, stimulus.report)
      case 'revoke':
        return this.#revoke(stimulus)
      case 'tick':
        return this.#tick()
      case 'close':
        return this.#close(stimulus.message, stimulus.running === 'drop')
      default:
        return assertNever(stimulus)
    }
  }

  /** Whether what has become ready may wait for more, until the end of the turn. What comes first never waits. */
  #mayWait({ type }: Stimulus): boolean {
    const { batching, running } = this.#dispatcher
    if (!batching) return false
    if (type === 'submit') return running.size > 0
    return type === 'watch' || type === 'revoke' || type === 'recalled'
  }

  #askForFlush(): void {
    if (this.#isFlushAsked || this.#dispatcher.ready === 0) return
    this.#isFlushAsked = true
    this.#out.push({ type: 'flush' })
  }

  /** Threads that have had all their calls; when all is closed, they end anyway. */
  #tellWorn(): void {
    for (const lane of this.#dispatcher.takeWorn())
      if (this.#closed === undefined) this.#out.push({ type: 'recycle', lane })
  }

  #submit(submit: Submit): void {
    const workflow = this.#admit(submit)
    this.#out.push({ type: 'accepted', workflow })
    if (submit.isWatched === true) workflow.watch(submit.graph.exit)
    if (submit.isRevoked) return // what comes next is its revoke
    const { args, kwargs } = submit
    const input = kwargs === NO_APPLIED_KWARGS ? { args, by: -1 } : { args, kwargs, by: -1 }
    this.#steps.push({ do: 'start', workflow, node: submit.graph.entry, input })
  }

  #admit(plan: Plan, origin?: Origin, continuation?: Continuation): Workflow {
    const workflow = new Workflow(plan, this.#workflowCount++, this.#idPrefix, origin)
    workflow.continuation = continuation
    if (continuation?.kind === 'member') workflow.header = continuation
    else if (continuation?.kind === 'replacement' && origin !== undefined)
      workflow.header = origin.workflow.headerOf(origin.node)
    this.#workflows.set(workflow.number, workflow)
    workflow.root.open++
    workflow.root.callsInAll += plan.graph.callCount
    this.#tally.applied += plan.graph.callCount
    // A replacement has the id of what it replaces, which stays the one that is found.
    if (continuation?.kind !== 'replacement')
      for (const [node, id] of plan.graph.ids) if (!this.#named.has(id)) this.#named.set(id, { workflow, node })
    return workflow
  }

  #workDown(): void {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      if (step.do === 'start') this.#start(step.workflow, step.node, step.input)
      else if (step.do === 'skip') this.#skip(step.workflow, step.node, step.end)
      else this.#end(step.workflow, step.node, step.end)
    }
  }

  /** Does these next, in this order. */
  #follow(steps: readonly Step[]): void {
    for (let i = steps.length - 1; i >= 0; i--) this.#steps.push(steps[i] as Step)
  }

  #start(workflow: Workflow, node: number, input: Input): void {
    if (workflow.isFinal(node)) return this.#sweep(workflow, node)
    const { calls, joins } = workflow.graph
    const join = joins.get(node)
    if (this.#closed !== undefined) this.#skip(workflow, node, this.#revokedByClose(node))
    else if (calls[node] !== undefined) this.#enqueue(workflow, node, node + 1, input)
    else if (join === undefined) this.#pass(workflow, node, input)
    else this.#startMembers(workflow, node, join, input)
  }

  /** An empty chain is the identity: what comes behind it gets all that came in, and from the same call. */
  #pass(workflow: Workflow, node: number, input: Input): void {
    workflow.closers.set(node, input.by)
    workflow.passed.set(node, input)
    this.#end(workflow, node, { status: 'succeeded', value: input.args[0] })
  }

  #startMembers(workflow: Workflow, node: number, join: Join, input: Input): void {
    if (join.width === 0) {
      workflow.closers.set(node, input.by)
      this.#end(workflow, node, { status: 'succeeded', value: [] })
      return
    }
    workflow.filling(node, join)
    if (join.entries === undefined) return this.#enqueue(workflow, node + 1, node + 1 + join.width, input)
    this.#follow(join.entries.map((entry) => ({ do: 'start', workflow, node: entry, input })))
  }

  #enqueue(workflow: Workflow, from: number, to: number, input: Input): void {
    if (this.#isUnderWay(workflow, from)) return this.#goOn(workflow, from, input)
    if (workflow.graph.delays.size > 0 || !workflow.areWaiting(from, to))
      return this.#enqueueEach(workflow, from, to, input)
    workflow.feedAll(from, to, input)
    for (let node = from; node < to; ) {
      const plan = this.#policies.of(workflow, node)
      let end = node + 1
      while (end < to && this.#isAlike(workflow, end, plan)) end++
      this.#makeReady(workflow, node, end, plan)
      // It may have expired, and taken others of its group with it.
      if (plan.policy.expires !== undefined) return this.#enqueueEach(workflow, end, to, input)
      node = end
    }
  }

  #isAlike(workflow: Workflow, node: number, plan: CallPlan): boolean {
    const { calls } = workflow.graph
    const isOfTable = calls[node] === calls[node - 1]
    return plan.policy.expires === undefined && (isOfTable || this.#policies.of(workflow, node) === plan)
  }

  #enqueueEach(workflow: Workflow, from: number, to: number, input: Input): void {
    const { delays } = workflow.graph
    for (let node = from; node < to; node++) {
      if (workflow.isFinal(node)) continue
      workflow.feed(node, input)
      const at = this.#timeOf(delays.get(node))
      if (at !== undefined && at > this.#at) this.#postpone(workflow, node, 'scheduled', at)
      else this.#makeReady(workflow, node, node + 1)
      if (at !== undefined && at > this.#at) this.#expire(workflow, node)
    }
  }

  /** Whether a step is under way already, behind the one that has just ended. */
  #isUnderWay(workflow: Workflow, node: number): boolean {
    return this.#linked !== undefined && this.#linked.workflow === workflow && this.#linked.node === node
  }

  #goOn(workflow: Workflow, node: number, input: Input): void {
    workflow.feed(node, input)
    workflow.move(node, 'ready')
    if (this.#listening) this.#out.push(...callEvents.sent(workflow, node, this.#at))
    workflow.move(node, 'running')
    this.#linked = undefined
  }

  #timeOf(delay: Delay | undefined): number | undefined {
    return typeof delay === 'number' ? this.#at + delay : delay?.valueOf()
  }

  /** Calls that are planned alike can start from now on. */
  #makeReady(workflow: Workflow, from: number, to = from + 1, plan = this.#policies.of(workflow, from)): void {
    workflow.moveAll(from, to, 'ready')
    if (this.#listening)
      for (let node = from; node < to; node++) this.#out.push(...callEvents.sent(workflow, node, this.#at))
    this.#dispatcher.push(workflow, from, to, plan, this.#at)
    if (plan.policy.expires !== undefined) this.#expire(workflow, from)
  }

  #postpone(workflow: Workflow, node: number, status: 'scheduled' | 'retrying', at: number): void {
    workflow.move(node, status)
    this.#tally.scheduled++
    workflow.timers.set(
      node,
      this.#timers.set(at, () => {
        workflow.timers.delete(node)
        this.#tally.scheduled--
        this.#makeReady(workflow, node)
      }),
    )
  }

  /** Sees to it that a call that has not started in time never does. */
  #expire(workflow: Workflow, node: number): void {
    const { expires } = this.#policies.of(workflow, node).policy
    if (expires === undefined || expires === Infinity || workflow.expiries.has(node) || workflow.attemptOf(node) > 1)
      return
    const at = typeof expires === 'number' ? workflow.appliedAt + expires : expires.valueOf()
    const revoke = (): void => {
      const error = new TaskExpiredError(
        'the call expired before it could start',
        workflow.runOf(node, 0),
        new Date(at),
      )
      this.#revokeNode(workflow, node, error, false)
    }
    if (at < this.#at) revoke()
    else workflow.expiries.set(node, this.#timers.set(at, revoke))
  }

  #tick(): void {
    this.#wakeAt = undefined
    this.#timers.run(this.#at)
  }

  /** Says when time matters next, if that has changed. */
  #tellWake(): void {
    const at = this.#timers.next()
    if (at === this.#wakeAt) return
    this.#wakeAt = at
    this.#out.push({ type: 'wake', at })
  }

  #skip(workflow: Workflow, node: number, end: End): void {
    const join = workflow.graph.joins.get(node)
    if (workflow.isFinal(node)) return this.#sweep(workflow, node)
    if (join === undefined || join.width === 0) return this.#end(workflow, node, end)
    workflow.filling(node, join)
    const members = Array.from({ length: join.width }, (_, i) => entryOf(node, join, i))
    this.#follow(members.map((member) => ({ do: 'skip', workflow, node: member, end })))
  }

  /** The turn comes of a node that was revoked before it. Of a group, members may have steps before the revoked one: they will never run. */
  #sweep(workflow: Workflow, node: number): void {
    for (const inside of workflow.inside(node))
      this.#end(workflow, inside, { status: 'failed', failure: workflow.failure(node) })
  }

  /** A node becomes final: callbacks get their ids, then it shows, then callbacks and the next step leave. */
  #end(workflow: Workflow, node: number, end: End): void {
    if (workflow.isFinal(node)) return
    const hooks = workflow.graph.hooks.get(node)
    const started =
      hooks === undefined || this.#closed !== undefined ? NO_STEPS : this.#runHooks(workflow, node, end, hooks)
    if (workflow.isReady(node)) this.#dispatcher.withdraw(this.#policies.of(workflow, node))
    workflow.end(node, end)
    if (workflow.letGo(node)) this.#tally.scheduled--
    if (workflow.graph.calls[node] !== undefined) this.#count(end, 1)
    if (workflow.unwatch(node)) this.#out.push({ type: 'ended', workflow, node })
    const next = this.#forward(workflow, node, end)
    if (next !== undefined) this.#steps.push(next)
    if (end.status === 'succeeded' && this.#ignoresResult(workflow, node)) workflow.ignoreValue(node)
    if (node === workflow.graph.exit && workflow.continuation !== undefined)
      this.#continue(workflow, workflow.continuation, end)
    // On top: the links of a replacement run before those of what it replaced.
    this.#follow(started)
    if (workflow.left === 0) this.#finish(workflow)
  }

  /** A workflow that stands for something in another one has ended. */
  #continue(workflow: Workflow, continuation: Continuation, end: End): void {
    const { workflow: outer, node } = workflow.origin as Origin
    switch (continuation.kind) {
      case 'replacement':
        outer.replacements.delete(node)
        // What ran in its place spoke for it.
        if (workflow.progress.has(workflow.graph.exit))
          outer.progress.set(node, workflow.progress.get(workflow.graph.exit))
        this.#steps.push({ do: 'end', workflow: outer, node, end: endOutside(workflow, node, end) })
        return
      case 'member': {
        // Whoever added it may stand in another workflow: for the header, its failure begins at the join.
        const { workflow: header, join, slot } = continuation
        const step = this.#fillSlot(header, join, slot, join, endOutside(workflow, join, end))
        if (step !== undefined) this.#steps.push(step)
        return
      }
      case 'child':
        return this.#tellChild(continuation, workflow, end)
      default:
        return assertNever(continuation)
    }
  }

  /** Its value is what `get()` gives: of a call that ignores its result, none. */
  #tellChild(
    { batch: number, call, child }: Extract<Continuation, { kind: 'child' }>,
    inner: Workflow,
    end: End,
  ): void {
    const batch = this.#dispatcher.running.get(number)
    if (batch?.isOpen(call) !== true) return
    const outcome =
      end.status === 'succeeded'
        ? { ok: true as const, value: inner.value(inner.graph.exit) }
        : { ok: false as const, error: unwrapped(end.failure).error }
    this.#out.push({ type: 'tell', batch: number, call, told: { kind: 'child', child, outcome } })
  }

  #ignoresResult(workflow: Workflow, node: number): boolean {
    return workflow.graph.calls[node] !== undefined && this.#policies.of(workflow, node).policy.ignoreResult === true
  }

  #count({ status }: Pick<End, 'status'>, calls: number): void {
    this.#tally[status] += calls
    if (status === 'revoked') this.#revoked += calls
    else this.#ended += calls
  }

  #runHooks(workflow: Workflow, node: number, end: End, hooks: readonly Hook[]): Step[] {
    const steps: Step[] = []
    const run = (canvases: readonly AnyCanvas[], name: string, hook: Hook, given: () => unknown): void => {
      for (const [i, canvas] of canvases.entries()) {
        const path = joinPath(joinPath(workflow.origin?.path ?? '', hook.path), `options.${name}[${i}]`)
        steps.push(this.#spawn(canvas, { workflow, node, path }, given(), name === 'link'))
      }
    }
    for (const hook of hooks) {
      if (end.status === 'succeeded') run(hook.link, 'link', hook, () => end.value)
      else if (end.status === 'failed' && isInside(hook, end.failure))
        run(hook.linkError, 'linkError', hook, () => workflow.describe(end.failure))
    }
    return steps
  }

  /** Makes a callback or errback a workflow of its own. */
  #spawn(canvas: AnyCanvas, origin: Origin, given: unknown, isChild: boolean): Step {
    const { keep, submittedAt } = origin.workflow
    const at = this.#at
    const graph = compileCallback(canvas)
    const workflow = this.#admit({ graph, keep, submittedAt, at }, origin)
    if (isChild) origin.workflow.addChild(origin.node, { workflow, node: graph.exit })
    return { do: 'start', workflow, node: graph.entry, input: { args: [given], by: -1 } }
  }

  /** What a node's end sets off behind it. */
  #forward(workflow: Workflow, node: number, end: End): Step | undefined {
    const join = joinFilledBy(workflow.graph, node)
    if (join >= 0) return this.#fill(workflow, join, node, end)
    const next = nextStepOf(workflow.graph, node)
    if (next < 0) return undefined
    if (end.status !== 'succeeded') return { do: 'skip', workflow, node: next, end: chordEnd(workflow, node, end) }
    if (!workflow.keep) workflow.drop(node)
    const input = workflow.takePassed(node) ?? { args: [end.value], by: workflow.closerOf(node) }
    return { do: 'start', workflow, node: next, input }
  }

  #fill(workflow: Workflow, join: number, node: number, end: End): Step | undefined {
    return this.#fillSlot(workflow, join, workflow.graph.slot[node] as number, node, end)
  }

  #fillSlot(workflow: Workflow, at: number, slot: number, node: number, end: End): Step | undefined {
    if (workflow.isFinal(at)) return undefined
    const join = workflow.graph.joins.get(at) as Join
    const filling = workflow.filling(at, join)
    if (end.status === 'succeeded') filling.values[slot] = end.value
    else this.#leaveEmpty(workflow, at, join, filling, { slot, end })
    return --filling.missing > 0 ? undefined : this.#endOfJoin(workflow, at, filling, node)
  }

  #endOfJoin(workflow: Workflow, at: number, filling: Filling, closer: number): Step {
    workflow.fillings.delete(at)
    workflow.closers.set(at, workflow.closerOf(closer))
    return { do: 'end', workflow, node: at, end: this.#collected(workflow, at, filling) }
  }

  /** A slot gets no value. The first failure in member order counts; with `failFast` the first to happen, which revokes the others. */
  #leaveEmpty(workflow: Workflow, at: number, join: Join, filling: Filling, unfilled: Unfilled): void {
    const { status, failure } = unfilled.end
    const kind = status === 'failed' || status === 'revoked' ? 'failed' : 'ignored'
    const before = filling[kind]
    if (before === undefined || (!join.failFast && unfilled.slot < before.slot)) filling[kind] = unfilled
    if (!join.failFast || before !== undefined || kind === 'ignored') return
    for (const member of workflow.inside(at).toReversed())
      if (!workflow.isFinal(member))
        this.#revokeNode(workflow, member, revokedError(workflow, member, failure.error), false)
    this.#revokeAdded(filling, failure.error, false)
  }

  #collected(workflow: Workflow, join: number, { values, failed, ignored }: Filling): End {
    if (failed === undefined && ignored === undefined && !workflow.keep) workflow.dropMembers(join)
    if (failed === undefined) return ignored?.end ?? { status: 'succeeded', value: values }
    const allRevoked = workflow.isRevoked || this.#closed !== undefined
    const isRevoked = allRevoked && failed.end.status === 'revoked'
    return { status: isRevoked ? 'revoked' : 'failed', failure: failed.end.failure }
  }

  #finish(workflow: Workflow): void {
    this.#workflows.delete(workflow.number)
    for (const id of workflow.graph.ids.values()) if (this.#named.get(id)?.workflow === workflow) this.#named.delete(id)
    const { root } = workflow
    if (--root.open === 0 && this.#listening) this.#out.push(callEvents.finished(root, this.#at))
  }

  #dispatch(): void {
    const dispatcher = this.#dispatcher
    for (let batch = dispatcher.next(this.#at, this.#listening); batch !== undefined; ) {
      this.#leave(batch)
      batch = dispatcher.next(this.#at, this.#listening)
    }
    const opensAt = dispatcher.queue.opensAt()
    if (opensAt !== undefined && opensAt > this.#at) this.#lookAgain(opensAt)
    this.#share()
  }

  #leave(batch: Batch): void {
    for (const part of batch.parts) {
      const { workflow, node, size, isLinked, plan, since } = part
      if (isLinked) continue
      this.#tally.waits.add(this.#at - since, size)
      workflow.moveAll(node, node + size, 'running')
      if (plan.policy.expires !== undefined) this.#recallExpired(batch, part)
    }
    this.#tally.started += batch.heads
    this.#out.push({ type: 'dispatch', batch })
    const { callsPerThread, lanes } = this.#dispatcher
    // The others start later, and then it is told.
    if (this.#listening && lanes[batch.lane]?.batches.size === 1) this.#announce(batch, callsPerThread)
  }

  /** A call that waits in a thread may expire there. Whether it has begun is known when it is asked for. */
  #recallExpired(batch: Batch, { workflow, node, size, at }: Part): void {
    for (let i = 0; i < size; i++) {
      const expiry = workflow.expiries.get(node + i)
      if (expiry === undefined) continue
      expiry.cancelled = true
      if (!this.#dispatcher.batching) continue
      const recall = (): void => {
        if (batch.isOpen(at + i)) this.#recall(batch)
      }
      workflow.expiries.set(node + i, this.#timers.set(expiry.at, recall))
    }
  }

  /** Takes back for threads that have nothing to do what waits behind something slow. */
  #share(): void {
    const found = this.#dispatcher.overdue(this.#at)
    if (typeof found === 'number') this.#lookAgain(found)
    else for (const batch of found ?? []) this.#recall(batch)
  }

  #lookAgain(at: number): void {
    if (this.#shareAt !== undefined && this.#shareAt <= at) return
    this.#shareAt = at
    this.#timers.set(at, () => {
      this.#shareAt = undefined
    })
  }

  #recall(batch: Batch): void {
    if (batch.isTaken || !this.#dispatcher.batching) return
    batch.isTaken = true
    this.#out.push({ type: 'recall', batch: batch.number })
  }

  /** What has not begun of a batch goes back to where it stood. */
  #takeBack({ batch: number, begun }: Recalled): void {
    const batch = this.#dispatcher.running.get(number)
    if (batch === undefined) return
    if (this.#listening) this.#announce(batch, begun)
    const [{ plan }] = batch.parts as [Part]
    if (!plan.load.isKnown && begun > 0) plan.load.note((this.#at - batch.at) / begun)
    for (const part of batch.parts) this.#takeBackPart(batch, part, begun)
    batch.isAnswered = true
    for (const [place, cancel] of batch.cancels) this.#tellCancel(batch, place, cancel)
    this.#dispatcher.weigh(batch)
    this.#dispatcher.block(batch)
  }

  #takeBackPart(batch: Batch, part: Part, begun: number): void {
    const { workflow, node, size, at, plan } = part
    const first = Math.max(begun, at)
    let from = node + first - at
    for (let place = first; place < at + size; place++) {
      const here = node + place - at
      const isClosed = batch.close(place)
      if (isClosed) this.#dispatcher.noteTaken(batch, plan)
      const goesBack = isClosed && isCurrent(part, here)
      if (goesBack) {
        workflow.move(here, 'ready')
        if (place < batch.announced) workflow.announced.add(here)
      } else {
        if (from < here) this.#putBack(part, from, here)
        from = here + 1
      }
    }
    if (from < node + size) this.#putBack(part, from, node + size)
  }

  /** Calls wait again where they stood, and can expire again. */
  #putBack(part: Part, from: number, to: number): void {
    this.#dispatcher.putBack(part, from, to)
    if (part.plan.policy.expires === undefined) return
    for (let node = from; node < to; node++) {
      if (!part.workflow.isReady(node)) continue // revoked with one before it
      part.workflow.stopExpiry(node)
      this.#expire(part.workflow, node)
    }
  }

  /** Tells listeners of the starts of the first `begun` calls of a batch that they have not heard of. */
  #announce(batch: Batch, begun: number): void {
    for (; batch.announced < Math.min(begun, batch.size); batch.announced++) {
      const { workflow, node, part } = runAt(batch, batch.announced)
      if (isCurrent(part, node)) {
        if (!workflow.forgetAnnounced(node)) this.#out.push(callEvents.started(workflow, node, batch.lane, this.#at))
      } else if (part.isLinked && !workflow.isFinal(node)) return // its turn comes with the end of the step before it
    }
  }

  /** Takes what became of calls of a batch. Of one that is not running any more it is late, and changes nothing. */
  #settle({ batch: number, ends, ms, random, begun = 0 }: Outcomes): void {
    const batch = this.#dispatcher.running.get(number)
    if (batch === undefined) {
      this.#tally.lateOutcomes += countOf(ends)
      return
    }
    this.#random = random
    const count = countOf(ends)
    this.#runMs = (ms ?? this.#at - batch.at) / Math.max(count, 1)
    if (ms !== undefined && count > 0) this.#learn(batch, ends, count, ms)
    for (const end of ends) {
      if ('outcome' in end) this.#settleAt(batch, end.at, end.outcome)
      else if ('values' in end) this.#settleValues(batch, end.from, end.values)
      else for (let i = 0; i < end.passed; i++) this.#settleAt(batch, end.from + i, PASSED)
    }
    if (this.#listening) this.#announce(batch, begun)
    this.#dispatcher.weigh(batch)
  }

  /** How long the calls of each task take that has some among these. */
  #learn(batch: Batch, ends: readonly BatchEnd[], count: number, ms: number): void {
    this.#tally.busyMs += ms
    this.#tally.runs.add(this.#runMs, count)
    let last: unknown
    for (const end of ends) {
      const { load } = batch.partAt('outcome' in end ? end.at : end.from).plan
      if (load !== last) load.note(this.#runMs)
      last = load
    }
  }

  #settleValues(batch: Batch, from: number, values: ArrayLike<unknown>): void {
    for (let i = 0; i < values.length; ) {
      const place = from + i
      const { at, size } = batch.partAt(Math.min(place, batch.size - 1))
      const count = Math.min(values.length - i, at + size - place)
      if (count > 1 && this.#fillTogether(batch, place, values, i, count)) i += count
      else this.#settleAt(batch, place, { ok: true, value: values[i++] })
    }
  }

  /** Members of one group that have succeeded one after the other fill its slots in one go, where each would do nothing else. */
  #fillTogether(batch: Batch, place: number, values: ArrayLike<unknown>, from: number, count: number): boolean {
    const { part, workflow, node } = runAt(batch, place)
    const { graph } = workflow
    const at = joinFilledBy(graph, node)
    const slot = graph.slot[node] as number
    const last = node + count - 1
    const areMembers = at >= 0 && graph.to[last] === graph.to[node] && graph.slot[last] === slot + count - 1
    if (!areMembers || this.#listening || this.#closed !== undefined || part.plan.policy.ignoreResult === true)
      return false
    if (part.isLinked || part.attempt > 1 || workflow.isFinal(at) || !workflow.isBare(node, last)) return false
    if (!batch.closeAll(place, count)) return false
    const filling = workflow.filling(at, graph.joins.get(at) as Join)
    const succeeded = workflow.succeedAll(node, values, from, count, filling.values, slot)
    this.#count(SUCCESS, succeeded)
    filling.missing -= succeeded
    if (succeeded > 0 && filling.missing === 0) this.#steps.push(this.#endOfJoin(workflow, at, filling, last))
    this.#workDown()
    return true
  }

  #settleAt(batch: Batch, place: number, outcome: Outcome): void {
    const run = runAt(batch, place)
    if (!this.#release(run)) {
      this.#tally.lateOutcomes++
      return
    }
    if (this.#listening) this.#announce(batch, place + 1)
    if (outcome.ok !== true) closeLinked(batch, place + 1)
    else if (batch.isLinkedAt(place + 1) && batch.isOpen(place + 1)) this.#linked = runAt(batch, place + 1)
    if (isCurrent(run.part, run.node)) {
      this.#settleRun(run, outcome)
      this.#workDown()
    }
    this.#linked = undefined
  }

  /** A run is over, whoever still waits for it; `false` if that was known. */
  #release({ batch, place, part }: Run): boolean {
    if (!batch.close(place)) return false
    const isParked = batch.isParked(place) && batch.parked.delete(place)
    if (!isParked) part.plan.gate?.leave()
    if (batch.deadline !== undefined && (batch.size === 1 || batch.open === 0)) batch.deadline.cancelled = true
    return true
  }

  #settleRun(run: Run, outcome: Outcome): void {
    run.workflow.hide(run.node)
    if (outcome.ok === true || outcome.ok === false) this.#finishRun(run, endOfRun(run, outcome))
    else this.#obey(run, outcome)
  }

  #finishRun({ workflow, node }: Run, end: End): void {
    if (this.#listening) this.#out.push(callEvents.ended(workflow, node, end, this.#at, this.#runMs))
    this.#steps.push({ do: 'end', workflow, node, end })
  }

  /** Does what a task has asked for in place of an end. */
  #obey(run: Run, signal: TaskSignal): void {
    const { workflow, node } = run
    if (signal.ok === 'retry') this.#retry(run, signal)
    else if (signal.ok === 'replace') this.#replace(run, signal.canvas)
    else if (signal.ok === 'reject' && signal.requeue) this.#requeue(run, signal.args)
    else {
      const rejected = signal.ok === 'reject'
      const what = `the task asked to be ${rejected ? 'rejected' : 'ignored'}`
      const error = new TaskIgnoredError(what, workflow.runOf(node), rejected)
      const failure: Failure = { error, origin: node, args: signal.args ?? argsOf(run), attempt: run.part.attempt }
      this.#finishRun(run, { status: rejected ? 'rejected' : 'ignored', failure })
    }
  }

  #requeue({ workflow, node }: Run, args: readonly unknown[] | undefined): void {
    if (this.#closed !== undefined) return this.#end(workflow, node, this.#revokedByClose(node))
    if (args !== undefined) workflow.replacedArgs.set(node, args)
    if (this.#listening) this.#out.push(callEvents.requeued(workflow, node, this.#at))
    this.#makeReady(workflow, node)
  }

  /** Puts a canvas in the place of a call: a workflow of its own, whose end is the call's. */
  #replace(run: Run, canvas: AnyCanvas): void {
    const { workflow, node } = run
    const inherited = inheritedByReplacement(canvas as Canvas, workflow.graph, node)
    const compiled = this.#compiled(withOptions(canvas as Canvas, { ...inherited, taskId: workflow.idOf(node) }))
    if (compiled instanceof Error) return this.#finishRun(run, endOfRun(run, { ok: false, error: compiled }))
    const inner = this.#admitInside(compiled, { workflow, node, path: workflow.pathOf(node) }, { kind: 'replacement' })
    workflow.replacements.set(node, inner)
  }

  #compiled(canvas: AnyCanvas): Graph | Error {
    try {
      return compile(canvas)
    } catch (error) {
      return error as Error
    }
  }

  #admitInside(graph: Graph, origin: Origin, continuation: Continuation): Workflow {
    const { keep, submittedAt } = origin.workflow
    const inner = this.#admit({ graph, keep, submittedAt, at: this.#at }, origin, continuation)
    this.#steps.push({ do: 'start', workflow: inner, node: graph.entry, input: { args: [], by: -1 } })
    return inner
  }

  #retry({ workflow, node, part }: Run, retry: Extract<TaskSignal, { ok: 'retry' }>): void {
    const { wait, jitter, error, args } = retry
    const delay = typeof wait === 'number' ? (jitter ? wait * this.#random : wait) : wait.valueOf() - this.#at
    if (this.#closed !== undefined) {
      this.#steps.push({ do: 'end', workflow, node, end: this.#revokedByClose(node) })
      return
    }
    this.#tally.retried++
    if (this.#listening) this.#out.push(callEvents.retried(workflow, node, error, delay, this.#at))
    workflow.retries.set(node, part.attempt)
    if (args !== undefined) workflow.replacedArgs.set(node, args)
    this.#postpone(workflow, node, 'retrying', this.#at + Math.max(delay, 0))
    if (delay <= 0) this.#timers.run(this.#at)
  }

  /** A thread died under a batch: under the call that was running, and those that waited there for their children. */
  #lose({ batch: number, loss, begun: known }: Lost): void {
    const batch = this.#dispatcher.running.get(number)
    if (batch === undefined) return
    const begun = Math.min(known ?? batch.size, batch.size)
    batch.isLost = true
    this.#runMs = this.#at - batch.at
    if (this.#listening) this.#announce(batch, begun)
    for (let place = 0; place < batch.size; place++) {
      if (!batch.isOpen(place)) continue
      const run = runAt(batch, place)
      if (!isCurrent(run.part, run.node)) this.#release(run)
      else if (place >= begun) {
        this.#returnRun(run)
        if (place < batch.announced) run.workflow.announced.add(run.node)
      } else if (diedBehind(batch, place, begun)) this.#settleAt(batch, place, PASSED)
      else if (this.#diedUnder(batch, place, begun)) this.#settleAt(batch, place, this.#endOfLost(run, loss))
      // It had ended, and what it gave died with the thread before it was told.
      else if (isPassed(run)) this.#settleAt(batch, place, this.#endOfLost(run, loss))
      else this.#returnRun(run)
    }
    this.#dispatcher.weigh(batch)
  }

  #diedUnder(batch: Batch, place: number, begun: number): boolean {
    return place === begun - 1 || batch.hasLent(place) || this.#dispatcher.callsPerThread > 1
  }

  /** A call goes back to where it stood, and runs again, or for the first time. */
  #returnRun(run: Run): void {
    const { batch, part, workflow, node } = run
    this.#release(run)
    if (part.isLinked || batch.isLinkedAt(run.place + 1)) workflow.isSuspect = true
    workflow.move(node, 'ready')
    this.#putBack(part, node, node + 1)
  }

  #endOfLost(run: Run, loss: Loss): Outcome {
    const { workflow, node, part } = run
    const losses = 1 + (workflow.losses.get(node) ?? 0)
    workflow.losses.set(node, losses)
    const mayRunAgain = part.plan.policy.onWorkerLost === 'requeue' && losses < MOST_LOSSES && !isPassed(run)
    if (mayRunAgain && loss.reason !== 'time-limit') return { ok: 'reject', requeue: true }
    // An errback is told what is known of the arguments, and what is still here of them.
    const args = argsOf(run).filter((arg) => arg !== DROPPED)
    return { ok: false, error: lostError(run, loss), args, ...movedArgs(run) }
  }

  /** Takes what a running call says. What comes after its end changes nothing. */
  #note(number: number, place: number, report: CallReport): void {
    const batch = this.#dispatcher.running.get(number)
    if (batch?.isOpen(place) !== true) return
    const run = runAt(batch, place)
    const { workflow, node } = run
    if (this.#listening) this.#announce(batch, place + 1)
    switch (report.kind) {
      case 'parked':
      case 'resumed':
        return this.#park(run, report.kind === 'parked')
      case 'started':
        return this.#limit(run)
      case 'revoke-child':
        return this.#revokeChild(run, report)
      case 'apply':
        return this.#applyChild(run, report)
      case 'add-to-chord':
        return this.#addMember(workflow, node, report.canvas)
      default:
        return this.#show(workflow, node, report)
    }
  }

  #show(workflow: Workflow, node: number, report: Extract<CallReport, { kind: 'progress' | 'state' }>): void {
    if (workflow.isFinal(node)) return
    if (report.kind === 'progress') workflow.progress.set(node, report.value)
    else workflow.shown.set(node, report)
    if (this.#listening) this.#out.push(callEvents.reported(workflow, node, report, this.#at))
  }

  /** A call that waits for a child lends its thread; when it goes on, there may for a while be more running than there is room for. */
  #park({ batch, place, part }: Run, isParked: boolean): void {
    if (batch.isParked(place) === isParked) return
    if (isParked) {
      batch.parked.add(place)
      batch.lenders.add(place)
    } else batch.parked.delete(place)
    if (isParked) part.plan.gate?.leave()
    else part.plan.gate?.resume()
    this.#dispatcher.weigh(batch)
  }

  /** Ends the thread of a call when its hard limit strikes. */
  #limit(run: Run): void {
    const { batch, part, workflow, node } = run
    const { timeLimit = Infinity } = part.plan.policy
    if (timeLimit === Infinity || workflow.isFinal(node)) return
    batch.deadline = this.#timers.set(this.#at + timeLimit, () => {
      const message = `"${workflow.taskNameOf(node)}" ran longer than ${timeLimit} ms`
      const error = new TimeLimitError(message, workflow.runOf(node, part.attempt), timeLimit)
      this.#terminate(batch, { reason: 'time-limit', cause: error })
      this.#runMs = timeLimit
      // Its thread is busy until it is gone, so the batch stays open.
      if (isCurrent(part, node)) this.#settleRun(run, retryOrFail(run, error))
      this.#workDown()
    })
  }

  #applyChild(run: Run, { child, id, canvas }: Extract<CallReport, { kind: 'apply' }>): void {
    const { batch, place, workflow, node } = run
    const given = canvas as Canvas
    const compiled = this.#compiled(given.options.taskId === undefined ? withOptions(given, { taskId: id }) : given)
    if (compiled instanceof Error || this.#closed !== undefined) {
      const error = compiled instanceof Error ? compiled : new ClosedError(this.#closed)
      const told = { kind: 'child', child, outcome: { ok: false, error } } as const
      this.#out.push({ type: 'tell', batch: batch.number, call: place, told })
      return
    }
    const path = joinPath(workflow.pathOf(node), `children[${child}]`)
    const continuation = { kind: 'child', batch: batch.number, call: place, child } as const
    const inner = this.#admitInside(compiled, { workflow, node, path }, continuation)
    workflow.addChild(node, { workflow: inner, node: compiled.exit })
    batch.children.set(childKey(place, child), inner)
  }

  #revokeChild(
    { batch, place }: Run,
    { child, reason, terminate }: Extract<CallReport, { kind: 'revoke-child' }>,
  ): void {
    const inner = batch.children.get(childKey(place, child))
    if (inner !== undefined) this.#revokeSubtree(inner, inner.graph.exit, reason, terminate)
  }

  /** Adds a member to the group that a call is a member of; its value comes behind those of all members before it. */
  #addMember(workflow: Workflow, node: number, canvas: AnyCanvas): void {
    const { workflow: outer, join: at } = workflow.headerOf(node) ?? {}
    const join = at === undefined ? undefined : outer?.graph.joins.get(at)
    if (outer === undefined || at === undefined || join === undefined || outer.isFinal(at)) return
    const filling = outer.filling(at, join)
    const slot = filling.values.push(undefined) - 1
    filling.missing++
    const compiled = this.#compiled(canvas)
    const origin = { workflow, node, path: joinPath(outer.pathOf(at), `members[${slot}]`) }
    if (compiled instanceof Error) {
      const failure: Failure = { error: compiled, origin: node, attempt: 0 }
      this.#leaveEmpty(outer, at, join, filling, { slot, end: { status: 'failed', failure } })
      filling.missing--
    } else filling.added.push(this.#admitInside(compiled, origin, { kind: 'member', workflow: outer, join: at, slot }))
  }

  #revoke({ targets, reason, terminate }: Revoke): void {
    for (const { workflow, node, scope } of targets) {
      if (scope === 'subtree') this.#revokeSubtree(workflow, node, reason, terminate)
      else this.#revokeAll(workflow, [node, ...workflow.inside(node)], reason, terminate)
    }
  }

  /** Revokes all that is not final in the chains up to a node, and what it led to. */
  #revokeSubtree(workflow: Workflow, node: number, reason: unknown, terminate: boolean): void {
    if (node === workflow.graph.exit) workflow.isRevoked = true
    const nodes = workflow.upTo(node)
    this.#revokeAll(workflow, nodes, reason, terminate)
    for (const each of nodes)
      for (const child of workflow.children(each)) this.#revokeSubtree(child.workflow, child.node, reason, terminate)
  }

  #revokeAll(workflow: Workflow, nodes: readonly number[], reason: unknown, terminate: boolean): void {
    for (const node of nodes)
      if (!workflow.isFinal(node)) this.#revokeNode(workflow, node, revokedError(workflow, node, reason), terminate)
  }

  #revokeAdded(filling: Filling | undefined, reason: unknown, terminate: boolean): void {
    for (const inner of filling?.added ?? []) this.#revokeSubtree(inner, inner.graph.exit, reason, terminate)
  }

  /** Revokes a node that is not final: at once for everybody who waits. If it runs, its run is told, and what it still returns is dropped. */
  #revokeNode(workflow: Workflow, node: number, error: TaskRevokedError, terminate: boolean): void {
    if ((workflow.graph.joins.get(node)?.width ?? 0) > 0) {
      // It ends when its members have, those included that were added.
      this.#revokeAdded(workflow.fillings.get(node), error.cause, terminate)
      return
    }
    const end: End = { status: 'revoked', failure: { error, origin: node, attempt: error.attempt } }
    if (this.#listening && workflow.graph.calls[node] !== undefined && !workflow.isWaiting(node))
      this.#out.push(callEvents.ended(workflow, node, end, this.#at, this.#at))
    const inner = workflow.replacements.get(node)
    if (inner !== undefined) this.#revokeSubtree(inner, inner.graph.exit, error.cause, terminate)
    else if (workflow.isRunning(node)) this.#cancel(workflow, node, error, terminate)
    else if (workflow.linkedBatches > 0) this.#recallLinked(workflow, node)
    this.#end(workflow, node, end)
  }

  /** The run of a revoked call is told, if it has begun; if not, it never does. */
  #cancel(workflow: Workflow, node: number, error: Error, terminate: boolean): void {
    const batch = this.#dispatcher.batchOf(workflow, node)
    const place = batch?.placeOf(workflow, node) ?? -1
    if (batch === undefined) return
    if (!this.#dispatcher.batching || batch.isAnswered) return this.#tellCancel(batch, place, { error, terminate })
    batch.cancels.set(place, { error, terminate })
    this.#recall(batch)
  }

  #tellCancel(batch: Batch, place: number, { error, terminate }: Cancel): void {
    batch.cancels.delete(place)
    if (batch.isLost || !batch.isOpen(place)) return
    this.#out.push({ type: 'tell', batch: batch.number, call: place, told: { kind: 'cancel', error } })
    if (!terminate || this.#graceMs === Infinity) return
    if (batch.deadline !== undefined) batch.deadline.cancelled = true
    batch.deadline = this.#timers.set(this.#at + this.#graceMs, () => {
      if (!batch.isOpen(place)) return
      this.#terminate(batch, { reason: 'terminated', cause: error })
    })
  }

  #terminate(batch: Batch, loss: Loss): void {
    this.#dispatcher.noteThread(batch.lane, false)
    this.#out.push({ type: 'terminate', batch: batch.number, loss })
  }

  /** A step is revoked that would run right after the one before it. */
  #recallLinked(workflow: Workflow, node: number): void {
    const batch = this.#dispatcher.batchOf(workflow, node)
    if (batch !== undefined) this.#recall(batch)
  }

  #close(message: string, dropRunning: boolean): void {
    const { lanes } = this.#dispatcher
    this.#closed = message
    const pending: { workflow: Workflow; node: number }[] = [...this.#dispatcher.queue]
    for (const workflow of this.#workflows.values())
      for (const node of workflow.timers.keys()) pending.push({ workflow, node })
    for (const batch of this.#dispatcher.running.values()) {
      if (dropRunning) for (let place = 0; place < batch.size; place++) pending.push(runAt(batch, place))
      else if (batch.size > 1 || lanes[batch.lane]?.batches.values().next().value !== batch) this.#recall(batch)
    }
    if (dropRunning) this.#drop()
    this.#revokePending(pending)
  }

  /** What has come back since the close, or been ready before it. */
  #revokeReady(): void {
    this.#revokePending([...this.#dispatcher.queue])
    this.#dispatcher.queue.clear()
  }

  /** Nobody waits any more for what runs. */
  #drop(): void {
    for (const { deadline } of this.#dispatcher.running.values()) if (deadline !== undefined) deadline.cancelled = true
    this.#dispatcher.drop()
  }

  #revokePending(pending: readonly { workflow: Workflow; node: number }[]): void {
    for (const { workflow, node } of pending) {
      if (workflow.isFinal(node) || workflow.isWaiting(node)) continue // revoked before, and its run has not stopped; or a linked step
      const end = this.#revokedByClose(node)
      if (this.#listening) this.#out.push(callEvents.ended(workflow, node, end, this.#at, 0))
      this.#steps.push({ do: 'end', workflow, node, end })
      this.#workDown()
    }
  }

  #revokedByClose(node: number): End {
    return { status: 'revoked', failure: { error: new ClosedError(this.#closed), origin: node, attempt: 0 } }
  }
}

/** Runs of a call whose thread dies each time. */
const MOST_LOSSES = 4
const NO_STEPS: readonly Step[] = []
const SUCCESS = { status: 'succeeded' } as const
const PASSED: Outcome = { ok: true, value: DROPPED }

const isInside = (hook: Hook, failure: Failure): boolean => failure.origin >= hook.from && failure.origin <= hook.to

const revokedError = (workflow: Workflow, node: number, cause: unknown): TaskRevokedError =>
  new TaskRevokedError(
    'the call was revoked',
    workflow.runOf(node, workflow.status(node) === 'running' ? undefined : 0),
    { terminated: false, cause },
  )

function endOfRun(run: Run, outcome: Extract<Outcome, { ok: boolean }>): End {
  if (outcome.ok) return { status: 'succeeded', value: outcome.value }
  const { error, item, args = argsOf(run) } = outcome
  return { status: 'failed', failure: { error, origin: run.node, args, item, attempt: run.part.attempt } }
}

/** An error that no worker has seen: whether it is retried is decided here. */
function retryOrFail(run: Run, error: Error): Outcome {
  const { plan, attempt } = run.part
  const { policy } = plan
  if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return { ok: false, error, ...movedArgs(run) }
  const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
  return { ok: 'retry', error, wait: retryDelayOf(policy, attempt - 1, 1), jitter, args: undefined }
}

function runAt(batch: Batch, place: number): Run {
  const part = batch.partAt(place)
  return { batch, place, part, workflow: part.workflow, node: part.node + place - part.at }
}

const argsOf = ({ batch, place }: Run): readonly unknown[] => batch.callAt(place).args

/** Of a call whose thread was ended under it, what was moved there is gone, and cannot be told. */
const movedArgs = ({ workflow }: Run): { readonly args?: readonly unknown[] } =>
  workflow.graph.movesValues === true ? { args: [] } : {}

/** What came in went from step to step in the thread: nobody here knows it. */
const isPassed = ({ workflow, node }: Run): boolean => workflow.input(node).args[0] === DROPPED

const childKey = (place: number, child: number): string => `${place}.${child}`

function countOf(ends: readonly BatchEnd[]): number {
  let count = 0
  for (const end of ends) count += 'outcome' in end ? 1 : 'values' in end ? end.values.length : end.passed
  return count
}

/** The place of the last step that left with the one at `place`. */
function lastLinked(batch: Batch, place: number): number {
  let last = place
  while (batch.isLinkedAt(last + 1)) last++
  return last
}

/** The thread died under a later step of the same chain: those before it have succeeded, and the chain ends there. */
const diedBehind = (batch: Batch, place: number, begun: number): boolean =>
  place + 1 < begun && batch.isLinkedAt(place + 1) && lastLinked(batch, place) >= begun - 1

/** Steps that left with one that did not succeed will not run. */
function closeLinked(batch: Batch, from: number): void {
  for (let place = from; batch.isLinkedAt(place); place++) batch.close(place)
}

/** The end of a workflow as what it stands for ends: a failure began there, for all that is outside. */
function endOutside(inner: Workflow, node: number, end: End): End {
  if (end.status === 'succeeded') return end
  return { status: end.status, failure: failureOutside(inner, node, end.failure) }
}

const failureOutside = (inner: Workflow, node: number, failure: Failure): Failure => ({
  ...failure,
  origin: node,
  told: inner.describe(failure),
  ...(failure.cause && { cause: failureOutside(inner, node, failure.cause) }),
})
