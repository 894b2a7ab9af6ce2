/** After the close nothing starts: what is pending is revoked, what would start later is revoked then. */
import { ClosedError } from '../errors.js'
import { callEvents } from './call-events.js'
import type { Unsuccessful } from './ends.js'
import { withoutStack } from './failures.js'
import type { ClosingPart, Machine } from './machine.js'
import { runAt } from './run.js'
import type { Workflow } from './workflow.js'

export class Closing implements ClosingPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  close(message: string, dropRunning: boolean): void {
    const { lanes } = this.#machine.dispatcher
    this.#machine.closed = message
    const pending: { workflow: Workflow; node: number }[] = [...this.#machine.dispatcher.queue]
    for (const workflow of this.#machine.workflows.values())
      for (const node of workflow.timers.keys()) pending.push({ workflow, node })
    for (const batch of this.#machine.dispatcher.running.values()) {
      if (dropRunning) for (let place = 0; place < batch.size; place++) pending.push(runAt(batch, place))
      else if (batch.size > 1 || lanes[batch.lane]?.batches.values().next().value !== batch)
        this.#machine.departures.recall(batch)
    }
    if (dropRunning) this.#drop()
    this.#machine.intakes.stopAll((node) => this.revokedByClose(node))
    this.#revokePending(pending)
  }

  /** What has come back since the close, or been ready before it. */
  revokeReady(): void {
    this.#revokePending([...this.#machine.dispatcher.queue])
    this.#machine.dispatcher.queue.clear()
  }

  /** Nobody waits any more for what runs. */
  #drop(): void {
    for (const { deadline } of this.#machine.dispatcher.running.values())
      if (deadline !== undefined) deadline.cancelled = true
    this.#machine.dispatcher.drop()
  }

  #revokePending(pending: readonly { workflow: Workflow; node: number }[]): void {
    for (const { workflow, node } of pending) {
      if (workflow.isFinal(node) || workflow.isWaiting(node)) continue // revoked before, and its run has not stopped; or a linked step
      const end = this.revokedByClose(node)
      if (this.#machine.heard['task-revoked'])
        this.#machine.out.push(callEvents.ended(workflow, node, end, this.#machine.at, 0))
      this.#machine.steps.push({ do: 'end', workflow, node, end })
      this.#machine.flow.workDown()
    }
  }

  revokedByClose(node: number): Unsuccessful {
    return {
      status: 'revoked',
      failure: { error: withoutStack(() => new ClosedError(this.#machine.closed)), origin: node, attempt: 0 },
    }
  }
}
