/**
 * The state machine. Stimuli in, instructions out; it never starts, waits for or times anything.
 *
 * `handle` is the only way in. Work that one stimulus sets off is a stack of steps that is worked down, never a recursion: a chain may
 * have a hundred thousand steps, and a failure runs through all of them.
 */

import type { AnyCanvas } from '../canvas/typing.js'
import { assertNever, ChordError, ClosedError, WorkerLostError } from '../errors.js'
import { type Input, invocationOf, taskOf } from '../graph/call.js'
import { compileCallback } from '../graph/compile.js'
import { bodyOf, entryOf, type Hook, type Join, joinFilledBy, joinPath, nextStepOf } from '../graph/graph.js'
import { findTask } from '../task/registry.js'
import { callEvents } from './call-events.js'
import type { Batch, Call, Instruction, Loss, Outcome, Stimulus, Submit } from './messages.js'
import { ReadyQueue } from './ready-queue.js'
import { type ChildRef, type End, type Failure, type Filling, type Plan, Workflow } from './workflow.js'

/** Something that follows from what has just happened to a node. */
type Step =
  | { readonly do: 'start'; readonly workflow: Workflow; readonly node: number; readonly input: Input }
  /** It ends with what ended before it, without having started; of a join, its members do. */
  | { readonly do: 'skip'; readonly workflow: Workflow; readonly node: number; readonly end: End }
  | { readonly do: 'end'; readonly workflow: Workflow; readonly node: number; readonly end: End }

interface Running {
  readonly batch: Batch
  readonly startedAt: number
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

export class Scheduler {
  readonly #slots: number
  readonly #idPrefix: string
  readonly #queue = new ReadyQueue()
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

  /**
   * @param slots - How many batches may be under way at one time.
   * @param idPrefix - Text that no other scheduler has, for the ids of calls.
   */
  constructor(slots: number, idPrefix: string) {
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
        return this.#settleBatch(stimulus.batch, (_call, i) => stimulus.outcomes[i])
      case 'lost':
        return this.#settleBatch(stimulus.batch, (call) => ({ ok: false, error: lostError(call, stimulus.loss) }))
      case 'close':
        return this.#close(stimulus.message, stimulus.running === 'drop')
      default:
        return assertNever(stimulus)
    }
  }

  #submit(submit: Submit): void {
    const workflow = this.#admit(submit)
    this.#out.push({ type: 'accepted', workflow })
    const input = { args: submit.args, kwargs: submit.kwargs, by: -1 }
    this.#steps.push({ do: 'start', workflow, node: submit.graph.entry, input })
  }

  #admit(plan: Plan, origin?: { workflow: Workflow; node: number; path: string }): Workflow {
    const workflow = new Workflow(plan, this.#workflowCount++, this.#idPrefix, origin)
    this.#workflows.set(workflow.number, workflow)
    workflow.root.open++
    workflow.root.callsInAll += plan.graph.callCount
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
    const { calls, joins } = workflow.graph
    const join = joins.get(node)
    if (this.#closed !== undefined) this.#skip(workflow, node, this.#revokedAt(node))
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
    workflow.fillings.set(node, emptyFilling(join.width))
    if (join.entries === undefined) return this.#enqueue(workflow, node + 1, node + 1 + join.width, input)
    this.#follow(join.entries.map((entry) => ({ do: 'start', workflow, node: entry, input })))
  }

  #enqueue(workflow: Workflow, from: number, to: number, input: Input): void {
    for (let node = from; node < to; node++) {
      workflow.feed(node, input)
      workflow.move(node, 'ready')
      if (this.#listening) this.#out.push(...callEvents.sent(workflow, node, this.#at))
    }
    this.#queue.push(workflow, from, to)
  }

  #skip(workflow: Workflow, node: number, end: End): void {
    const join = workflow.graph.joins.get(node)
    if (join === undefined || join.width === 0) return this.#end(workflow, node, end)
    workflow.fillings.set(node, emptyFilling(join.width))
    const members = Array.from({ length: join.width }, (_, i) => entryOf(node, join, i))
    this.#follow(members.map((member) => ({ do: 'skip', workflow, node: member, end })))
  }

  /** A node becomes final: callbacks get their ids, then it shows, then callbacks and the next step leave. */
  #end(workflow: Workflow, node: number, end: End): void {
    const hooks = workflow.graph.hooks.get(node)
    const started = hooks === undefined || this.#closed !== undefined ? [] : this.#runHooks(workflow, node, end, hooks)
    workflow.end(node, end)
    if (workflow.graph.calls[node] !== undefined) this.#count(end)
    if (workflow.watched.delete(node)) this.#out.push({ type: 'ended', workflow, node })
    const next = this.#forward(workflow, node, end)
    if (next !== undefined) this.#steps.push(next)
    this.#follow(started)
    if (workflow.left === 0) this.#finish(workflow)
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
  #spawn(
    canvas: AnyCanvas,
    origin: { workflow: Workflow; node: number; path: string },
    given: unknown,
    isChild: boolean,
  ): Step {
    const { keep, submittedAt } = origin.workflow
    const graph = compileCallback(canvas)
    const workflow = this.#admit({ graph, keep, submittedAt }, origin)
    if (isChild) origin.workflow.addChild(origin.node, { workflow, node: graph.exit })
    return { do: 'start', workflow, node: graph.entry, input: { args: [given], by: -1 } }
  }

  /** What a node's end sets off behind it. */
  #forward(workflow: Workflow, node: number, end: End): Step | undefined {
    const join = joinFilledBy(workflow.graph, node)
    if (join >= 0) return this.#fill(workflow, join, node, end)
    const next = nextStepOf(workflow.graph, node)
    if (next < 0) return undefined
    if (end.status !== 'succeeded')
      return { do: 'skip', workflow, node: next, end: this.#asChordError(workflow, node, end) }
    if (!workflow.keep) workflow.drop(node)
    const passed = workflow.passed.get(node)
    workflow.passed.delete(node)
    const input = passed ?? { args: [end.value], by: closerOf(workflow, node) }
    return { do: 'start', workflow, node: next, input }
  }

  #fill(workflow: Workflow, join: number, node: number, end: End): Step | undefined {
    const filling = workflow.fillings.get(join) as Filling
    const slot = workflow.graph.slot[node] as number
    if (end.status !== 'succeeded') {
      if (filling.failed === undefined || slot < filling.failed.slot) filling.failed = { slot, node }
    } else {
      filling.values[slot] = end.value
    }
    if (--filling.missing > 0) return undefined
    workflow.fillings.delete(join)
    workflow.closers.set(join, closerOf(workflow, node))
    return { do: 'end', workflow, node: join, end: this.#collected(workflow, join, filling) }
  }

  #collected(workflow: Workflow, join: number, { values, failed }: Filling): End {
    if (failed === undefined) {
      if (!workflow.keep) workflow.dropMembers(join)
      return { status: 'succeeded', value: values }
    }
    const failure = workflow.failure(failed.node)
    const wasClosed = this.#closed !== undefined && workflow.status(failed.node) === 'revoked'
    return { status: wasClosed ? 'revoked' : 'failed', failure }
  }

  /** What the body of a chord sees of its header's failure: a `ChordError`, if it began inside the header. */
  #asChordError(workflow: Workflow, node: number, end: End): End {
    const join = workflow.graph.joins.get(node)
    if (end.status !== 'failed' || join === undefined || !join.isHeader) return end
    const cause = end.failure
    if (cause.origin < node || cause.origin > join.last) return end
    const body = bodyOf(workflow.graph, node)
    const { taskId, taskName } = workflow.describe(cause)
    const message = `a member of the header failed, so the body cannot run: "${taskName}" (${taskId}) raised ${cause.error.name}: ${cause.error.message}`
    const run = { taskId: workflow.idOf(body), taskName: workflow.taskNameOf(body), attempt: 0 }
    const failure: Failure = { error: new ChordError(message, run, cause.error), origin: node, cause, attempt: 0 }
    return { status: 'failed', failure }
  }

  #finish(workflow: Workflow): void {
    this.#workflows.delete(workflow.number)
    for (const id of workflow.graph.ids.values()) if (this.#named.get(id)?.workflow === workflow) this.#named.delete(id)
    const { root } = workflow
    if (--root.open === 0 && this.#listening) this.#out.push(callEvents.finished(root, this.#at))
  }

  #dispatch(): void {
    while (this.#free > 0 && this.#queue.size > 0) {
      const { workflow, node } = this.#queue.take() as { workflow: Workflow; node: number }
      const call: Call = { ...invocationOf(workflow.graph, node, workflow.input(node)), workflow, node, attempt: 1 }
      const batch: Batch = { number: this.#batchCount++, calls: [call] }
      workflow.move(node, 'running')
      this.#free--
      this.#running.set(batch.number, { batch, startedAt: this.#at })
      this.#out.push({ type: 'dispatch', batch })
      if (this.#listening) this.#out.push(callEvents.started(workflow, node, this.#at))
    }
  }

  /** Takes what became of a batch. One that is not running any more is late, and changes nothing. */
  #settleBatch(number: number, outcomeOf: (call: Call, index: number) => Outcome | undefined): void {
    const running = this.#running.get(number)
    if (running === undefined) return
    this.#running.delete(number)
    this.#free++
    running.batch.calls.forEach((call, i) => {
      const outcome = outcomeOf(call, i)
      if (outcome !== undefined && !call.workflow.isFinal(call.node)) this.#settleCall(call, outcome, running.startedAt)
    })
  }

  #settleCall(call: Call, outcome: Outcome, startedAt: number): void {
    const { workflow, node, attempt, args } = call
    const end: End = outcome.ok
      ? { status: 'succeeded', value: outcome.value }
      : { status: 'failed', failure: { error: outcome.error, origin: node, args, item: outcome.item, attempt } }
    if (this.#listening) this.#out.push(callEvents.ended(workflow, node, end, this.#at, startedAt))
    this.#steps.push({ do: 'end', workflow, node, end })
    this.#workDown()
  }

  #close(message: string, dropRunning: boolean): void {
    this.#closed = message
    const pending = [...this.#queue]
    this.#queue.clear()
    if (dropRunning) {
      for (const { batch } of this.#running.values()) pending.push(...batch.calls)
      this.#running.clear()
      this.#free = this.#slots
    }
    for (const { workflow, node } of pending) {
      const end = this.#revokedAt(node)
      if (this.#listening) this.#out.push(callEvents.ended(workflow, node, end, this.#at, this.#at))
      this.#steps.push({ do: 'end', workflow, node, end })
      this.#workDown()
    }
  }

  #revokedAt(node: number): End {
    return { status: 'revoked', failure: { error: new ClosedError(this.#closed), origin: node, attempt: 0 } }
  }
}

const emptyFilling = (width: number): Filling => ({ missing: width, values: new Array(width), failed: undefined })

const isInside = (hook: Hook, failure: Failure): boolean => failure.origin >= hook.from && failure.origin <= hook.to

/** The call whose end let a node end: for a join, the member that came last. */
const closerOf = (workflow: Workflow, node: number): number => workflow.closers.get(node) ?? node

function lostError({ workflow, node, attempt }: Call, loss: Loss): WorkerLostError {
  const run = { taskId: workflow.idOf(node), taskName: workflow.taskNameOf(node), attempt }
  const code = loss.exitCode === undefined ? '' : `, exit code ${loss.exitCode}`
  return new WorkerLostError(`the thread died under "${run.taskName}" (${loss.reason}${code})`, run, loss)
}

/** Whether the task of a call shows `STARTED` while it runs. */
export function tracksStart(workflow: Workflow, node: number): boolean {
  const source = workflow.graph.calls[node]
  if (source === undefined) return false
  const { moduleUrl, task } = taskOf(source)
  return findTask(moduleUrl, task)?.options.trackStarted === true
}
