/** What a run ends with: a value, an error, or something that it asks for in place of an end. */
import type { Canvas } from '../canvas/canvas.js'
import { withOptions } from '../canvas/shape.js'
import type { AnyCanvas } from '../canvas/typing.js'
import { InvalidCanvasError, TaskIgnoredError } from '../errors.js'
import type { RuntimeEventName } from '../events/event.js'
import { inheritedByReplacement } from '../graph/call.js'
import { callEvents } from './call-events.js'
import type { End, Failure } from './ends.js'
import { compiledOrError, type Machine, type RunsPart } from './machine.js'
import type { Outcome, TaskSignal } from './messages.js'
import { argsOf, endOfRun, type Run } from './run.js'
import type { Workflow } from './workflow.js'

/** One inside the other: a task that replaces itself without end would take all memory first. */
const MOST_REPLACEMENTS = 10_000

const EVENT_OF_END = {
  succeeded: 'task-succeeded',
  failed: 'task-failed',
  revoked: 'task-revoked',
  ignored: 'task-ignored',
  rejected: 'task-rejected',
} as const satisfies Record<End['status'], RuntimeEventName>

export class Runs implements RunsPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  settleRun(run: Run, outcome: Outcome): void {
    run.workflow.hide(run.node)
    if (outcome.ok === true || outcome.ok === false) this.#finishRun(run, endOfRun(run, outcome))
    else this.#obey(run, outcome)
  }

  #finishRun({ workflow, node }: Run, end: End): void {
    if (this.#machine.heard[EVENT_OF_END[end.status]])
      this.#machine.out.push(callEvents.ended(workflow, node, end, this.#machine.at, this.#machine.runMs))
    this.#machine.steps.push({ do: 'end', workflow, node, end })
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
    if (this.#machine.closed !== undefined)
      return this.#machine.flow.end(workflow, node, this.#machine.closing.revokedByClose(node))
    if (args !== undefined) workflow.replacedArgs.set(node, args)
    if (this.#machine.heard['task-rejected'])
      this.#machine.out.push(callEvents.requeued(workflow, node, this.#machine.at))
    this.#machine.line.makeReady(workflow, node)
  }

  /** Puts a canvas in the place of a call: a workflow of its own, whose end is the call's. */
  #replace(run: Run, canvas: AnyCanvas): void {
    const { workflow, node } = run
    const depth = depthOf(workflow) + 1
    if (depth > MOST_REPLACEMENTS) return this.#finishRun(run, endOfRun(run, { ok: false, error: endless(run) }))
    const inherited = inheritedByReplacement(canvas as Canvas, workflow.graph, node)
    const compiled = compiledOrError(withOptions(canvas as Canvas, { ...inherited, taskId: workflow.idOf(node) }))
    if (compiled instanceof Error) return this.#finishRun(run, endOfRun(run, { ok: false, error: compiled }))
    const inner = this.#machine.admitInside(
      compiled,
      { workflow, node, path: workflow.pathOf(node) },
      { kind: 'replacement', depth },
    )
    workflow.replacements.set(node, inner)
  }

  #retry({ workflow, node, part }: Run, retry: Extract<TaskSignal, { ok: 'retry' }>): void {
    const { wait, jitter, error, args } = retry
    const delay =
      typeof wait === 'number' ? (jitter ? wait * this.#machine.random : wait) : wait.valueOf() - this.#machine.at
    if (this.#machine.closed !== undefined) {
      this.#machine.steps.push({ do: 'end', workflow, node, end: this.#machine.closing.revokedByClose(node) })
      return
    }
    this.#machine.tally.retried++
    if (this.#machine.heard['task-retried'])
      this.#machine.out.push(callEvents.retried(workflow, node, error, delay, this.#machine.at))
    workflow.retries.set(node, part.attempt)
    if (args !== undefined) workflow.replacedArgs.set(node, args)
    if (delay > 0) return this.#machine.line.postpone(workflow, node, 'retrying', this.#machine.at + delay)
    workflow.move(node, 'retrying')
    this.#machine.line.makeReady(workflow, node)
  }
}

const depthOf = ({ continuation }: Workflow): number => (continuation?.kind === 'replacement' ? continuation.depth : 0)

const endless = ({ workflow, node }: Run): InvalidCanvasError =>
  new InvalidCanvasError(
    `task "${workflow.taskNameOf(node)}" has replaced itself, or what replaced it, ${MOST_REPLACEMENTS} times: return a value in the end, or apply the rest as a canvas of its own`,
  )
