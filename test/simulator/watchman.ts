/**
 * Looks at the scheduler from outside, after every step, and trusts nothing that it says of itself: each call leaves once, after what it
 * depends on and in the order in which it became ready; what is final stays as it is; whoever waits is told once.
 */
import { joinFilledBy, nextStepOf } from '../../src/graph/graph.js'
import type { Batch, Instruction } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import type { Machine } from './machine.js'

export class Violation extends Error {
  override readonly name = 'Violation'
}

export function hold(claim: boolean, broken: string): void {
  if (!claim) throw new Violation(broken)
}

/** How the nodes of a workflow stood when it was last looked at. */
interface Seen {
  readonly statuses: string[]
  readonly values: unknown[]
}

const keyOf = (workflow: Workflow, node: number): string => `${workflow.number}:${node}`

export class Watchman {
  /** Every workflow that was ever seen. */
  readonly workflows = new Map<Workflow, Seen>()
  /** Batches under way. */
  readonly running = new Map<number, Batch>()
  readonly #machine: Machine
  readonly #dispatched = new Set<string>()
  readonly #watched = new Set<string>()
  /** Ids of calls that were announced as ready, in that order; kept only while everything is listened to. */
  readonly #announced: string[] = []
  closed = false
  listening = false

  constructor(machine: Machine) {
    this.#machine = machine
  }

  watch(workflow: Workflow, node: number): void {
    this.#watched.add(keyOf(workflow, node))
  }

  /** Takes in what the scheduler said, then looks at all it holds. */
  look(instructions: readonly Instruction[], scheduler: InstanceType<Machine['Scheduler']>): void {
    for (const instruction of instructions) this.#take(instruction)
    const state = scheduler.state()
    this.#machine.checkInvariants(state)
    hold(state.running.size === this.running.size, 'the scheduler and its driver disagree on what is running')
    for (const workflow of state.workflows.values()) this.#meet(workflow)
    for (const [workflow, seen] of this.workflows) this.#compare(workflow, seen)
  }

  #take(instruction: Instruction): void {
    switch (instruction.type) {
      case 'accepted':
        return this.#meet(instruction.workflow)
      case 'dispatch':
        return this.#takeBatch(instruction.batch)
      case 'ended': {
        const { workflow, node } = instruction
        hold(this.#watched.delete(keyOf(workflow, node)), 'somebody is told who does not wait')
        return hold(workflow.isFinal(node), 'somebody is told of an end that is none')
      }
      case 'emit':
        if (instruction.event.type === 'task-sent') this.#announced.push(instruction.event.id)
    }
  }

  #takeBatch(batch: Batch): void {
    hold(!this.closed, 'a call starts though all is closed')
    this.running.set(batch.number, batch)
    for (const { workflow, node } of batch.calls) {
      const key = keyOf(workflow, node)
      hold(!this.#dispatched.has(key), `call ${key} starts twice`)
      this.#dispatched.add(key)
      this.#checkDependencies(workflow, node)
      if (this.listening) hold(this.#announced.shift() === workflow.idOf(node), `call ${key} jumps the queue`)
    }
  }

  /** Whatever hands its value to the call has succeeded, and of a group all members have. */
  #checkDependencies(workflow: Workflow, node: number): void {
    const { graph } = workflow
    for (let before = 0; before < graph.size; before++) {
      if (nextStepOf(graph, before) !== node) continue
      hold(workflow.succeeded(before), `node ${node} starts before node ${before} has succeeded`)
      for (let member = 0; member < graph.size; member++)
        if (joinFilledBy(graph, member) === before)
          hold(workflow.succeeded(member), `node ${node} starts without member ${member}`)
    }
  }

  #meet(workflow: Workflow): void {
    if (!this.workflows.has(workflow)) this.workflows.set(workflow, { statuses: [], values: [] })
  }

  #compare(workflow: Workflow, { statuses, values }: Seen): void {
    for (let node = 0; node < workflow.graph.size; node++) {
      const before = statuses[node] as string
      const status = workflow.status(node)
      const value = workflow.value(node)
      if (isFinal(before)) {
        hold(status === before, `node ${keyOf(workflow, node)} was ${before} and is ${status}`)
        hold(
          value === values[node] || value === this.#machine.DROPPED,
          `node ${keyOf(workflow, node)} changes its value`,
        )
      }
      statuses[node] = status
      values[node] = value
    }
  }

  /** When nothing is left to happen: everything is final, and everybody who waited was told. */
  checkRest(scheduler: InstanceType<Machine['Scheduler']>): void {
    const { free, slots, queue, ended, revoked } = scheduler.state()
    hold(scheduler.openWorkflows === 0, 'workflows are open, and nothing is left to happen')
    hold(queue.size === 0 && free === slots, 'calls wait, and nothing is left to happen')
    hold(this.#watched.size === 0, 'somebody waits for ever')
    let calls = 0
    for (const workflow of this.workflows.keys()) {
      calls += workflow.graph.callCount
      for (let node = 0; node < workflow.graph.size; node++)
        hold(workflow.isFinal(node), `node ${keyOf(workflow, node)} stays ${workflow.status(node)}`)
    }
    hold(ended + revoked === calls, `${ended} calls ended and ${revoked} were revoked, of ${calls}`)
  }
}

const isFinal = (status: string | undefined): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'revoked'
