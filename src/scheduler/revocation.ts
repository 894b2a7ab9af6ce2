/** Revoking is ending: at once for everybody who waits. A run that is under way is told, or its thread ended. */
import type { TaskRevokedError } from '../errors.js'
import type { Batch, Cancel } from './batch.js'
import { callEvents } from './call-events.js'
import type { End } from './ends.js'
import { revokedError } from './failures.js'
import type { Machine, RevocationPart } from './machine.js'
import type { Loss, Revoke } from './messages.js'
import type { Filling, Intake, Workflow } from './workflow.js'

export class Revocation implements RevocationPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  revoke({ targets, reason, terminate }: Revoke): void {
    for (const { workflow, node, scope } of targets) {
      if (scope === 'subtree') this.revokeSubtree(workflow, node, reason, terminate)
      else this.#revokeAll(workflow, [node, ...workflow.inside(node)], reason, terminate)
    }
  }

  /** Revokes all that is not final in the chains up to a node, and what it led to. */
  revokeSubtree(workflow: Workflow, node: number, reason: unknown, terminate: boolean): void {
    if (node === workflow.graph.exit) workflow.isRevoked = true
    const nodes = workflow.upTo(node)
    for (const each of nodes)
      for (const portion of workflow.intakeOf(each)?.portions ?? [])
        this.revokeSubtree(portion, portion.graph.exit, reason, terminate)
    this.#revokeAll(workflow, nodes, reason, terminate)
    for (const each of nodes)
      for (const child of workflow.children(each)) this.revokeSubtree(child.workflow, child.node, reason, terminate)
  }

  #revokeAll(workflow: Workflow, nodes: readonly number[], reason: unknown, terminate: boolean): void {
    for (const node of nodes)
      if (!workflow.isFinal(node)) this.revokeNode(workflow, node, revokedError(workflow, node, reason), terminate)
  }

  revokeAdded(filling: Filling | undefined, reason: unknown, terminate: boolean): void {
    for (const inner of filling?.added ?? []) this.revokeSubtree(inner, inner.graph.exit, reason, terminate)
  }

  /** Revokes a node that is not final: at once for everybody who waits. If it runs, its run is told, and what it still returns is dropped. */
  revokeNode(workflow: Workflow, node: number, error: TaskRevokedError, terminate: boolean): void {
    if ((workflow.graph.joins.get(node)?.width ?? 0) > 0) {
      // It ends when its members have, those included that were added.
      this.revokeAdded(workflow.fillingOf(node), error.cause, terminate)
      return
    }
    const intake = workflow.intakeOf(node)
    if (intake !== undefined) return this.#revokeIntake(intake, error, terminate)
    const end: End = { status: 'revoked', failure: { error, origin: node, attempt: error.attempt } }
    const inner = workflow.replacements.get(node)
    if (this.#machine.heard['task-revoked'] && hasBeenHeardOf(workflow, node) && !isToldBy(inner))
      this.#machine.out.push(callEvents.ended(workflow, node, end, this.#machine.at, 0))
    if (inner !== undefined) this.revokeSubtree(inner, inner.graph.exit, error.cause, terminate)
    else if (workflow.isRunning(node)) this.#cancel(workflow, node, error, terminate)
    else if (workflow.linkedBatches > 0) this.#recallLinked(workflow, node)
    this.#machine.flow.end(workflow, node, end)
  }

  /** No more is pulled; the group ends when the members that it has have ended. */
  #revokeIntake(intake: Intake, error: TaskRevokedError, terminate: boolean): void {
    const { workflow, node, portions } = intake
    this.#machine.intakes.stop(intake, { status: 'revoked', failure: { error, origin: node, attempt: 0 } })
    for (const portion of portions)
      this.#revokeAll(portion, portion.inside(portion.graph.entry), error.cause, terminate)
    this.revokeAdded(workflow.fillingOf(node), error.cause, terminate)
  }

  /** The run of a revoked call is told, if it has begun; if not, it never does. */
  #cancel(workflow: Workflow, node: number, error: Error, terminate: boolean): void {
    const batch = this.#machine.dispatcher.batchOf(workflow, node)
    const place = batch?.placeOf(workflow, node) ?? -1
    if (batch === undefined) return
    if (!this.#machine.dispatcher.batching || batch.isAnswered)
      return this.tellCancel(batch, place, { error, terminate })
    batch.cancels.set(place, { error, terminate })
    this.#machine.departures.recall(batch)
  }

  tellCancel(batch: Batch, place: number, { error, terminate }: Cancel): void {
    batch.cancels.delete(place)
    if (batch.isLost || !batch.isOpen(place)) return
    this.#machine.out.push({ type: 'tell', batch: batch.number, call: place, told: { kind: 'cancel', error } })
    if (!terminate || this.#machine.graceMs === Infinity) return
    if (batch.deadline !== undefined) batch.deadline.cancelled = true
    batch.deadline = this.#machine.timers.set(this.#machine.at + this.#machine.graceMs, () => {
      if (!batch.isOpen(place)) return
      this.terminate(batch, { reason: 'terminated', cause: error })
    })
  }

  terminate(batch: Batch, loss: Loss): void {
    this.#machine.dispatcher.noteThread(batch.lane, false)
    this.#machine.out.push({ type: 'terminate', batch: batch.number, loss })
  }

  /** A step is revoked that would run right after the one before it. */
  #recallLinked(workflow: Workflow, node: number): void {
    const batch = this.#machine.dispatcher.batchOf(workflow, node)
    if (batch !== undefined) this.#machine.departures.recall(batch)
  }
}

const hasBeenHeardOf = (workflow: Workflow, node: number): boolean =>
  workflow.graph.calls[node] !== undefined && !workflow.isWaiting(node)

/** The last call in the place of one that was replaced has its id, and tells of the end itself. */
const isToldBy = (inner: Workflow | undefined): boolean =>
  inner !== undefined && hasBeenHeardOf(inner, inner.graph.exit)
