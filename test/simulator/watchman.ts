/**
 * Looks at the scheduler from outside, after every step, and trusts nothing that it says of itself: each run leaves once, after what it
 * depends on, not before its time, and in the order of priority and of becoming ready; what is final stays as it is; whoever waits is
 * told once.
 */
import type { RuntimeEvent } from '../../src/events/event.js'
import { type Graph, joinFilledBy, nextStepOf } from '../../src/graph/graph.js'
import type { Call } from '../../src/scheduler/batch.js'
import type { Instruction } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import type { Known } from '../property/evaluate.js'
import { Allowance } from './allowance.js'
import type { Deaths } from './deaths.js'
import type { Flight } from './flight.js'
import { Limits } from './limits.js'
import { Line } from './line.js'
import { Listeners } from './listeners.js'
import type { Machine } from './machine.js'
import { Records } from './records.js'
import { broken, hold, keyOf, numberOf } from './violation.js'

type Scheduler = InstanceType<Machine['Scheduler']>

export type UnrunCall = Pick<Call, 'workflow' | 'node' | 'attempt'>

export interface WatchmanOptions {
  readonly lanes: number
  readonly callsPerThread: number
  readonly batching: boolean
  readonly maxQueue: number
  readonly maxTasksPerWorker: number
  /** No stimulus comes after a time that was waited for without a tick. */
  readonly punctual: boolean
  /** No workflow begins and ends within one step, as one does that has expired before it begins. */
  readonly seesAll: boolean
  /** Tasks have limits of their own. */
  readonly limited: boolean
  /** Some listener throws at each event. */
  readonly throwing: boolean
  readonly deaths: Deaths
  /** The reference is told of a call that fails without a run: it was refused, or its thread had died under it before its turn. */
  readonly unrun: (call: UnrunCall, error: Error, known: Known) => void
}

/** Whether what a run says still counts. */
export const isCurrent = ({ workflow, node, attempt }: Pick<Call, 'workflow' | 'node' | 'attempt'>): boolean =>
  workflow.isRunning(node) && workflow.attemptOf(node) === attempt && !workflow.isReplaced(node)

export class Watchman {
  readonly allowance = new Allowance()
  readonly records: Records
  /** Those that running calls have applied, and that have not ended. */
  readonly children = new Set<Workflow>()
  /** Batches under way. */
  readonly running = new Map<number, Flight>()
  /** The batch whose last end is being told. */
  ending: number | undefined
  /** When time matters next, as far as we were told. */
  wakeAt: number | undefined
  now = 0
  /** The latest time that there was: the clock may be put back. */
  latest = 0
  closed = false
  /** A canvas was submitted that is to be revoked before it starts: the next step does that. */
  isStillborn = false
  /** Everything is listened to from the beginning. */
  listening = false
  /** Steps that a thread died under, when those before them have to run again first. */
  readonly blamed = new Set<number>()
  readonly options: WatchmanOptions
  readonly #machine: Machine
  readonly #line: Line
  readonly #listeners: Listeners
  readonly #limits = new Limits()
  readonly #watched = new Set<number>()
  #watchedNext: number | undefined

  constructor(machine: Machine, options: WatchmanOptions) {
    this.options = options
    this.#machine = machine
    this.#line = new Line(machine, options.limited)
    this.#listeners = new Listeners(options.throwing, (event) => this.#hear(event))
    this.records = new Records(
      machine,
      (workflow, node) => this.allowance.noteCountdown(workflow, node, this.now),
      (workflow, node) => this.#noteFailed(workflow, node),
    )
  }

  /** Time passes, or the clock is put back. */
  setTime(now: number): void {
    this.now = now
    if (now > this.latest) this.latest = now
  }

  watch(workflow: Workflow, node: number): void {
    this.#watched.add(numberOf(workflow, node))
  }

  /** The canvas that is submitted now is watched from the beginning. */
  watchNext(exit: number): void {
    this.#watchedNext = exit
  }

  /** Knows the workflows that there are. */
  meetAll(scheduler: Scheduler): void {
    for (const workflow of scheduler.state().workflows.values()) this.#meet(workflow)
  }

  /** Looks at all that the scheduler holds. */
  look(scheduler: Scheduler): void {
    const state = scheduler.state()
    if (!this.isStillborn) this.#checkState(state)
    hold('driver', state.running.size === this.running.size, 'the scheduler and its driver disagree on what is running')
    const { batching, maxTasksPerWorker } = this.options
    if (!batching && maxTasksPerWorker === Infinity && state.queue.canLeave)
      this.#checkBusy(state.dispatcher.lanes.length)
    this.records.look()
  }

  /** Calls are refused just now. */
  get refuses(): boolean {
    return this.options.deaths.areTooMany(this.now)
  }

  /** What could start has been refused, unless it waits for the end of the turn. */
  checkRefused(): void {
    if (!this.refuses || this.isStillborn || this.closed) return
    const ready = this.records.count(
      () => true,
      (status) => status === 'ready',
    )
    if (ready > 0) broken('I14', `${ready} calls wait, though calls are refused`)
  }

  /** Of calls that fail without a run, whose failure it is; those behind them fail with them, and what they stand for, as with any other. */
  #noteFailed(workflow: Workflow, node: number): void {
    const { error, origin, attempt, told } = workflow.failure(node)
    if (origin !== node || told !== undefined) return
    if (this.blamed.delete(numberOf(workflow, node))) this.options.unrun({ workflow, node, attempt }, error, 'all')
    else if ((error as { reason?: unknown }).reason === 'breaker') this.#checkRefused(workflow, node)
  }

  #checkRefused(workflow: Workflow, node: number): void {
    const { error, attempt } = workflow.failure(node)
    if (!this.refuses) broken('I14', `call ${keyOf(workflow, node)} is refused, and too many threads have not died`)
    this.allowance.checkRefused({ workflow, node, attempt })
    this.options.unrun({ workflow, node, attempt }, error, 'nothing')
  }

  #checkState(state: ReturnType<Scheduler['state']>): void {
    try {
      this.#machine.checkInvariants(state)
    } catch (error) {
      broken('state', (error as Error).message)
    }
  }

  /** A call waits: no thread could start it, those included that are lent. */
  #checkBusy(lanes: number): void {
    const active = new Array<number>(lanes).fill(0)
    for (const { batch, active: own } of this.running.values()) active[batch.lane] = (active[batch.lane] ?? 0) + own
    hold('I8', Math.min(...active) >= this.options.callsPerThread, 'a call waits though a thread is free')
  }

  /**
   * A canvas was let in: no more calls than allowed wait now, as they stand in their workflows. Calls at gates are counted elsewhere, and
   * nobody lets in callbacks, which start with an empty group.
   */
  checkQueue(submitted: Workflow): void {
    const { maxQueue, lanes, callsPerThread, limited } = this.options
    if (maxQueue === Infinity || limited) return
    // Nobody knows before they are pulled what comes of lazy members; of none, what comes behind them.
    for (const { lazy } of submitted.graph.joins.values()) if (lazy !== undefined) return
    let active = 0
    for (const flight of this.running.values()) active += flight.active
    const ready = this.records.count(
      () => true,
      (status) => status === 'ready',
    )
    const ofCallbacks = this.records.count(
      ({ number }) => number > submitted.number,
      (status) => status === 'ready' || status === 'running',
    )
    const waiting = ready + active - ofCallbacks - lanes * callsPerThread
    if (waiting > maxQueue) broken('I9', `${waiting} calls wait, where ${maxQueue} may`)
  }

  /** Takes in one thing that the scheduler said. */
  take(instruction: Instruction): void {
    switch (instruction.type) {
      case 'accepted':
        this.#meet(instruction.workflow)
        if (this.#watchedNext !== undefined) this.watch(instruction.workflow, this.#watchedNext)
        this.#watchedNext = undefined
        return
      case 'ended': {
        const { workflow, node } = instruction
        hold('I12', this.#watched.delete(numberOf(workflow, node)), 'somebody is told who does not wait')
        return hold('I12', workflow.isFinal(node), 'somebody is told of an end that is none')
      }
      case 'wake':
        hold('driver', instruction.at !== this.wakeAt, 'the driver is told twice when to wake')
        this.wakeAt = instruction.at
        return
      case 'tell':
        return this.#checkTold(instruction.batch, instruction.call)
      case 'terminate':
        return hold('driver', this.running.has(instruction.batch), 'a thread is to be ended under no call')
      case 'emit':
        return this.#listeners.emit(instruction.event)
      case 'emit-range':
        instruction.events.each((event) => this.#listeners.emit(event))
    }
  }

  #hear(event: RuntimeEvent): void {
    if (this.listening) this.#line.hear(event)
  }

  /** Its end may stand in the very message that sets this off. */
  #checkTold(batch: number, call: number): void {
    const { open, told } = this.running.get(batch) ?? {}
    const isThere = open?.has(call) === true || told?.has(call) === true || batch === this.ending
    hold('driver', isThere, 'a call is told something that does not run')
  }

  /** A batch leaves for a thread. */
  takeFlight(flight: Flight): void {
    const { batch } = flight
    hold('I12', !this.closed, 'a call starts though all is closed')
    hold('I14', !this.refuses, 'a call leaves though too many threads have died')
    this.#checkPlace(flight)
    this.running.set(batch.number, flight)
    for (const { workflow, node, at, size, isLinked } of batch.parts) {
      if (isLinked) continue
      for (let i = 0; i < size; i++) {
        const call = batch.callAt(at + i)
        if (!isCurrent(call)) broken('I6', `call ${keyOf(workflow, node + i)} leaves and is not running`)
        this.#checkTime(call)
        this.#checkDependencies(workflow, node + i)
        if (this.listening) this.#line.leave(call)
        if (this.options.limited) this.#limits.enter(call, this.now, [...this.running.values()])
      }
    }
  }

  #checkTime(call: Call): void {
    this.allowance.checkTime(call, this.now, this.latest, this.options.punctual)
  }

  /** Calls that must not wait for others, and all if calls leave alone, find a thread that can start them. */
  #checkPlace({ batch }: Flight): void {
    const { batching, callsPerThread, limited } = this.options
    const { policy, task, workflow } = batch.callAt(0)
    const { timeLimit = Infinity, batch: mayWait = true } = policy
    const isStrict = !batching || !mayWait || timeLimit !== Infinity || (limited && Limits.has(task.task))
    if (!isStrict && workflow.graph.movesValues !== true) return
    hold('I8', batch.size === 1, 'a call that leaves alone has company')
    let active = 0
    for (const other of this.running.values()) if (other.batch.lane === batch.lane) active += other.active
    if (active >= callsPerThread) broken('I8', `a call is to start behind ${active} others`)
  }

  /** A call begins in a thread. */
  begin(call: Call, flight: Flight, place: number): void {
    this.allowance.use(call)
    this.#checkTime(call)
    const isLinked = flight.batch.isLinkedAt(place)
    if (isLinked) this.#checkFused(call, flight, place)
    const isNext = isLinked && call.workflow.isWaiting(call.node)
    if (!isCurrent(call) && !isNext)
      broken('I6', `call ${keyOf(call.workflow, call.node)} begins though it was revoked`)
  }

  /** A step goes on behind the one before it where nobody would see a difference. */
  #checkFused({ workflow, node, policy }: Call, { batch }: Flight, place: number): void {
    const before = batch.partAt(place - 1)
    const { graph } = workflow
    hold('I5', !graph.hooks.has(before.node + place - 1 - before.at), 'a step goes on behind one that has callbacks')
    hold('I3', !graph.delays.has(node), 'a step goes on that has to wait')
    hold('I10', (policy.priority ?? 0) === before.plan.priority, 'a step goes on that has a priority of its own')
  }

  /** Whatever hands its value to the call has succeeded, and of a group all members have. */
  #checkDependencies(workflow: Workflow, node: number): void {
    const { graph } = workflow
    const before = feederOf(graph, node)
    if (before < 0) return
    if (!workflow.succeeded(before)) broken('I3', `node ${node} starts before node ${before} has succeeded`)
    for (let member = before + 1; member <= (graph.joins.get(before)?.last ?? before); member++)
      if (joinFilledBy(graph, member) === before && !workflow.succeeded(member))
        broken('I4', `node ${node} starts without member ${member}`)
    for (const member of this.records.addedTo(workflow, before))
      if (!member.succeeded(member.graph.exit)) broken('I4', `node ${node} starts without an added member`)
  }

  #meet(workflow: Workflow): void {
    if (!this.records.meet(workflow)) return
    if (workflow.continuation?.kind === 'child') this.children.add(workflow)
    if (this.listening) this.#line.meet(workflow)
  }

  /** When nothing is left to happen: everything is final, and everybody who waited was told. */
  checkRest(scheduler: Scheduler, names: readonly string[]): void {
    const { dispatcher, queue, running, ended, revoked } = scheduler.state()
    const isIdle = running.size === 0 && dispatcher.lanes.every(({ active }) => active === 0)
    hold('I2', scheduler.openWorkflows === 0, 'workflows are open, and nothing is left to happen')
    hold('I2', [...queue].length === 0 && dispatcher.ready === 0, 'calls wait, and nothing is left to happen')
    hold('I2', isIdle, 'calls run, and nothing is left to happen')
    hold('I2', this.wakeAt === undefined, 'something is waited for, and nothing is left to happen')
    hold('I12', this.#watched.size === 0, 'somebody waits for ever')
    for (const name of names) if (scheduler.find(name) !== undefined) broken('I11', `the id ${name} is still in use`)
    const calls = this.records.checkRest()
    const isRight = this.options.seesAll && !this.closed ? ended + revoked === calls : ended + revoked >= calls
    if (!isRight) broken('I1', `${ended} calls ended and ${revoked} were revoked, of ${calls}`)
  }
}

/** Who hands its value to whom, made from the edges. */
const feeders = new WeakMap<Graph, Int32Array>()

function feederOf(graph: Graph, node: number): number {
  const known = feeders.get(graph)
  if (known !== undefined) return known[node] as number
  const found = new Int32Array(graph.size).fill(-1)
  for (let before = 0; before < graph.size; before++) {
    const next = nextStepOf(graph, before)
    if (next >= 0) found[next] = before
  }
  feeders.set(graph, found)
  return found[node] as number
}
