/**
 * The state machine. Stimuli in, instructions out; it never starts, waits for or times anything.
 *
 * `handle` is the only way in. Work that one stimulus sets off is a stack of steps that is worked down, never a recursion: a chain may
 * have a hundred thousand steps, and a failure runs through all of them.
 */

import type { Canvas } from '../canvas/canvas.js'
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
import { type Input, inheritedByReplacement, invocationOf } from '../graph/call.js'
import { compile, compileCallback } from '../graph/compile.js'
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
import { callEvents } from './call-events.js'
import { chordEnd, lostError } from './failures.js'
import type { Batch, Call, CallReport, Instruction, Outcome, Revoke, Stimulus, Submit, TaskSignal } from './messages.js'
import { Policies } from './policies.js'
import { ReadyQueue } from './ready-queue.js'
import { type Timer, Timers } from './timers.js'
import {
  type ChildRef,
  type Continuation,
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

interface Running {
  readonly batch: Batch
  readonly startedAt: number
  /** It waits for a child, and has lent its slot. */
  isParked: boolean
  /** Children that its calls have applied. */
  readonly children: Map<number, Workflow>
  /** Hard limit, or the grace before its thread is ended. */
  deadline: Timer | undefined
}

/** A look inside, for invariants and `inspect()`. */
export interface SchedulerState {
  readonly slots: number
  readonly free: number
  readonly workflows: ReadonlyMap<number, Workflow>
  readonly queue: ReadyQueue
  readonly running: ReadonlyMap<number, Running>
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
}

const DEFAULT_GRACE_MS = 1_000

export class Scheduler {
  readonly #slots: number
  readonly #idPrefix: string
  readonly #policies: Policies
  readonly #graceMs: number
  readonly #queue = new ReadyQueue()
  readonly #timers = new Timers()
  readonly #workflows = new Map<number, Workflow>()
  readonly #running = new Map<number, Running>()
  /** Nodes whose id the user has chosen. */
  readonly #named = new Map<string, ChildRef>()
  readonly #steps: Step[] = []
  #out: Instruction[] = []
  #free: number
  #at = 0
  #workflowCount = 0
  #batchCount = 0
  #ended = 0
  #revoked = 0
  #listening = false
  /** Why nothing may start any more. */
  #closed: string | undefined
  #random = 0
  /** What the driver has been told last. */
  #wakeAt: number | undefined

  /**
   * @param slots - How many batches may be under way at one time.
   * @param idPrefix - Text that no other scheduler has, for the ids of calls.
   */
  constructor(slots: number, idPrefix: string, { defaults = {}, graceMs = DEFAULT_GRACE_MS }: SchedulerOptions = {}) {
    this.#graceMs = graceMs
    this.#policies = new Policies(defaults)
    this.#slots = slots
    this.#free = slots
    this.#idPrefix = idPrefix
  }

  /** Takes in what happened and tells what is to be done about it, in order. */
  handle(stimulus: Stimulus): Instruction[] {
    if ('at' in stimulus) this.#at = stimulus.at
    this.#receive(stimulus)
    this.#workDown()
    this.#dispatch()
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
      slots: this.#slots,
      free: this.#free,
      workflows: this.#workflows,
      queue: this.#queue,
      running: this.#running,
      ended: this.#ended,
      revoked: this.#revoked,
    }
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
        else stimulus.workflow.watched.add(stimulus.node)
        return
      case 'listen':
        this.#listening = stimulus.listening
        return
      case 'outcomes':
        this.#random = stimulus.random
        return this.#settleBatch(stimulus.batch, (_call, i) => stimulus.outcomes[i])
      case 'lost':
        return this.#settleBatch(stimulus.batch, (call) => ({ ok: false, error: lostError(call, stimulus.loss) }))
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

  #submit(submit: Submit): void {
    const workflow = this.#admit(submit)
    this.#out.push({ type: 'accepted', workflow })
    if (submit.isRevoked) return // what comes next is its revoke
    const input = { args: submit.args, kwargs: submit.kwargs, by: -1 }
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
    const { delays } = workflow.graph
    for (let node = from; node < to; node++) {
      if (workflow.isFinal(node)) continue
      workflow.feed(node, input)
      const at = delays.size === 0 ? undefined : this.#timeOf(delays.get(node))
      if (at === undefined || at <= this.#at) this.#makeReady(workflow, node)
      else this.#postpone(workflow, node, 'scheduled', at)
      this.#expire(workflow, node)
    }
  }

  #timeOf(delay: Delay | undefined): number | undefined {
    return typeof delay === 'number' ? this.#at + delay : delay?.valueOf()
  }

  #makeReady(workflow: Workflow, node: number): void {
    workflow.move(node, 'ready')
    if (this.#listening) this.#out.push(...callEvents.sent(workflow, node, this.#at))
    this.#queue.push(workflow, node, this.#policies.of(workflow, node).priority ?? 0)
  }

  #postpone(workflow: Workflow, node: number, status: 'scheduled' | 'retrying', at: number): void {
    workflow.move(node, status)
    workflow.timers.set(
      node,
      this.#timers.set(at, () => {
        workflow.timers.delete(node)
        this.#makeReady(workflow, node)
      }),
    )
  }

  /** Sees to it that a call that has not started in time never does. */
  #expire(workflow: Workflow, node: number): void {
    const { expires } = this.#policies.of(workflow, node)
    if (expires === undefined || expires === Infinity) return
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
    const started = hooks === undefined || this.#closed !== undefined ? [] : this.#runHooks(workflow, node, end, hooks)
    workflow.end(node, end)
    this.#forget(workflow, node)
    if (workflow.graph.calls[node] !== undefined) this.#count(end)
    if (workflow.watched.delete(node)) this.#out.push({ type: 'ended', workflow, node })
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
        return this.#tellChild(continuation, end)
      default:
        return assertNever(continuation)
    }
  }

  #tellChild({ batch, child }: Extract<Continuation, { kind: 'child' }>, end: End): void {
    if (!this.#running.has(batch)) return
    const outcome =
      end.status === 'succeeded'
        ? { ok: true as const, value: end.value }
        : { ok: false as const, error: unwrapped(end.failure).error }
    this.#out.push({ type: 'tell', batch, call: 0, told: { kind: 'child', child, outcome } })
  }

  /** Lets go of what only mattered while the node was not final. */
  #forget(workflow: Workflow, node: number): void {
    workflow.fillings.delete(node) // begun again by a skip that came after its members had been revoked
    for (const timers of [workflow.timers, workflow.expiries]) {
      const timer = timers.get(node)
      if (timer === undefined) continue
      timer.cancelled = true
      timers.delete(node)
    }
  }

  #ignoresResult(workflow: Workflow, node: number): boolean {
    return workflow.graph.calls[node] !== undefined && this.#policies.of(workflow, node).ignoreResult === true
  }

  #count(end: End): void {
    if (end.status === 'revoked') this.#revoked++
    else this.#ended++
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
    const passed = workflow.passed.get(node)
    workflow.passed.delete(node)
    const input = passed ?? { args: [end.value], by: closerOf(workflow, node) }
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
    if (--filling.missing > 0) return undefined
    workflow.fillings.delete(at)
    workflow.closers.set(at, closerOf(workflow, node))
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
    while (this.#free > 0) {
      const next = this.#queue.take()
      if (next === undefined) return
      this.#run(next.workflow, next.node)
    }
  }

  #run(workflow: Workflow, node: number): void {
    const invocation = invocationOf(workflow.graph, node, workflow.input(node))
    const args = workflow.replacedArgs.get(node) ?? invocation.args
    const policy = this.#policies.of(workflow, node)
    const call: Call = { ...invocation, args, workflow, node, attempt: workflow.attemptOf(node), policy }
    const batch: Batch = { number: this.#batchCount++, calls: [call] }
    workflow.move(node, 'running')
    const expiry = workflow.expiries.get(node)
    if (expiry !== undefined) expiry.cancelled = true
    this.#free--
    this.#running.set(batch.number, {
      batch,
      startedAt: this.#at,
      isParked: false,
      children: new Map(),
      deadline: undefined,
    })
    this.#out.push({ type: 'dispatch', batch })
    if (this.#listening) this.#out.push(callEvents.started(workflow, node, this.#at))
  }

  /** Takes what became of a batch. One that is not running any more is late, and changes nothing. */
  #settleBatch(number: number, outcomeOf: (call: Call, index: number) => Outcome | undefined): void {
    const running = this.#running.get(number)
    if (running === undefined) return
    this.#running.delete(number)
    if (!running.isParked) this.#free++
    if (running.deadline !== undefined) running.deadline.cancelled = true
    running.batch.calls.forEach((call, i) => {
      const outcome = outcomeOf(call, i)
      if (outcome !== undefined && isCurrent(call)) this.#settleCall(call, outcome, running.startedAt)
    })
  }

  #settleCall(call: Call, outcome: Outcome, startedAt: number): void {
    call.workflow.shown.delete(call.node)
    if (outcome.ok === true || outcome.ok === false) this.#finishCall(call, endOfRun(call, outcome), startedAt)
    else this.#obey(call, outcome, startedAt)
    this.#workDown()
  }

  #finishCall({ workflow, node }: Call, end: End, startedAt: number): void {
    if (this.#listening) this.#out.push(callEvents.ended(workflow, node, end, this.#at, startedAt))
    this.#steps.push({ do: 'end', workflow, node, end })
  }

  /** Does what a task has asked for in place of an end. */
  #obey(call: Call, signal: TaskSignal, startedAt: number): void {
    const { workflow, node } = call
    if (signal.ok === 'retry') this.#retry(call, signal)
    else if (signal.ok === 'replace') this.#replace(call, signal.canvas, startedAt)
    else if (signal.ok === 'reject' && signal.requeue) this.#requeue(workflow, node)
    else {
      const rejected = signal.ok === 'reject'
      const error = new TaskIgnoredError(
        `the task asked to be ${rejected ? 'rejected' : 'ignored'}`,
        workflow.runOf(node),
        rejected,
      )
      const failure: Failure = { error, origin: node, args: call.args, attempt: call.attempt }
      this.#finishCall(call, { status: rejected ? 'rejected' : 'ignored', failure }, startedAt)
    }
  }

  #requeue(workflow: Workflow, node: number): void {
    if (this.#closed !== undefined) return this.#end(workflow, node, this.#revokedByClose(node))
    if (this.#listening) this.#out.push(callEvents.requeued(workflow, node, this.#at))
    this.#makeReady(workflow, node)
  }

  /** Puts a canvas in the place of a call: a workflow of its own, whose end is the call's. */
  #replace(call: Call, canvas: AnyCanvas, startedAt: number): void {
    const { workflow, node } = call
    const inherited = inheritedByReplacement(canvas as Canvas, workflow.graph, node)
    const compiled = this.#compiled(withOptions(canvas as Canvas, { ...inherited, taskId: workflow.idOf(node) }))
    if (compiled instanceof Error)
      return this.#finishCall(call, endOfRun(call, { ok: false, error: compiled }), startedAt)
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

  #retry({ workflow, node, attempt }: Call, retry: Extract<TaskSignal, { ok: 'retry' }>): void {
    const { wait, jitter, error, args } = retry
    const delay = typeof wait === 'number' ? (jitter ? wait * this.#random : wait) : wait.valueOf() - this.#at
    if (this.#closed !== undefined) {
      this.#steps.push({ do: 'end', workflow, node, end: this.#revokedByClose(node) })
      return
    }
    if (this.#listening) this.#out.push(callEvents.retried(workflow, node, error, delay, this.#at))
    workflow.retries.set(node, attempt)
    if (args !== undefined) workflow.replacedArgs.set(node, args)
    this.#postpone(workflow, node, 'retrying', this.#at + Math.max(delay, 0))
    if (delay <= 0) this.#timers.run(this.#at)
  }

  /** Takes what a running call says. What comes after its end changes nothing. */
  #note(number: number, index: number, report: CallReport): void {
    const running = this.#running.get(number)
    const call = running?.batch.calls[index]
    if (running === undefined || call === undefined) return
    const { workflow, node } = call
    switch (report.kind) {
      case 'parked':
      case 'resumed':
        return this.#park(running, report.kind === 'parked')
      case 'started':
        return this.#limit(running, call)
      case 'revoke-child':
        return this.#revokeChild(running, report)
      case 'apply':
        return this.#applyChild(running, call, report)
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

  /** A call that waits for a child lends its slot; when it goes on, there may for a while be more running than there are slots. */
  #park(running: Running, isParked: boolean): void {
    if (running.isParked === isParked) return
    running.isParked = isParked
    this.#free += isParked ? 1 : -1
  }

  /** Ends the thread of a call when its hard limit strikes. */
  #limit(running: Running, call: Call): void {
    const { timeLimit = Infinity } = call.policy
    if (timeLimit === Infinity || call.workflow.isFinal(call.node)) return
    running.deadline = this.#timers.set(this.#at + timeLimit, () => {
      const { workflow, node, attempt } = call
      const error = new TimeLimitError(
        `"${workflow.taskNameOf(node)}" ran longer than ${timeLimit} ms`,
        workflow.runOf(node, attempt),
        timeLimit,
      )
      this.#out.push({ type: 'terminate', batch: running.batch.number, loss: { reason: 'time-limit', cause: error } })
      if (isCurrent(call)) this.#settleCall(call, this.#retryOrFail(call, error), running.startedAt)
    })
  }

  /** An error that no worker has seen: whether it is retried is decided here. */
  #retryOrFail({ policy, attempt }: Call, error: Error): Outcome {
    if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return { ok: false, error }
    const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
    return { ok: 'retry', error, wait: retryDelayOf(policy, attempt - 1, 1), jitter, args: undefined }
  }

  #applyChild(
    running: Running,
    { workflow, node }: Call,
    { child, id, canvas }: Extract<CallReport, { kind: 'apply' }>,
  ): void {
    const given = canvas as Canvas
    const compiled = this.#compiled(given.options.taskId === undefined ? withOptions(given, { taskId: id }) : given)
    if (compiled instanceof Error || this.#closed !== undefined) {
      const error = compiled instanceof Error ? compiled : new ClosedError(this.#closed)
      this.#out.push({
        type: 'tell',
        batch: running.batch.number,
        call: 0,
        told: { kind: 'child', child, outcome: { ok: false, error } },
      })
      return
    }
    const path = joinPath(workflow.pathOf(node), `children[${child}]`)
    const inner = this.#admitInside(
      compiled,
      { workflow, node, path },
      { kind: 'child', batch: running.batch.number, child },
    )
    workflow.addChild(node, { workflow: inner, node: compiled.exit })
    running.children.set(child, inner)
  }

  #revokeChild(running: Running, { child, reason, terminate }: Extract<CallReport, { kind: 'revoke-child' }>): void {
    const inner = running.children.get(child)
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
    else if (workflow.status(node) === 'running') this.#cancel(workflow, node, error, terminate)
    this.#end(workflow, node, end)
  }

  #cancel(workflow: Workflow, node: number, error: Error, terminate: boolean): void {
    const running = [...this.#running.values()].find(({ batch }) =>
      batch.calls.some((call) => call.workflow === workflow && call.node === node && isCurrent(call)),
    )
    if (running === undefined) return
    const batch = running.batch.number
    this.#out.push({ type: 'tell', batch, call: 0, told: { kind: 'cancel', error } })
    if (!terminate || this.#graceMs === Infinity) return
    if (running.deadline !== undefined) running.deadline.cancelled = true
    running.deadline = this.#timers.set(this.#at + this.#graceMs, () => {
      this.#out.push({ type: 'terminate', batch, loss: { reason: 'terminated', cause: error } })
    })
  }

  #close(message: string, dropRunning: boolean): void {
    this.#closed = message
    const pending = [...this.#queue]
    this.#queue.clear()
    for (const workflow of this.#workflows.values())
      for (const node of workflow.timers.keys()) pending.push({ workflow, node })
    if (dropRunning) {
      for (const { batch, deadline } of this.#running.values()) {
        pending.push(...batch.calls)
        if (deadline !== undefined) deadline.cancelled = true
      }
      this.#running.clear()
      this.#free = this.#slots
    }
    for (const { workflow, node } of pending) {
      if (workflow.isFinal(node)) continue // revoked before, and its run has not stopped
      const end = this.#revokedByClose(node)
      if (this.#listening) this.#out.push(callEvents.ended(workflow, node, end, this.#at, this.#at))
      this.#steps.push({ do: 'end', workflow, node, end })
      this.#workDown()
    }
  }

  #revokedByClose(node: number): End {
    return { status: 'revoked', failure: { error: new ClosedError(this.#closed), origin: node, attempt: 0 } }
  }
}

const isInside = (hook: Hook, failure: Failure): boolean => failure.origin >= hook.from && failure.origin <= hook.to

/** The call whose end let a node end: for a join, the member that came last. */
const closerOf = (workflow: Workflow, node: number): number => workflow.closers.get(node) ?? node

const revokedError = (workflow: Workflow, node: number, cause: unknown): TaskRevokedError =>
  new TaskRevokedError(
    'the call was revoked',
    workflow.runOf(node, workflow.status(node) === 'running' ? undefined : 0),
    { terminated: false, cause },
  )

function endOfRun({ node, args, attempt }: Call, outcome: Extract<Outcome, { ok: boolean }>): End {
  if (outcome.ok) return { status: 'succeeded', value: outcome.value }
  return { status: 'failed', failure: { error: outcome.error, origin: node, args, item: outcome.item, attempt } }
}

/** Whether a run still speaks for its call: it has not been revoked, nor given up for another run. */
const isCurrent = ({ workflow, node, attempt }: Call): boolean =>
  workflow.status(node) === 'running' && workflow.attemptOf(node) === attempt

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
