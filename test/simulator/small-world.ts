/**
 * One canvas on two threads, where every next event is a choice: what may happen is listed, and what was chosen happens. The scheduler
 * cannot be copied, so a search comes back to a state by choosing the same again from the start.
 */
import type { Canvas } from '../../src/canvas/canvas.js'
import type { Instruction, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { show } from '../property/behaviour.js'
import type { Ran } from '../property/evaluate.js'
import { Builder, type Plan, programOf } from '../property/plan.js'
import { deathIn } from './death.js'
import { Deaths, UNBOUNDED } from './deaths.js'
import { endsOf, Flight } from './flight.js'
import { Job } from './job.js'
import { type Machine, production } from './machine.js'
import { perform } from './perform.js'
import { diedUnder } from './thread.js'
import { broken, Violation } from './violation.js'
import { isCurrent, Watchman } from './watchman.js'

export type Move =
  | { readonly do: 'begin' | 'end' | 'tell' | 'fail' | 'die'; readonly lane: number }
  | { readonly do: 'tick' | 'flush' | 'recalled' | 'revoke' | 'repeat' }

const LANES = 2
const TERMS = {
  lanes: LANES,
  callsPerThread: 1,
  maxQueue: Infinity,
  maxTasksPerWorker: Infinity,
  punctual: false,
  limited: false,
  throwing: false,
} as const
const FAULTS = new Set(['fail', 'die', 'revoke', 'repeat'])

/** How calls leave, and whether values are kept that only feed the next step. */
export interface World {
  readonly batching: boolean
  readonly keep: boolean
}

export const isFault = (move: Move): boolean => FAULTS.has(move.do)

export class SmallWorld {
  readonly #machine: Machine
  readonly #scheduler: InstanceType<Machine['Scheduler']>
  readonly #watchman: Watchman
  readonly #threads: Flight[][] = Array.from({ length: LANES }, () => [])
  readonly #job: Job
  readonly #settled: number[] = []
  #recalled: { batch: number; begun: number }[] = []
  #isFlushAsked = false
  #isRevoked = false

  constructor(plan: Plan, { batching, keep }: World, machine: Machine = production) {
    this.#machine = machine
    this.#scheduler = new machine.Scheduler(LANES, 'small-', { batching })
    this.#watchman = new Watchman(machine, {
      ...TERMS,
      batching,
      seesAll: true,
      deaths: new Deaths(UNBOUNDED),
      unrun: (call, error, known) => this.#job.lose(call, error, known),
    })
    const canvas = new Builder(machine.kit).build(plan)
    const graph = machine.compile(canvas as unknown as Canvas)
    const rest = { args: [], kwargs: {}, keep, isRevoked: false, submittedAt: {} }
    const [accepted] = this.#handle({ type: 'submit', at: 0, graph, ...rest })
    if (accepted?.type !== 'accepted') throw new Violation('driver', 'a submitted canvas is not accepted')
    this.#job = new Job(accepted.workflow, canvas, { args: [] }, () => programOf(plan))
  }

  /** What may happen next. */
  moves(faults: boolean): readonly Move[] {
    const moves: Move[] = []
    if (this.#isFlushAsked) moves.push({ do: 'flush' })
    if (this.#recalled.length > 0) moves.push({ do: 'recalled' })
    if (this.#watchman.wakeAt !== undefined) moves.push({ do: 'tick' })
    for (const [lane, flights] of this.#threads.entries()) {
      const isRunning = flights.some(({ inProgress }) => inProgress.size > 0)
      if (!isRunning && flights.some(({ canGoOn }) => canGoOn)) moves.push({ do: 'begin', lane })
      if (isRunning) moves.push({ do: 'end', lane })
      if (flights.some(({ hasNews }) => hasNews)) moves.push({ do: 'tell', lane })
      if (faults && isRunning) moves.push({ do: 'fail', lane })
      if (faults && flights.length > 0) moves.push({ do: 'die', lane })
    }
    if (faults && !this.#isRevoked && this.#watchman.running.size > 0) moves.push({ do: 'revoke' })
    if (faults && this.#settled.length > 0 && this.#watchman.running.size > 0) moves.push({ do: 'repeat' })
    return moves
  }

  make(move: Move): void {
    switch (move.do) {
      case 'flush':
        this.#isFlushAsked = false
        this.#handle({ type: 'flushed', at: this.#watchman.now })
        return
      case 'recalled':
        return this.#tellRecalled()
      case 'tick': {
        const at = Math.max(this.#watchman.now, this.#watchman.wakeAt ?? 0)
        this.#watchman.setTime(at)
        this.#watchman.wakeAt = undefined
        this.#handle({ type: 'tick', at })
        return
      }
      case 'revoke': {
        this.#isRevoked = true
        const { workflow } = this.#job
        const targets = [{ workflow, node: workflow.graph.exit, scope: 'subtree' as const }]
        this.#handle({ type: 'revoke', at: this.#watchman.now, targets, reason: 'chance', terminate: false })
        return
      }
      case 'repeat': {
        const ends = [{ at: 0, outcome: { ok: true as const, value: 'late' } }]
        const batch = this.#settled.at(-1) as number
        this.#handle({ type: 'outcomes', at: this.#watchman.now, batch, ends, random: 0, ms: 0, begun: 0 })
        return
      }
      default:
        return this.#makeIn(move.do, this.#threads[move.lane] as Flight[])
    }
  }

  #makeIn(what: 'begin' | 'end' | 'tell' | 'fail' | 'die', flights: Flight[]): void {
    if (what === 'die') return this.#die(flights)
    const isIt = { begin: goesOn, end: runs, fail: runs, tell: hasNews }[what]
    const flight = flights.find(isIt) as Flight
    if (what === 'begin') this.#begin(flight)
    else if (what === 'tell') this.#tell(flight)
    else this.#end(flight, what === 'fail')
  }

  #begin(flight: Flight): void {
    const place = flight.next
    this.#watchman.begin(flight.begin(), flight, place)
  }

  #end(flight: Flight, fails: boolean): void {
    const [[place, call]] = [...flight.inProgress] as [
      [number, (typeof flight)['inProgress'] extends Map<number, infer C> ? C : never],
    ]
    const isLinked = flight.batch.isLinkedAt(place)
    const ran: Ran[] = []
    const done = perform(call, ran)
    const error = new RangeError('chance')
    const outcome = fails ? { ok: false as const, error, ...(isLinked && { args: call.args }) } : done
    const commit = fails ? () => this.#job.lose(call, error) : () => this.#job.ended(call, ran)
    flight.end({ place, call, outcome, ran, commit, isPassed: false })
  }

  #tell(flight: Flight): void {
    const news = flight.takeNews()
    for (const made of news) {
      const { call, place } = made
      const isLinked = flight.batch.isLinkedAt(place)
      const counts = isLinked
        ? flight.counted.has(place - 1) && (call.workflow.isWaiting(call.node) || isCurrent(call))
        : isCurrent(call)
      flight.tell(made)
      if (!counts) continue
      flight.counted.add(place)
      made.commit()
    }
    if (flight.open.size === 0) this.#let(flight)
    const { number } = flight.batch
    this.#handle({
      type: 'outcomes',
      at: this.#watchman.now,
      batch: number,
      ends: endsOf(news),
      random: 0,
      ms: 0,
      begun: flight.begun,
    })
  }

  #tellRecalled(): void {
    for (const { batch, begun } of this.#recalled.splice(0)) {
      const flight = this.#watchman.running.get(batch)
      for (const place of flight?.open ?? []) if (place >= begun) flight?.open.delete(place)
      if (flight?.open.size === 0) this.#let(flight)
      this.#handle({ type: 'recalled', at: this.#watchman.now, batch, begun })
    }
  }

  /** The thread of a lane dies, and another one is there at once. */
  #die(flights: Flight[]): void {
    const dead = flights.splice(0)
    const culprit = diedUnder(dead, 1)
    for (const flight of dead) {
      const isUnder = culprit === 'any' || culprit === flight
      const begun = culprit === flight ? Math.max(flight.recall(), 1) : flight.recall()
      const death = deathIn({ flight, begun, isUnder, watchman: this.#watchman, jobOf: () => this.#job })
      const { number } = flight.batch
      this.#watchman.running.delete(number)
      this.#settled.push(number)
      this.#recalled = this.#recalled.filter(({ batch }) => batch !== number)
      this.#handle({ type: 'lost', at: this.#watchman.now, batch: number, loss: { reason: 'exit' }, begun, isUnder })
      death.check()
    }
  }

  #let(flight: Flight): void {
    const { number, lane } = flight.batch
    this.#watchman.running.delete(number)
    this.#watchman.ending = number
    this.#settled.push(number)
    const flights = this.#threads[lane] as Flight[]
    if (flights.includes(flight)) flights.splice(flights.indexOf(flight), 1)
  }

  #handle(stimulus: Stimulus): readonly Instruction[] {
    const instructions = this.#scheduler.handle(stimulus)
    this.#watchman.meetAll(this.#scheduler)
    for (const instruction of instructions) {
      this.#watchman.take(instruction)
      if (instruction.type === 'dispatch') this.#take(new Flight(instruction.batch, this.#machine.invocationOf))
      else if (instruction.type === 'flush') this.#isFlushAsked = true
      else if (instruction.type === 'recall') this.#recall(instruction.batch)
    }
    this.#watchman.look(this.#scheduler)
    return instructions
  }

  #take(flight: Flight): void {
    this.#watchman.takeFlight(flight)
    ;(this.#threads[flight.batch.lane] as Flight[]).push(flight)
    if (!this.#watchman.options.batching) this.#begin(flight)
  }

  #recall(batch: number): void {
    const flight = this.#watchman.running.get(batch)
    if (flight !== undefined) this.#recalled.push({ batch, begun: flight.recall() })
  }

  /** All that what may happen later depends on. */
  fingerprint(): string {
    const { now, wakeAt, records, blamed } = this.#watchman
    const statuses = records.workflows().map((workflow) => statusesOf(workflow))
    const lanes = this.#threads.map((flights) => flights.map(fingerprintOf).join('/'))
    const queue = [...this.#scheduler.state().queue].map(({ workflow, node }) => `${workflow.number}:${node}`)
    const due = wakeAt === undefined ? '' : wakeAt - now
    const recalled = this.#recalled.map(({ batch }) => batch)
    return [statuses, lanes.join('|'), queue, recalled, this.#isFlushAsked, due, [...blamed]].join(';')
  }

  /** Nothing is left to happen. */
  checkRest(): void {
    this.#watchman.checkRest(this.#scheduler, [])
    if (this.#isRevoked) return
    const { workflow } = this.#job
    const { exit } = workflow.graph
    const found = workflow.succeeded(exit)
      ? show(workflow.value(exit))
      : show(this.#machine.unwrapped(workflow.failure(exit)).error)
    const difference = this.#job.difference(found)
    if (difference !== undefined) broken('I7', `${this.#job.program()}\n${difference}`)
  }
}

const goesOn = ({ canGoOn }: Flight): boolean => canGoOn
const runs = ({ inProgress }: Flight): boolean => inProgress.size > 0
const hasNews = (flight: Flight): boolean => flight.hasNews

const statusesOf = (workflow: Workflow): string =>
  Array.from(
    { length: workflow.graph.size },
    (_, node) => `${workflow.status(node).slice(0, 3)}${workflow.attemptOf(node)}${workflow.isSuspect ? 's' : ''}`,
  ).join('')

const fingerprintOf = (flight: Flight): string => {
  const { batch, next, inProgress, open, untold, isTaken } = flight
  const parts = batch.parts.map(({ workflow, node, size, attempt }) => `${workflow.number}:${node}+${size}.${attempt}`)
  const made = untold.map(({ place, outcome }) => `${place}${String(outcome.ok)}`)
  return [parts, next, [...inProgress.keys()], [...open], made, isTaken].join(',')
}
