/**
 * The threads of an episode at work: which calls begin, what they report, how their runs end and when that is told, what is taken back, and
 * how threads die under them.
 */

import { WorkerLostError } from '../../src/errors.js'
import type { Call } from '../../src/scheduler/batch.js'
import type { Instruction, Outcome, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../../src/task/retry.js'
import { show } from '../property/behaviour.js'
import type { Ran } from '../property/evaluate.js'
import type { Built } from '../property/plan.js'
import { deathIn } from './death.js'
import { endsOf, Flight, type Made } from './flight.js'
import type { Child, Job } from './job.js'
import type { Machine } from './machine.js'
import { perform } from './perform.js'
import type { Random } from './random.js'
import type { Action, Rates, Signal } from './rates.js'
import { SIGNALS } from './rates.js'
import { type Thread, Threads } from './thread.js'
import { hold } from './violation.js'
import { isCurrent, type Watchman } from './watchman.js'

interface Around {
  readonly machine: Machine
  readonly random: Random
  readonly watchman: Watchman
  readonly rates: Rates
  readonly lanes: number
  readonly callsPerThread: number
  readonly batching: boolean
  readonly handle: (stimulus: Stimulus) => readonly Instruction[]
  readonly jobOf: (workflow: Workflow) => Job
  /** A canvas for whatever a task may ask for; none when there were enough. */
  readonly spare: () => Built | undefined
  /** A run has kept its thread for so long, in ms. */
  readonly pass: (ms: number) => void
}

/** A run in progress. */
interface Run {
  readonly flight: Flight
  readonly place: number
  readonly call: Call
}

type RetryOutcome = Extract<Outcome, { ok: 'retry' }>
/** What a task asks for in place of an end, and what is noted down if that counts. */
interface Asked {
  readonly outcome: Outcome
  readonly commit: () => void
}

export class Workers {
  /** Batches whose end the scheduler has been told. */
  readonly settled: number[] = []
  readonly #around: Around
  readonly #threads: Threads
  readonly #children = new Map<number, { readonly batch: number; readonly call: number; readonly child: Child }>()
  /** What was taken back, and has not been told. */
  #recalled: { readonly batch: number; readonly begun: number }[] = []
  #isFlushAsked = false
  /** Runs that were told to stop. */
  readonly #cancelled = new Set<string>()

  constructor(around: Around) {
    this.#around = around
    this.#threads = new Threads(around.lanes, around.callsPerThread)
  }

  /** Something has still to be told, begun or ended. */
  get hasMore(): boolean {
    return this.#recalled.length > 0 || this.#isFlushAsked || this.#threads.busy.length > 0
  }

  act(action: Action): void {
    const { random } = this.#around
    if (action === 'repeat') return this.#repeat()
    if (action === 'settle' || action === 'lose') {
      const { busy } = this.#threads
      if (busy.length === 0) return
      return action === 'settle' ? this.#goOn(random.pick(busy)) : this.#lose(this.#anyToLose(busy))
    }
    if (action === 'revokeChild') return this.#revokeChild()
    const runs = this.#runs()
    if (runs.length === 0) return
    const run = random.pick(runs)
    switch (action) {
      case 'start':
        if (!run.flight.started.has(run.place)) this.#report(run, { kind: 'started' })
        run.flight.started.add(run.place)
        return
      case 'show':
        return this.#report(run, random.chance(0.5) ? { kind: 'progress', value: 1 } : SHOWN)
      case 'park':
        return this.#park(run)
      case 'apply':
        return this.#apply(run)
      case 'add':
        return this.#add(run)
    }
  }

  /** Often one that runs a chain, where there is most to lose. */
  #anyToLose(busy: readonly Thread[]): Thread {
    const { random } = this.#around
    const inChain = busy.filter(({ flights }) => flights.some((flight) => flight.isInChain))
    return random.pick(inChain.length > 0 && random.chance(0.5) ? inChain : busy)
  }

  /** A step that would go on behind the one before it, if there is any. */
  anyStep(): { readonly workflow: Workflow; readonly node: number } | undefined {
    const steps = [...this.#around.watchman.running.values()].flatMap(({ batch, open, next }) =>
      [...open].filter((place) => place >= next && batch.isLinkedAt(place)).map((place) => ({ batch, place })),
    )
    if (steps.length === 0) return undefined
    const { batch, place } = this.#around.random.pick(steps)
    const { workflow, node, at } = batch.partAt(place)
    return { workflow, node: node + place - at }
  }

  /** What does not wait long: the end of a turn, and what was taken back. */
  tellSoon(): void {
    const { random, rates, handle, watchman } = this.#around
    if (this.#isFlushAsked && !random.chance(rates.lag.flush)) {
      this.#isFlushAsked = false
      handle({ type: 'flushed', at: watchman.now })
    }
    if (!random.chance(rates.lag.recall)) this.#tellRecalled()
  }

  /** After all that the scheduler has said with it. */
  tellAtOnce(): void {
    const { random, rates } = this.#around
    if (!random.chance(rates.lag.recall)) this.#tellRecalled()
  }

  #tellRecalled(): void {
    const { watchman, handle } = this.#around
    const recalled = this.#recalled
    this.#recalled = []
    for (const { batch, begun } of recalled) {
      const flight = watchman.running.get(batch)
      for (const place of flight?.open ?? []) if (place >= begun) flight?.open.delete(place)
      if (flight?.open.size === 0) this.#let(flight)
      handle({ type: 'recalled', at: watchman.now, batch, begun })
    }
  }

  #runs(): readonly Run[] {
    const flights = this.#threads.all.flatMap((thread) => thread.flights)
    return flights.flatMap((flight) => [...flight.inProgress].map(([place, call]) => ({ flight, place, call })))
  }

  /** Takes in what the scheduler tells running calls. */
  hear(instruction: Instruction): void {
    switch (instruction.type) {
      case 'dispatch':
        return this.#take(new Flight(instruction.batch, this.#around.machine.invocationOf))
      case 'flush':
        hold(!this.#isFlushAsked, 'the end of the turn is asked for twice')
        this.#isFlushAsked = true
        return
      case 'recall':
        return this.#recall(instruction.batch)
      case 'terminate':
        return this.#hearTerminate(instruction.batch, instruction.loss.cause as Error)
      case 'tell':
        return this.#hearTold(instruction)
    }
  }

  #take(flight: Flight): void {
    const { watchman, batching } = this.#around
    const thread = this.#threads.at(flight.batch.lane)
    watchman.takeFlight(flight)
    thread.flights.push(flight)
    if (!batching) this.#begin(flight)
  }

  #recall(number: number): void {
    const flight = this.#around.watchman.running.get(number)
    hold(!flight?.isTaken, 'a batch is to be taken back twice')
    if (flight !== undefined) this.#recalled.push({ batch: number, begun: flight.recall() })
  }

  #hearTold({ batch, call, told }: Extract<Instruction, { type: 'tell' }>): void {
    if (told.kind === 'cancel') {
      hold(
        call < (this.#around.watchman.running.get(batch)?.begun ?? Infinity),
        'a call is told to stop that has not begun',
      )
      this.#cancelled.add(`${batch}:${call}`)
      return
    }
    const known = this.#children.get(told.child)
    hold(known !== undefined && known.child.told === undefined, 'a child ends twice')
    const { outcome } = told
    if (known !== undefined) known.child.told = show(outcome.ok ? outcome.value : outcome.error)
  }

  /** A hard limit ends a run with its error, or lets it be retried. */
  #hearTerminate(number: number, error: Error): void {
    const { watchman, jobOf } = this.#around
    const flight = watchman.running.get(number)
    const thread = flight && this.#threads.find(flight)
    if (flight === undefined || thread === undefined) return
    this.#threads.doom(thread)
    if (error.name !== 'TimeLimitError') return
    const call = flight.batch.callAt(0)
    jobOf(call.workflow).lose(call, error)
    if (retriesFor(call.policy, error) && hasRetryLeft(call.policy, call.attempt - 1))
      watchman.giveRun(call, watchman.now, call.attempt + 1)
  }

  /** Who still runs knows how those of its children ended that have. */
  checkChildren(): void {
    const { running, workflows } = this.#around.watchman
    for (const workflow of workflows.keys()) {
      const it = workflow.continuation
      if (it?.kind !== 'child' || !workflow.isFinal(workflow.graph.exit)) continue
      if (running.get(it.batch)?.open.has(it.call) !== true) continue
      hold(this.#children.get(it.child)?.child.told !== undefined, `nobody is told of the end of child ${it.child}`)
    }
  }

  /** The run of a call that has begun and still counts; and whether it has been told to stop. */
  runOf(workflow: Workflow, node: number): (() => boolean) | undefined {
    for (const { flight, place, call } of this.#runs())
      if (call.workflow === workflow && call.node === node && isCurrent(call)) {
        const { number } = flight.batch
        return () => this.#cancelled.has(`${number}:${place}`) || this.#recalled.some(({ batch }) => batch === number)
      }
    return undefined
  }

  /** All is closed, and nobody waits for what runs. */
  drop(): void {
    this.settled.push(...this.#around.watchman.running.keys())
    this.#around.watchman.running.clear()
    this.#threads.clear()
    this.#recalled = []
  }

  /** A thread starts, begins calls, ends them or tells of it: some of that, as chance says. */
  #goOn(thread: Thread): void {
    const { random, watchman, handle, rates, batching } = this.#around
    if (!thread.isThere) {
      thread.isThere = true
      handle({ type: 'thread', at: watchman.now, lane: thread.lane, isThere: true })
      return
    }
    if (thread.isDoomed && (thread.flights.length === 0 || random.chance(0.3))) return this.#lose(thread)
    for (let i = batching ? 1 + random.below(rates.haste) : 1; i > 0 && thread.flights.length > 0; i--) {
      const next = this.#threads.next(thread)
      const flight = random.pick(thread.flights)
      if (next !== undefined && random.chance(0.5)) this.#begin(next)
      else if (flight.inProgress.size > 0) this.#end(flight)
      else if (next !== undefined) this.#begin(next)
      if (!batching || random.chance(rates.telling)) this.#tell(flight)
    }
    for (const flight of [...thread.flights]) if (random.chance(rates.telling)) this.#tell(flight)
  }

  #begin(flight: Flight): void {
    const place = flight.next
    this.#around.watchman.begin(flight.begin(), flight, place)
  }

  #end(flight: Flight): void {
    const { random, rates, pass } = this.#around
    const [place, call] = random.pick([...flight.inProgress])
    const ms = rates.msOf(call.task.task, random)
    flight.busyMs += ms
    flight.end({ place, call, ...this.#outcomeOf(call, place, flight), isPassed: false })
    pass(ms)
  }

  /** Tells what has ended since the last time. */
  #tell(flight: Flight): void {
    const { random, watchman, handle, batching } = this.#around
    if (!watchman.running.has(flight.batch.number)) return
    const news = flight.takeNews()
    if (news.length === 0) return
    for (const made of news) {
      const counts = this.#counts(made, flight)
      flight.tell(made)
      if (counts) {
        flight.counted.add(made.place)
        made.commit()
      }
    }
    if (flight.open.size === 0) this.#let(flight)
    const [ms, { begun }] = [flight.busyMs, flight]
    flight.busyMs = 0
    const ends = endsOf(news)
    const rest = batching && random.chance(0.8) ? { ms, begun } : {}
    handle({ type: 'outcomes', at: watchman.now, batch: flight.batch.number, ends, random: random.next(), ...rest })
  }

  /** Whether an end will count: of a step, when the one before it has in the same message. */
  #counts({ call, place }: Made, flight: Flight): boolean {
    if (!flight.batch.isLinkedAt(place)) return isCurrent(call)
    return flight.counted.has(place - 1) && (call.workflow.isWaiting(call.node) || isCurrent(call))
  }

  /** The scheduler knows all of a batch. */
  #let(flight: Flight): void {
    const { watchman } = this.#around
    hold(flight.isOver, `batch ${flight.batch.number} is over for the scheduler, and goes on`)
    watchman.running.delete(flight.batch.number)
    watchman.ending = flight.batch.number
    this.settled.push(flight.batch.number)
    for (const { flights } of this.#threads.all)
      if (flights.includes(flight)) flights.splice(flights.indexOf(flight), 1)
  }

  /** Of a step, nothing is heard before the end of the one before it. */
  #report({ flight, place }: Run, report: Extract<Stimulus, { type: 'report' }>['report']): void {
    this.#tell(flight)
    this.#around.handle({
      type: 'report',
      at: this.#around.watchman.now,
      batch: flight.batch.number,
      call: place,
      report,
    })
  }

  #park(run: Run): void {
    this.#tell(run.flight)
    const { parked } = run.flight
    const isParked = parked.delete(run.place)
    if (!isParked) parked.add(run.place)
    this.#report(run, { kind: isParked ? 'resumed' : 'parked' })
  }

  #apply(run: Run): void {
    const canvas = this.#around.spare()
    if (canvas === undefined) return
    const { flight, place, call } = run
    const child = this.#children.size
    const job = this.#around.jobOf(call.workflow)
    job.apply(call, child, canvas)
    this.#children.set(child, { batch: flight.batch.number, call: place, child: job.children.at(-1) as Child })
    this.#report(run, { kind: 'apply', child, id: `child-${child}`, canvas: canvas as never })
  }

  #revokeChild(): void {
    const { random, watchman } = this.#around
    if (this.#children.size === 0) return
    const child = random.below(this.#children.size)
    const { batch, call: place } = this.#children.get(child) as { batch: number; call: number }
    const flight = watchman.running.get(batch)
    const call = flight?.inProgress.get(place)
    const terminate = random.chance(0.5)
    if (flight === undefined || call === undefined) return
    this.#report({ flight, place, call }, { kind: 'revoke-child', child, reason: 'chance', terminate })
  }

  #add(run: Run): void {
    const { workflow, node } = run.call
    const header = workflow.headerOf(node)
    const canvas = header !== undefined && isCurrent(run.call) ? this.#around.spare() : undefined
    if (header === undefined || canvas === undefined) return
    this.#around.jobOf(workflow).add(header.workflow, header.join, canvas)
    this.#report(run, { kind: 'add-to-chord', canvas: canvas as never })
  }

  #outcomeOf(call: Call, place: number, flight: Flight): Omit<Made, 'place' | 'call' | 'isPassed'> {
    const { random, rates, jobOf } = this.#around
    const isLinked = flight.batch.isLinkedAt(place)
    if (!isLinked && !isCurrent(call)) return { outcome: LATE, ran: [], commit: () => {} }
    const job = jobOf(call.workflow)
    const signal = SIGNALS.find((one) => random.chance(rates.signals[one]))
    const asked = signal && this.#ask(call, signal)
    if (asked !== undefined) return { ...asked, outcome: withArguments(asked.outcome, call, isLinked), ran: [] }
    const ran: Ran[] = []
    const outcome = perform(call, ran)
    const retry = outcome.ok === false ? this.#retryAfter(call, outcome.error) : undefined
    if (retry !== undefined) return { ...retry, outcome: withArguments(retry.outcome, call, isLinked), ran: [] }
    return { outcome: withArguments(outcome, call, isLinked), ran, commit: () => job.ended(call, ran) }
  }

  #ask(call: Call, signal: Signal): Asked | undefined {
    const { random, watchman, jobOf } = this.#around
    switch (signal) {
      case 'retry': {
        if (!hasRetryLeft(call.policy, call.attempt - 1)) return undefined
        const wait = random.pick([0, 0, 3, 40, new Date(watchman.now + 5), new Date(0)])
        return this.#retry(call, {
          ok: 'retry',
          error: new Error('again'),
          wait,
          jitter: random.chance(0.3),
          args: undefined,
        })
      }
      case 'requeue':
        return { outcome: { ok: 'reject', requeue: true }, commit: () => watchman.giveRun(call, 0, call.attempt) }
      case 'replace': {
        const canvas = this.#around.spare()
        if (canvas === undefined) return undefined
        const outcome = { ok: 'replace', canvas: canvas as never } as const
        return { outcome, commit: () => jobOf(call.workflow).replace(call, canvas) }
      }
      case 'ignore':
        return { outcome: { ok: 'ignore' }, commit: () => {} }
      default:
        return { outcome: { ok: 'reject', requeue: false }, commit: () => {} }
    }
  }

  /** What a worker makes of an error, by the policy of the call. */
  #retryAfter(call: Call, error: Error): Asked | undefined {
    const { policy, attempt } = call
    if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return undefined
    const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
    return this.#retry(call, {
      ok: 'retry',
      error,
      wait: retryDelayOf(policy, attempt - 1, 1),
      jitter,
      args: undefined,
    })
  }

  #retry(call: Call, outcome: RetryOutcome): Asked {
    const { watchman } = this.#around
    const commit = (): void => {
      const until = typeof outcome.wait === 'number' ? watchman.now + outcome.wait : outcome.wait.valueOf()
      const isRandom = outcome.jitter && typeof outcome.wait === 'number'
      watchman.giveRun(call, isRandom ? watchman.now : until, call.attempt + 1)
    }
    return { outcome, commit }
  }

  /** A thread dies, and what it has not told dies with it. */
  #lose(thread: Thread): void {
    const { random, watchman, handle, callsPerThread, jobOf } = this.#around
    if (!thread.isThere) return
    const isSudden = !thread.isDoomed
    this.#threads.bury(thread)
    const { lane } = thread
    const isSaidFirst = random.chance(0.5)
    if (isSudden && isSaidFirst) handle({ type: 'thread', at: watchman.now, lane, isThere: false })
    let isBlamed = false
    for (const flight of thread.flights.splice(0)) {
      const known = flight.recall()
      const isOthers = isBlamed || thread.flights.some((other) => other.begun > 0)
      const begun = known > 0 || isOthers ? known : 1
      isBlamed = true
      const death = deathIn({ flight, begun, callsPerThread, watchman, jobOf })
      watchman.running.delete(flight.batch.number)
      this.settled.push(flight.batch.number)
      this.#recalled = this.#recalled.filter(({ batch }) => batch !== flight.batch.number)
      handle({ type: 'lost', at: watchman.now, batch: flight.batch.number, loss: { reason: 'exit' }, begun })
      death.check()
    }
    if (isSudden && !isSaidFirst && !this.#threads.at(lane).isThere)
      handle({ type: 'thread', at: watchman.now, lane, isThere: false })
  }

  /** An end that comes a second time, or after the thread was lost, or after all was closed. */
  #repeat(): void {
    const { random, watchman, handle } = this.#around
    const told = [...watchman.running.values()].filter(({ told }) => told.size > 0)
    const isOver = this.settled.length > 0 && (told.length === 0 || random.chance(0.5))
    if (!isOver && told.length === 0) return
    const flight = random.pick(told)
    const batch = isOver ? random.pick(this.settled) : (flight as Flight).batch.number
    const place = isOver ? 0 : random.pick([...(flight as Flight).told])
    const at = watchman.now
    const isPair = !isOver && (flight as Flight).told.has(place + 1)
    const ends = isPair
      ? [{ from: place, values: ['late', 'late'] }]
      : [{ at: place, outcome: { ok: true as const, value: 'late' } }]
    const said =
      !isOver || random.chance(0.5)
        ? handle({ type: 'outcomes', at, batch, ends, random: 0, begun: 0, ms: 0 })
        : handle({ type: 'lost', at, batch, loss: { reason: 'exit' } })
    // Time has passed, and others may be able to start.
    const isAbout = (one: Instruction): boolean =>
      one.type === 'ended' || one.type === 'tell' || (one.type === 'emit' && one.event.type !== 'task-started')
    hold(!said.some(isAbout), 'a repeated outcome has consequences')
  }
}

/** The runtime has not seen what came into a step from the one before it, and is told with its end. */
function withArguments(outcome: Outcome, { args, workflow }: Call, isLinked: boolean): Outcome {
  if (!isLinked || workflow.keep || outcome.ok === true || outcome.ok === 'replace') return outcome
  return { ...outcome, args }
}

const SHOWN = { kind: 'state', state: 'COOKING', meta: undefined } as const
const LATE: Outcome = { ok: true, value: 'late' }
export const lostError = (): WorkerLostError => new WorkerLostError('', LOST_RUN, { reason: 'exit' })
const LOST_RUN = { taskId: '', taskName: '', attempt: 1 }
