/** Calls whose turn has come: ready at once, at a time, or after a wait; and what expires before it can start. */
import { TaskExpiredError } from '../errors.js'
import type { Input } from '../graph/call.js'
import type { Delay } from '../graph/graph.js'
import type { Part } from './batch.js'
import { callEvents } from './call-events.js'
import { withoutStack } from './failures.js'
import type { LinePart, Machine } from './machine.js'
import type { CallPlan } from './policies.js'
import { SentEvents } from './range-events.js'
import type { Run } from './run.js'
import type { Workflow } from './workflow.js'

export class Line implements LinePart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  enqueue(workflow: Workflow, from: number, to: number, input: Input): void {
    const { linked } = this.#machine
    if (linked !== undefined && linked.workflow === workflow && linked.node === from) return this.#goOn(linked, input)
    if (workflow.graph.delays.size > 0 || !workflow.areWaiting(from, to))
      return this.#enqueueEach(workflow, from, to, input)
    workflow.feedAll(from, to, input)
    for (let node = from; node < to; ) {
      const plan = this.#machine.policies.of(workflow, node)
      let end = node + 1
      while (end < to && this.#isAlike(workflow, end, plan)) end++
      this.makeReady(workflow, node, end, plan)
      // It may have expired, and taken others of its group with it.
      if (plan.policy.expires !== undefined) return this.#enqueueEach(workflow, end, to, input)
      node = end
    }
  }

  #isAlike(workflow: Workflow, node: number, plan: CallPlan): boolean {
    const { calls } = workflow.graph
    const isOfTable = calls[node] === calls[node - 1]
    return plan.policy.expires === undefined && (isOfTable || this.#machine.policies.of(workflow, node) === plan)
  }

  #enqueueEach(workflow: Workflow, from: number, to: number, input: Input): void {
    const { delays } = workflow.graph
    for (let node = from; node < to; node++) {
      if (workflow.isFinal(node)) continue
      workflow.feed(node, input)
      const at = this.#timeOf(delays.get(node), workflow, input)
      if (at !== undefined && at > this.#machine.at) this.postpone(workflow, node, 'scheduled', at)
      else this.makeReady(workflow, node, node + 1)
      if (at !== undefined && at > this.#machine.at) this.#expire(workflow, node)
    }
  }

  /** A step is under way already, behind the one that has just ended. */
  #goOn({ part, workflow, node }: Run, input: Input): void {
    part.order = this.#machine.dispatcher.queue.nextOrder()
    part.since = this.#machine.at
    workflow.feed(node, input)
    workflow.move(node, 'ready')
    if (this.#hearsOfSent()) callEvents.sent(this.#machine.out, workflow, node, this.#machine.at)
    workflow.move(node, 'running')
    this.#machine.linked = undefined
  }

  #hearsOfSent(): boolean {
    return this.#machine.heard['task-sent'] || this.#machine.heard['task-received']
  }

  /** The countdowns of members count from when their group began, however late they were pulled. */
  #timeOf(delay: Delay | undefined, { portion }: Workflow, { by }: Input): number | undefined {
    if (typeof delay !== 'number') return delay?.valueOf()
    return (portion !== undefined && by === -1 ? portion.intake.at : this.#machine.at) + delay
  }

  /** Calls that are planned alike can start from now on. */
  makeReady(workflow: Workflow, from: number, to = from + 1, plan = this.#machine.policies.of(workflow, from)): void {
    workflow.moveAll(from, to, 'ready')
    if (this.#hearsOfSent()) this.#tellSent(workflow, from, to)
    this.#machine.dispatcher.push(workflow, from, to, plan, this.#machine.at)
    if (plan.policy.expires !== undefined) this.#expire(workflow, from)
  }

  /** What came into a portion may be forgotten before it is told: with its last call all its arguments are. */
  #tellSent(workflow: Workflow, from: number, to: number): void {
    const { out, at } = this.#machine
    if (to - from > 1 && workflow.portion === undefined) {
      const range = { workflow, node: from, size: to - from }
      out.push({ type: 'emit-range', events: new SentEvents(range, at) })
    } else for (let node = from; node < to; node++) callEvents.sent(out, workflow, node, at)
  }

  postpone(workflow: Workflow, node: number, status: 'scheduled' | 'retrying', at: number): void {
    workflow.move(node, status)
    this.#machine.tally.scheduled++
    if (workflow.portion !== undefined) workflow.portion.intake.window.postponed++
    workflow.timers.set(
      node,
      this.#machine.timers.set(at, () => {
        workflow.timers.delete(node)
        this.noteNotPostponed(workflow)
        this.makeReady(workflow, node)
      }),
    )
  }

  /** A call does not wait for its time any more. */
  noteNotPostponed({ portion }: Workflow): void {
    this.#machine.tally.scheduled--
    if (portion !== undefined) portion.intake.window.postponed--
  }

  /** Sees to it that a call that has not started in time never does. */
  #expire(workflow: Workflow, node: number): void {
    const { expires } = this.#machine.policies.of(workflow, node).policy
    if (expires === undefined || expires === Infinity || workflow.expiries.has(node) || workflow.attemptOf(node) > 1)
      return
    const at = typeof expires === 'number' ? workflow.appliedAt + expires : expires.valueOf()
    const revoke = (): void => {
      const what = 'the call expired before it could start'
      const error = withoutStack(() => new TaskExpiredError(what, workflow.runOf(node, 0), new Date(at)))
      const failure = { error, origin: node, attempt: 0, reason: undefined }
      this.#machine.revocation.revokeNode(workflow, node, failure, false)
    }
    if (at < this.#machine.at) revoke()
    else workflow.expiries.set(node, this.#machine.timers.set(at, revoke))
  }

  /** Calls wait again where they stood, and can expire again. */
  putBack(part: Part, from: number, to: number): void {
    this.#machine.dispatcher.putBack(part, from, to)
    if (part.plan.policy.expires === undefined) return
    for (let node = from; node < to; node++) {
      if (!part.workflow.isReady(node)) continue // revoked with one before it
      part.workflow.stopExpiry(node)
      this.#expire(part.workflow, node)
    }
  }
}
