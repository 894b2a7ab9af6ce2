/**
 * Looks at the scheduler from outside, after every step, and trusts nothing that it says of itself: each run leaves once, after what it
 * depends on, not before its time, and in the order of priority and of becoming ready; what is final stays as it is; whoever waits is
 * told once.
 */
import { joinFilledBy, nextStepOf } from '../../src/graph/graph.js'
import type { Batch, Call } from '../../src/scheduler/batch.js'
import type { Instruction } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { Line } from './line.js'
import type { Machine } from './machine.js'
import { hold, keyOf } from './violation.js'

/** How the nodes of a workflow stood when it was last looked at. */
interface Seen {
  readonly statuses: string[]
  readonly values: unknown[]
}

type Scheduler = InstanceType<Machine['Scheduler']>

export class Watchman {
  /** Every workflow that was ever seen. */
  readonly workflows = new Map<Workflow, Seen>()
  /** Batches under way. */
  readonly running = new Map<number, Batch>()
  /** Batches that have lent their slots. */
  readonly parked = new Set<number>()
  /** When time matters next, as far as we were told. */
  wakeAt: number | undefined
  now = 0
  closed = false
  /** Everything is listened to from the beginning. */
  listening = false
  /** No stimulus comes after a time that was waited for without a tick. */
  readonly punctual: boolean
  /** No workflow begins and ends within one step, as one does that has expired before it begins. */
  readonly #seesAll: boolean
  readonly #machine: Machine
  readonly #line: Line
  /** Runs that each call may still have: one, and one more for each retry and requeue. */
  readonly #runsDone = new Map<string, number>()
  readonly #runsGiven = new Map<string, number>()
  /** Which run is the next one. */
  readonly #attempts = new Map<string, number>()
  /** Before this no run may start. */
  readonly #notBefore = new Map<string, number>()
  readonly #watched = new Set<string>()

  constructor(machine: Machine, punctual: boolean, seesAll: boolean) {
    this.#seesAll = seesAll
    this.#machine = machine
    this.#line = new Line(machine)
    this.punctual = punctual
  }

  watch(workflow: Workflow, node: number): void {
    this.#watched.add(keyOf(workflow, node))
  }

  /** A call may run once more, from then on, and it is this run. */
  giveRun({ workflow, node }: Call, notBefore: number, attempt: number): void {
    const key = keyOf(workflow, node)
    this.#runsGiven.set(key, (this.#runsGiven.get(key) ?? 1) + 1)
    this.#notBefore.set(key, notBefore)
    this.#attempts.set(key, attempt)
  }

  /** Takes in what the scheduler said, then looks at all it holds. */
  look(instructions: readonly Instruction[], scheduler: Scheduler): void {
    const state = scheduler.state()
    for (const workflow of state.workflows.values()) this.#meet(workflow)
    for (const instruction of instructions) this.#take(instruction)
    this.#machine.checkInvariants(state)
    if (instructions.some(({ type }) => type === 'dispatch')) this.#checkSlots(state.dispatcher.lanes.length)
    hold(state.running.size === this.running.size, 'the scheduler and its driver disagree on what is running')
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
      case 'wake':
        hold(instruction.at !== this.wakeAt, 'the driver is told twice when to wake')
        this.wakeAt = instruction.at
        return
      case 'tell':
        return hold(this.running.has(instruction.batch), 'a call is told something that does not run')
      case 'terminate':
        hold(this.running.has(instruction.batch), 'a thread is to be ended under no call')
        return
      case 'emit':
        if (this.listening) this.#line.hear(instruction.event)
    }
  }

  /** A call that goes on may make it one more; nothing starts then. */
  #checkSlots(slots: number): void {
    const holding = [...this.running.keys()].filter((batch) => !this.parked.has(batch)).length
    hold(holding <= slots, `${holding} calls run on ${slots} slots`)
  }

  #takeBatch(batch: Batch): void {
    hold(!this.closed, 'a call starts though all is closed')
    this.running.set(batch.number, batch)
    for (const call of batch.calls) {
      this.#countRun(call)
      this.#checkTime(call)
      this.#checkDependencies(call.workflow, call.node)
      if (this.listening) this.#line.leave(call)
    }
  }

  #countRun({ workflow, node, attempt }: Call): void {
    const key = keyOf(workflow, node)
    const runs = (this.#runsDone.get(key) ?? 0) + 1
    this.#runsDone.set(key, runs)
    hold(runs <= (this.#runsGiven.get(key) ?? 1), `call ${key} starts once too often`)
    hold(attempt === (this.#attempts.get(key) ?? 1), `call ${key} miscounts its runs`)
  }

  #checkTime({ workflow, node, attempt, policy: { expires } }: Call): void {
    const key = keyOf(workflow, node)
    const { delays } = workflow.graph
    const eta = delays.get(node)
    const from = Math.max(this.#notBefore.get(key) ?? 0, typeof eta === 'object' ? eta.valueOf() : 0)
    hold(this.now >= from, `call ${key} starts before its time`)
    if (!this.punctual || attempt > 1 || this.#notBefore.has(key) || expires === undefined) return
    const until = typeof expires === 'number' ? workflow.appliedAt + expires : expires.valueOf()
    hold(this.now <= until, `call ${key} starts though it has expired`)
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
      for (const member of this.#addedTo(workflow, before))
        hold(member.succeeded(member.graph.exit), `node ${node} starts without an added member`)
    }
  }

  #addedTo(workflow: Workflow, join: number): readonly Workflow[] {
    return [...this.workflows.keys()].filter(
      ({ continuation: it }) => it?.kind === 'member' && it.workflow === workflow && it.join === join,
    )
  }

  #meet(workflow: Workflow): void {
    if (this.workflows.has(workflow)) return
    this.workflows.set(workflow, { statuses: [], values: [] })
    if (this.listening) this.#line.meet(workflow)
  }

  #compare(workflow: Workflow, { statuses, values }: Seen): void {
    for (let node = 0; node < workflow.graph.size; node++) {
      const before = statuses[node]
      const status = workflow.status(node)
      const value = workflow.value(node)
      if (isFinal(before)) {
        hold(status === before, `node ${keyOf(workflow, node)} was ${before} and is ${status}`)
        hold(
          value === values[node] || value === this.#machine.DROPPED,
          `node ${keyOf(workflow, node)} changes its value`,
        )
      }
      if (status === 'scheduled' && before !== 'scheduled') this.#noteCountdown(workflow, node)
      statuses[node] = status
      values[node] = value
    }
  }

  #noteCountdown(workflow: Workflow, node: number): void {
    const delay = workflow.graph.delays.get(node)
    if (typeof delay === 'number') this.#notBefore.set(keyOf(workflow, node), this.now + delay)
  }

  /** Revoked calls, of workflows that were ever seen. */
  revokedSeen(): number {
    let revoked = 0
    for (const [{ graph }, { statuses }] of this.workflows)
      statuses.forEach((status, node) => {
        if (status === 'revoked' && graph.calls[node] !== undefined) revoked++
      })
    return revoked
  }

  /** When nothing is left to happen: everything is final, and everybody who waited was told. */
  checkRest(scheduler: Scheduler, names: readonly string[]): void {
    const { dispatcher, queue, running, ended, revoked } = scheduler.state()
    hold(scheduler.openWorkflows === 0, 'workflows are open, and nothing is left to happen')
    hold([...queue].length === 0 && dispatcher.ready === 0, 'calls wait, and nothing is left to happen')
    hold(
      running.size === 0 && dispatcher.lanes.every(({ active }) => active === 0),
      'calls run, and nothing is left to happen',
    )
    hold(this.wakeAt === undefined, 'something is waited for, and nothing is left to happen')
    hold(this.#watched.size === 0, 'somebody waits for ever')
    for (const name of names) hold(scheduler.find(name) === undefined, `the id ${name} is still in use`)
    let calls = 0
    for (const workflow of this.workflows.keys()) {
      calls += workflow.graph.callCount
      this.#checkOver(workflow)
    }
    const isRight = this.#seesAll && !this.closed ? ended + revoked === calls : ended + revoked >= calls
    hold(isRight, `${ended} calls ended and ${revoked} were revoked, of ${calls}`)
  }

  #checkOver(workflow: Workflow): void {
    const { timers, expiries, fillings, replacements, number } = workflow
    for (let node = 0; node < workflow.graph.size; node++)
      hold(workflow.isFinal(node), `node ${keyOf(workflow, node)} stays ${workflow.status(node)}`)
    const left = timers.size + expiries.size + fillings.size + replacements.size
    hold(
      left === 0,
      `workflow ${number} is over and keeps ${timers.size} timers, ${expiries.size} expiries, ${fillings.size} fillings, ${replacements.size} replacements`,
    )
  }
}

const FINAL = new Set(['succeeded', 'failed', 'revoked', 'ignored', 'rejected'])
const isFinal = (status: string | undefined): boolean => status !== undefined && FINAL.has(status)
