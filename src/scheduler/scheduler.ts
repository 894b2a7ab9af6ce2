/**
 * The state machine. Stimuli in, instructions out; it never starts, waits for or times anything.
 *
 * `handle` is the only way in. Work that one stimulus sets off is a stack of steps that is worked down, never a recursion: a chain may
 * have a hundred thousand steps, and a failure runs through all of them.
 */
import { NO_APPLIED_KWARGS } from '../canvas/options.js'
import { assertNever } from '../errors.js'
import type { Input } from '../graph/call.js'
import { firstCallsOf } from '../graph/first-calls.js'
import type { Graph } from '../graph/graph.js'
import type { Batch } from './batch.js'
import { Closing } from './closing.js'
import { Departures } from './departures.js'
import type { Dispatcher } from './dispatcher.js'
import { Flow } from './flow.js'
import { Intakes } from './intakes.js'
import { Joins } from './joins.js'
import { Line } from './line.js'
import { Losses } from './losses.js'
import { heardOf, Machine, type SchedulerOptions } from './machine.js'
import type { Instruction, Stimulus, Submit } from './messages.js'
import type { Policies } from './policies.js'
import { waitingWith } from './queue-room.js'
import type { ReadyQueue } from './ready-queue.js'
import { Reports } from './reports.js'
import { Revocation } from './revocation.js'
import { Runs } from './runs.js'
import { Settling } from './settling.js'
import type { Tally } from './tally.js'
import type { ChildRef, Workflow } from './workflow.js'

/** A look inside, for invariants, `inspect()` and `metrics()`. */
export interface SchedulerState {
  readonly dispatcher: Dispatcher
  readonly policies: Policies
  readonly workflows: ReadonlyMap<number, Workflow>
  readonly queue: ReadyQueue
  readonly running: ReadonlyMap<number, Batch>
  readonly tally: Tally
  /** Calls that ended by themselves, skipped ones included, and those that were revoked. */
  readonly ended: number
  readonly revoked: number
}

export type { SchedulerOptions } from './machine.js'

export class Scheduler {
  readonly #machine: Machine
  readonly #maxQueue: number
  /** What the driver has been told last. */
  #wakeAt: number | undefined
  #isFlushAsked = false

  /**
   * @param lanes - How many threads there are.
   * @param idPrefix - Text that no other scheduler has, for the ids of calls.
   */
  constructor(lanes: number, idPrefix: string, options: SchedulerOptions = {}) {
    this.#maxQueue = options.maxQueue ?? Infinity
    this.#machine = new Machine(lanes, idPrefix, options, (machine) => partsOf(machine, this.#maxQueue))
  }

  /** Takes in what happened and tells what is to be done about it, in order. */
  handle(stimulus: Stimulus): Instruction[] {
    if ('at' in stimulus) this.#machine.at = stimulus.at
    this.#receive(stimulus)
    this.#machine.flow.workDown()
    if (this.#machine.closed !== undefined && this.#machine.dispatcher.ready > 0) this.#machine.closing.revokeReady()
    if (this.#mayWait(stimulus)) this.#askForFlush()
    else this.#machine.departures.dispatch()
    this.#machine.intakes.ask()
    this.#tellWorn()
    this.#tellWake()
    const out = this.#machine.out
    this.#machine.out = []
    return out
  }

  /** Workflows that are not finished, those of callbacks included. */
  get openWorkflows(): number {
    return this.#machine.workflows.size
  }

  state(): SchedulerState {
    return {
      dispatcher: this.#machine.dispatcher,
      policies: this.#machine.policies,
      workflows: this.#machine.workflows,
      queue: this.#machine.dispatcher.queue,
      running: this.#machine.dispatcher.running,
      tally: this.#machine.tally,
      ended: this.#machine.ended,
      revoked: this.#machine.revoked,
    }
  }

  /** Whether one call more may wait to start, or can start at once. */
  get hasRoom(): boolean {
    return this.#maxQueue === Infinity || this.#hasRoomFor(1, 0)
  }

  /** Whether all calls of a graph that come first may wait to start, or can start at once. */
  hasRoomFor(graph: Graph, at: number): boolean {
    if (this.#maxQueue === Infinity) return true
    let [free, held] = [0, 0]
    for (const node of firstCallsOf(graph)) {
      if (this.#machine.policies.ofNode(graph, node).gate?.isOpen(at) === false) held++
      else free++
    }
    return this.#hasRoomFor(free, held)
  }

  /** Members that lazy groups have been promised room for take it before they come. */
  #hasRoomFor(free: number, held: number): boolean {
    const { dispatcher, intakes } = this.#machine
    return waitingWith(dispatcher, free + intakes.asked, held) <= this.#maxQueue
  }

  /** The pending node that has this id, if any. */
  find(id: string): ChildRef | undefined {
    const named = this.#machine.named.get(id)
    if (named !== undefined || !id.startsWith(this.#machine.idPrefix)) return named
    const found = this.#machine.workflows.get(Number.parseInt(id.slice(this.#machine.idPrefix.length), 36))
    const node = found?.nodeOf(id)
    if (found === undefined || node === undefined) return undefined
    return found.isLoose && found.isFinal(node) ? undefined : { workflow: found, node }
  }

  #receive(stimulus: Stimulus): void {
    switch (stimulus.type) {
      case 'submit':
        return this.#submit(stimulus)
      case 'members':
        return this.#machine.intakes.take(stimulus)
      case 'watch':
        if (stimulus.workflow.isFinal(stimulus.node)) this.#machine.out.push({ ...stimulus, type: 'ended' })
        else stimulus.workflow.watch(stimulus.node)
        return
      case 'listen':
        this.#machine.heard = heardOf(stimulus.heard)
        return
      case 'flushed':
        this.#isFlushAsked = false
        return
      case 'outcomes':
        return this.#machine.settling.settle(stimulus)
      case 'recalled':
        return this.#machine.departures.takeBack(stimulus)
      case 'thread':
        return this.#machine.dispatcher.noteThread(stimulus.lane, stimulus.isThere)
      case 'died':
        return this.#machine.breaker.note(stimulus.at, stimulus.reason)
      case 'lost':
        return this.#machine.losses.lose(stimulus)
      case 'report':
        return this.#machine.reports.note(stimulus.batch, stimulus.call, stimulus.report)
      case 'revoke':
        return this.#machine.revocation.revoke(stimulus)
      case 'tick':
        return this.#tick()
      case 'close':
        return this.#machine.closing.close(stimulus.message, stimulus.running === 'drop')
      default:
        return assertNever(stimulus)
    }
  }

  /** Whether what has become ready may wait for more, until the end of the turn. What comes first never waits. */
  #mayWait({ type }: Stimulus): boolean {
    const { batching, running } = this.#machine.dispatcher
    if (!batching) return false
    if (type === 'submit') return running.size > 0
    return type === 'watch' || type === 'listen' || type === 'revoke' || type === 'recalled'
  }

  #askForFlush(): void {
    if (this.#isFlushAsked || this.#machine.dispatcher.ready === 0) return
    this.#isFlushAsked = true
    this.#machine.out.push({ type: 'flush' })
  }

  /** Threads that have had all their calls; when all is closed, they end anyway. */
  #tellWorn(): void {
    for (const lane of this.#machine.dispatcher.takeWorn())
      if (this.#machine.closed === undefined) this.#machine.out.push({ type: 'recycle', lane })
  }

  #submit(submit: Submit): void {
    const workflow = this.#machine.admit(submit)
    this.#machine.out.push({ type: 'accepted', workflow })
    if (workflow.isLoose) return this.#machine.line.enqueue(workflow, 0, submit.graph.size, NOTHING_IN)
    if (submit.isWatched === true) workflow.watch(submit.graph.exit)
    if (submit.isRevoked) return // what comes next is its revoke
    const { args, kwargs } = submit
    const input = kwargs === NO_APPLIED_KWARGS ? { args, by: -1 } : { args, kwargs, by: -1 }
    this.#machine.steps.push({ do: 'start', workflow, node: submit.graph.entry, input })
  }

  #tick(): void {
    this.#wakeAt = undefined
    this.#machine.timers.run(this.#machine.at)
  }

  /** Says when time matters next, if that has changed. */
  #tellWake(): void {
    const at = this.#machine.timers.next()
    if (at === this.#wakeAt) return
    this.#wakeAt = at
    this.#machine.out.push({ type: 'wake', at })
  }
}

const NOTHING_IN: Input = { args: [], by: -1 }

const partsOf = (machine: Machine, maxQueue: number) => ({
  flow: new Flow(machine),
  joins: new Joins(machine),
  intakes: new Intakes(machine, maxQueue),
  line: new Line(machine),
  departures: new Departures(machine),
  settling: new Settling(machine),
  losses: new Losses(machine),
  runs: new Runs(machine),
  reports: new Reports(machine),
  revocation: new Revocation(machine),
  closing: new Closing(machine),
})
