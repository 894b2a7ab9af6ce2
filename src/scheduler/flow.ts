/** What follows from an end: the steps behind it, callbacks and errbacks, the end of a workflow. All of it is steps on a stack, worked down in one loop. */
import type { AnyCanvas } from '../canvas/typing.js'
import type { Input } from '../graph/call.js'
import { compileCallback } from '../graph/compile.js'
import { entryOf, type Hook, type Join, joinFilledBy, joinPath, nextStepOf } from '../graph/graph.js'
import { forgetArguments } from '../graph/spent.js'
import { callEvents } from './call-events.js'
import { type End, type Failure, unwrapped } from './ends.js'
import { chordEnd } from './failures.js'
import type { FlowPart, Machine, Step } from './machine.js'
import type { Continuation, Origin, Workflow } from './workflow.js'

const SUCCESS = { status: 'succeeded' } as const
const NO_STEPS: readonly Step[] = []

export class Flow implements FlowPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  workDown(): void {
    for (let step = this.#machine.steps.pop(); step !== undefined; step = this.#machine.steps.pop()) {
      if (step.do === 'start') this.#start(step.workflow, step.node, step.input)
      else if (step.do === 'skip') this.#skip(step.workflow, step.node, step.end)
      else this.end(step.workflow, step.node, step.end)
    }
  }

  #start(workflow: Workflow, node: number, input: Input): void {
    if (workflow.isFinal(node)) return this.#sweep(workflow, node)
    const { calls, joins } = workflow.graph
    const join = joins.get(node)
    if (this.#machine.closed !== undefined) this.#skip(workflow, node, this.#machine.closing.revokedByClose(node))
    else if (workflow.isSuspect && this.#machine.losses.failBlamed(workflow, node, input)) return
    else if (calls[node] !== undefined) this.#machine.line.enqueue(workflow, node, node + 1, input)
    else if (join === undefined) this.#pass(workflow, node, input)
    else this.#startMembers(workflow, node, join, input)
  }

  /** An empty chain is the identity: what comes behind it gets all that came in, and from the same call. */
  #pass(workflow: Workflow, node: number, input: Input): void {
    workflow.closers.set(node, input.by)
    workflow.passed.set(node, input)
    this.end(workflow, node, { status: 'succeeded', value: input.args[0] })
  }

  #startMembers(workflow: Workflow, node: number, join: Join, input: Input): void {
    if (join.lazy !== undefined) return this.#machine.intakes.begin(workflow, node, join, input)
    if (join.width === 0) {
      workflow.closers.set(node, input.by)
      this.end(workflow, node, { status: 'succeeded', value: [] })
      return
    }
    workflow.filling(node, join)
    if (join.entries === undefined) return this.#machine.line.enqueue(workflow, node + 1, node + 1 + join.width, input)
    this.#machine.follow(join.entries.map((entry) => ({ do: 'start', workflow, node: entry, input })))
  }

  #skip(workflow: Workflow, node: number, end: End): void {
    const join = workflow.graph.joins.get(node)
    if (workflow.isFinal(node)) return this.#sweep(workflow, node)
    if (join === undefined || join.width === 0) return this.end(workflow, node, end)
    workflow.filling(node, join)
    const members = Array.from({ length: join.width }, (_, i) => entryOf(node, join, i))
    this.#machine.follow(members.map((member) => ({ do: 'skip', workflow, node: member, end })))
  }

  /** The turn comes of a node that was revoked before it. Of a group, members may have steps before the revoked one: they will never run. */
  #sweep(workflow: Workflow, node: number): void {
    for (const inside of workflow.inside(node))
      this.end(workflow, inside, { status: 'failed', failure: workflow.failure(node) })
  }

  /** A node becomes final: callbacks get their ids, then it shows, then callbacks and the next step leave. */
  end(workflow: Workflow, node: number, end: End): void {
    if (workflow.isFinal(node)) return
    const hooks = workflow.graph.hooks.get(node)
    const started =
      hooks === undefined || this.#machine.closed !== undefined ? NO_STEPS : this.#runHooks(workflow, node, end, hooks)
    if (workflow.isReady(node)) this.#withdraw(workflow, node)
    workflow.end(node, end)
    if (workflow.letGo(node)) this.#machine.line.noteNotPostponed(workflow)
    if (workflow.graph.calls[node] !== undefined) this.#machine.count(end, 1)
    if (workflow.unwatch(node)) this.#machine.out.push({ type: 'ended', workflow, node })
    const next = this.#forward(workflow, node, end)
    if (next !== undefined) this.#machine.steps.push(next)
    if (end.status === 'succeeded' && this.#ignoresResult(workflow, node)) workflow.ignoreValue(node)
    if (node === workflow.graph.exit && workflow.continuation !== undefined)
      this.#continue(workflow, workflow.continuation, end)
    // On top: the links of a replacement run before those of what it replaced.
    this.#machine.follow(started)
    if (workflow.isLoose) this.#shrinkTree(workflow, node)
    if (workflow.left === 0) this.#finish(workflow)
  }

  /** A ready call ends without leaving. How it is planned is asked only where it may stand before a gate. */
  #withdraw(workflow: Workflow, node: number): void {
    const { dispatcher, policies } = this.#machine
    dispatcher.withdraw(dispatcher.gated > 0 ? policies.of(workflow, node).gate : undefined)
  }

  /** Calls of a loose workflow have succeeded one after the other, and nothing but their values is known of them: as {@link end} would do for each. */
  succeedLoose(workflow: Workflow, node: number, values: ArrayLike<unknown>, from: number, count: number): void {
    const { left } = workflow
    for (let i = 0; i < count; i++) {
      if (!workflow.isRunning(node + i)) continue // revoked meanwhile
      workflow.succeed(node + i, values[from + i])
      this.#machine.out.push({ type: 'ended', workflow, node: node + i })
      this.#shrinkTree(workflow, node + i)
    }
    this.#machine.count(SUCCESS, left - workflow.left)
    if (left > workflow.left && workflow.left === 0) this.#finish(workflow)
  }

  /** What a node's end sets off behind it. */
  #forward(workflow: Workflow, node: number, end: End): Step | undefined {
    const join = joinFilledBy(workflow.graph, node)
    if (join >= 0) return this.#machine.joins.fill(workflow, join, node, end)
    const next = nextStepOf(workflow.graph, node)
    if (next < 0) return undefined
    if (end.status !== 'succeeded') return { do: 'skip', workflow, node: next, end: chordEnd(workflow, node, end) }
    if (!workflow.keep) workflow.drop(node)
    const input = workflow.takePassed(node) ?? { args: [end.value], by: workflow.closerOf(node) }
    return { do: 'start', workflow, node: next, input }
  }

  #ignoresResult(workflow: Workflow, node: number): boolean {
    return (
      workflow.graph.calls[node] !== undefined && this.#machine.policies.of(workflow, node).policy.ignoreResult === true
    )
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
    const at = this.#machine.at
    const graph = compileCallback(canvas)
    const workflow = this.#machine.admit({ graph, keep, submittedAt, at }, origin)
    if (isChild) origin.workflow.addChild(origin.node, { workflow, node: graph.exit })
    return { do: 'start', workflow, node: graph.entry, input: { args: [given], by: -1 } }
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
        this.#machine.steps.push({ do: 'end', workflow: outer, node, end: endOutside(workflow, node, end) })
        return
      case 'member': {
        // Whoever added it may stand in another workflow: for the header, its failure begins at the join.
        const { workflow: header, join, slot } = continuation
        const step = this.#machine.joins.fillSlot(header, join, slot, join, endOutside(workflow, join, end))
        if (step !== undefined) this.#machine.steps.push(step)
        return
      }
      case 'portion': {
        const step = this.#machine.joins.fillPortion(workflow, continuation, endOutside(workflow, node, end))
        if (step !== undefined) this.#machine.steps.push(step)
        return
      }
      default:
        return this.#tellChild(continuation, workflow, end)
    }
  }

  /** Its value is what `get()` gives: of a call that ignores its result, none. */
  #tellChild(
    { batch: number, call, child }: Extract<Continuation, { kind: 'child' }>,
    inner: Workflow,
    end: End,
  ): void {
    const batch = this.#machine.dispatcher.running.get(number)
    if (batch?.isOpen(call) !== true) return
    const outcome =
      end.status === 'succeeded'
        ? { ok: true as const, value: inner.value(inner.graph.exit) }
        : { ok: false as const, error: unwrapped(end.failure).error }
    this.#machine.out.push({ type: 'tell', batch: number, call, told: { kind: 'child', child, outcome } })
  }

  #finish(workflow: Workflow): void {
    if (workflow.portion !== undefined) forgetArguments(workflow.graph)
    this.#machine.workflows.delete(workflow.number)
    for (const id of workflow.graph.ids.values())
      if (this.#machine.named.get(id)?.workflow === workflow) this.#machine.named.delete(id)
    const { root, rootNode } = workflow
    if (!root.isLoose) {
      if (--root.open === 0) this.#tellFinished(root, root.graph.exit, root.callsInAll)
    } else if (root !== workflow) this.#shrinkTree(root, rootNode)
  }

  /** A call of a loose workflow has ended, or something that it led to. */
  #shrinkTree(root: Workflow, node: number): void {
    const calls = root.shrinkTree(node)
    if (calls !== undefined) this.#tellFinished(root, node, calls)
  }

  #tellFinished(root: Workflow, node: number, calls: number): void {
    if (this.#machine.heard['workflow-finished'])
      this.#machine.out.push(callEvents.finished(root, node, calls, this.#machine.at))
  }
}

const isInside = (hook: Hook, failure: Failure): boolean => failure.origin >= hook.from && failure.origin <= hook.to

/** The end of a workflow as what it stands for ends: a failure began there, for all that is outside. */
function endOutside(inner: Workflow, node: number, end: End): End {
  if (end.status === 'succeeded') return end
  return { status: end.status, failure: failureOutside(inner, node, end.failure) }
}

const failureOutside = (inner: Workflow, node: number, failure: Failure): Failure => ({
  ...failure,
  error: failure.error, // which may be made only now
  origin: node,
  told: inner.describe(failure),
  ...(failure.cause && { cause: failureOutside(inner, node, failure.cause) }),
})
