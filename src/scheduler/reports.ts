/** What running calls say of themselves: that they wait, how far they are, that a child is to run. */
import type { Canvas } from '../canvas/canvas.js'
import { withOptions } from '../canvas/shape.js'
import { ClosedError, TimeLimitError } from '../errors.js'
import { joinPath } from '../graph/graph.js'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../task/retry.js'
import { isCurrent } from './batch.js'
import { callEvents } from './call-events.js'
import { compiledOrError, type Machine, type ReportsPart } from './machine.js'
import type { CallReport, Outcome } from './messages.js'
import { movedArgs, type Run, runAt } from './run.js'
import type { Workflow } from './workflow.js'

export class Reports implements ReportsPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Takes what a running call says. What comes after its end changes nothing. */
  note(number: number, place: number, report: CallReport): void {
    const batch = this.#machine.dispatcher.running.get(number)
    if (batch?.isOpen(place) !== true) return
    const run = runAt(batch, place)
    const { workflow, node } = run
    if (this.#machine.heard['task-started']) this.#machine.departures.announce(batch, place + 1)
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
        return this.#machine.joins.addMember(workflow, node, report.canvas)
      default:
        return this.#show(workflow, node, report)
    }
  }

  #show(workflow: Workflow, node: number, report: Extract<CallReport, { kind: 'progress' | 'state' }>): void {
    if (workflow.isFinal(node)) return
    if (report.kind === 'progress') workflow.progress.set(node, report.value)
    else workflow.shown.set(node, report)
    if (this.#machine.heard[`task-${report.kind}`])
      this.#machine.out.push(callEvents.reported(workflow, node, report, this.#machine.at))
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
    this.#machine.dispatcher.weigh(batch)
  }

  /** Ends the thread of a call when its hard limit strikes. */
  #limit(run: Run): void {
    const { batch, part, workflow, node } = run
    const { timeLimit = Infinity } = part.plan.policy
    if (timeLimit === Infinity || workflow.isFinal(node)) return
    batch.deadline = this.#machine.timers.set(this.#machine.at + timeLimit, () => {
      const message = `"${workflow.taskNameOf(node)}" ran longer than ${timeLimit} ms`
      const error = new TimeLimitError(message, workflow.runOf(node, part.attempt), timeLimit)
      this.#machine.revocation.terminate(batch, { reason: 'time-limit', cause: error })
      this.#machine.runMs = timeLimit
      // Its thread is busy until it is gone, so the batch stays open.
      if (isCurrent(part, node)) this.#machine.runs.settleRun(run, retryOrFail(run, error))
      this.#machine.flow.workDown()
    })
  }

  #applyChild(run: Run, { child, id, canvas }: Extract<CallReport, { kind: 'apply' }>): void {
    const { batch, place, workflow, node } = run
    const given = canvas as Canvas
    const compiled = compiledOrError(given.options.taskId === undefined ? withOptions(given, { taskId: id }) : given)
    if (compiled instanceof Error || this.#machine.closed !== undefined) {
      const error = compiled instanceof Error ? compiled : new ClosedError(this.#machine.closed)
      const told = { kind: 'child', child, outcome: { ok: false, error } } as const
      this.#machine.out.push({ type: 'tell', batch: batch.number, call: place, told })
      return
    }
    const path = joinPath(workflow.pathOf(node), `children[${child}]`)
    const continuation = { kind: 'child', batch: batch.number, call: place, child } as const
    const inner = this.#machine.admitInside(compiled, { workflow, node, path }, continuation)
    workflow.addChild(node, { workflow: inner, node: compiled.exit })
    batch.children.set(childKey(place, child), inner)
  }

  #revokeChild(
    { batch, place }: Run,
    { child, reason, terminate }: Extract<CallReport, { kind: 'revoke-child' }>,
  ): void {
    const inner = batch.children.get(childKey(place, child))
    if (inner !== undefined) this.#machine.revocation.revokeSubtree(inner, inner.graph.exit, reason, terminate)
  }
}

/** An error that no worker has seen: whether it is retried is decided here. */
function retryOrFail(run: Run, error: Error): Outcome {
  const { plan, attempt } = run.part
  const { policy } = plan
  if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return { ok: false, error, ...movedArgs(run) }
  const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
  return { ok: 'retry', error, wait: retryDelayOf(policy, attempt - 1, 1), jitter, args: undefined }
}

const childKey = (place: number, child: number): string => `${place}.${child}`
