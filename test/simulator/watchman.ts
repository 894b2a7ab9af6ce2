/**
 * Looks at the scheduler from outside, after every step, and trusts nothing that it says of itself: each run leaves once, after what it
 * depends on, not before its time, and in the order of priority and of becoming ready; what is final stays as it is; whoever waits is
 * told once.
 */
import { joinFilledBy, nextStepOf } from '../../src/graph/graph.js'
import type { Call } from '../../src/scheduler/batch.js'
import type { Instruction } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import type { Flight } from './flight.js'
import { Limits } from './limits.js'
import { Line } from './line.js'
import type { Machine } from './machine.js'
import { hold, keyOf } from './violation.js'

/** How the nodes of a workflow stood when it was last looked at. */
interface Seen {
  readonly statuses: string[]
  readonly values: unknown[]
}

type Scheduler = InstanceType<Machine['Scheduler']>

export interface WatchmanOptions {
  readonly callsPerThread: number
  readonly batching: boolean
  /** No stimulus comes after a time that was waited for without a tick. */
  readonly punctual: boolean
  /** No workflow begins and ends within one step, as one does that has expired before it begins. */
  readonly seesAll: boolean
  /** Tasks have limits of their own. */
  readonly limited: boolean
}

/** Whether what a run says still counts. */
export const isCurrent = ({ workflow, node, attempt }: Pick<Call, 'workflow' | 'node' | 'attempt'>): boolean =>
  workflow.status(node) === 'running' && workflow.attemptOf(node) === attempt && !workflow.replacements.has(node)

export class Watchman {
  /** Every workflow that was ever seen. */
  readonly workflows = new Map<Workflow, Seen>()
  /** Batches under way. */
  readonly running = new Map<number, Flight>()
  /** The batch whose last end is being told. */
  ending: number | undefined
  /** When time matters next, as far as we were told. */
  wakeAt: number | undefined
  now = 0
  closed = false
  /** Everything is listened to from the beginning. */
  listening = false
  readonly #options: WatchmanOptions
  readonly #machine: Machine
  readonly #line: Line
  readonly #limits = new Limits()
  /** Runs that each call may still have: one, and one more for each retry and requeue. */
  readonly #runsDone = new Map<string, number>()
  readonly #runsGiven = new Map<string, number>()
  /** Which run is the next one. */
  readonly #attempts = new Map<string, number>()
  /** Before this no run may start. */
  readonly #notBefore = new Map<string, number>()
  readonly #watched = new Set<string>()

  constructor(machine: Machine, options: WatchmanOptions) {
    this.#options = options
    this.#machine = machine
    this.#line = new Line(machine, options.limited)
  }

  get seesAll(): boolean {
    return this.#options.seesAll
  }

  get punctual(): boolean {
    return this.#options.punctual
  }

  watch(workflow: Workflow, node: number): void {
    this.#watched.add(keyOf(workflow, node))
  }

  /** A call may run once more, from then on, and it is this run. */
  giveRun({ workflow, node }: Pick<Call, 'workflow' | 'node'>, notBefore: number, attempt: number): void {
    const key = keyOf(workflow, node)
    this.#runsGiven.set(key, (this.#runsGiven.get(key) ?? 1) + 1)
    this.#notBefore.set(key, notBefore)
    this.#attempts.set(key, attempt)
  }

  /** Knows the workflows that there are. */
  meetAll(scheduler: Scheduler): void {
    for (const workflow of scheduler.state().workflows.values()) this.#meet(workflow)
  }

  /** Looks at all that the scheduler holds. */
  look(scheduler: Scheduler): void {
    const state = scheduler.state()
    this.#machine.checkInvariants(state)
    hold(state.running.size === this.running.size, 'the scheduler and its driver disagree on what is running')
    if (!this.#options.batching && state.queue.canLeave) this.#checkBusy(state.dispatcher.lanes.length)
    for (const [workflow, seen] of this.workflows) this.#compare(workflow, seen)
  }

  /** A call waits: no thread could start it, those included that are lent. */
  #checkBusy(lanes: number): void {
    const active = new Array<number>(lanes).fill(0)
    for (const { batch, active: own } of this.running.values()) active[batch.lane] = (active[batch.lane] ?? 0) + own
    hold(Math.min(...active) >= this.#options.callsPerThread, 'a call waits though a thread is free')
  }

  /** Takes in one thing that the scheduler said. */
  take(instruction: Instruction): void {
    switch (instruction.type) {
      case 'accepted':
        return this.#meet(instruction.workflow)
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
        return this.#checkTold(instruction.batch, instruction.call)
      case 'terminate':
        hold(this.running.has(instruction.batch), 'a thread is to be ended under no call')
        return
      case 'emit':
        if (this.listening) this.#line.hear(instruction.event)
    }
  }

  /** Its end may stand in the very message that sets this off. */
  #checkTold(batch: number, call: number): void {
    const { open, told } = this.running.get(batch) ?? {}
    hold(
      open?.has(call) === true || told?.has(call) === true || batch === this.ending,
      'a call is told something that does not run',
    )
  }

  /** A batch leaves for a thread. */
  takeFlight(flight: Flight): void {
    const { batch } = flight
    hold(!this.closed, 'a call starts though all is closed')
    this.#checkPlace(flight)
    this.running.set(batch.number, flight)
    for (const part of batch.parts) {
      if (part.isLinked) continue
      for (let place = part.at; place < part.at + part.size; place++) {
        const call = batch.callAt(place)
        hold(isCurrent(call), `call ${keyOf(call.workflow, call.node)} leaves and is not running`)
        this.#checkTime(call)
        this.#checkDependencies(call.workflow, call.node)
        if (this.listening) this.#line.leave(call)
        if (this.#options.limited) this.#limits.enter(call, this.now, [...this.running.values()])
      }
    }
  }

  /** Calls that must not wait for others, and all if calls leave alone, find a thread that can start them. */
  #checkPlace({ batch }: Flight): void {
    const { batching, callsPerThread, limited } = this.#options
    const { policy, task } = batch.callAt(0)
    const { timeLimit = Infinity, batch: mayWait = true } = policy
    const isStrict = !batching || !mayWait || timeLimit !== Infinity || (limited && Limits.has(task.task))
    if (!isStrict) return
    hold(batch.size === 1, 'a call that leaves alone has company')
    let active = 0
    for (const other of this.running.values()) if (other.batch.lane === batch.lane) active += other.active
    hold(active < callsPerThread, `a call is to start behind ${active} others`)
  }

  /** A call begins in a thread. */
  begin(call: Call, flight: Flight, place: number): void {
    this.#countRun(call)
    this.#checkTime(call)
    const isLinked = flight.batch.isLinkedAt(place)
    if (isLinked) this.#checkFused(call, flight, place)
    const isNext = isLinked && call.workflow.isWaiting(call.node)
    hold(isCurrent(call) || isNext, `call ${keyOf(call.workflow, call.node)} begins though it was revoked`)
  }

  /** A step goes on behind the one before it where nobody would see a difference. */
  #checkFused({ workflow, node, policy }: Call, { batch }: Flight, place: number): void {
    const before = batch.partAt(place - 1)
    const { graph } = workflow
    hold(!graph.hooks.has(before.node + place - 1 - before.at), `a step goes on behind one that has callbacks`)
    hold(!graph.delays.has(node), 'a step goes on that has to wait')
    hold((policy.priority ?? 0) === before.plan.priority, 'a step goes on that has a priority of its own')
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
      ({ continuation: it }) =>
        (it?.kind === 'member' || it?.kind === 'portion') && it.workflow === workflow && it.join === join,
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
    if (typeof delay !== 'number') return
    // Members that were pulled late count from the beginning of their group.
    const isFirst = workflow.input(node).by === -1
    const from = workflow.portion === undefined || !isFirst ? this.now : workflow.portion.intake.at
    this.#notBefore.set(keyOf(workflow, node), from + delay)
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
    const isRight = this.#options.seesAll && !this.closed ? ended + revoked === calls : ended + revoked >= calls
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
