/**
 * The threads of an episode at work: which calls begin, how their runs end and when that is told, what is taken back, and which threads
 * start, die and are replaced.
 */
import type { Instruction, Loss } from '../../src/scheduler/messages.js'
import { StartedEvents } from '../../src/scheduler/range-events.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { hasRetryLeft, retriesFor } from '../../src/task/retry.js'
import type { Around, Run } from './around.js'
import { deathIn } from './death.js'
import { endsOf, Flight, type Made } from './flight.js'
import { cannotCross, Outcomes } from './outcomes.js'
import type { Action } from './rates.js'
import { Sayings } from './sayings.js'
import { diedUnder, type Thread, Threads } from './thread.js'
import { broken, hold } from './violation.js'
import { isCurrent } from './watchman.js'

/** Turns for which no thread starts, when all have died. */
const DARK_TURNS = 20

export class Workers {
  /** Batches whose end the scheduler has been told. */
  readonly settled: number[] = []
  readonly #around: Around
  readonly #threads: Threads
  readonly #outcomes: Outcomes
  readonly #sayings: Sayings
  /** What was taken back, and has not been told. */
  #recalled: { readonly batch: number; readonly begun: number }[] = []
  #isFlushAsked = false
  /** For so many turns no thread starts. */
  #dark = 0

  constructor(around: Around) {
    this.#around = around
    this.#threads = new Threads(around.lanes, around.callsPerThread)
    this.#outcomes = new Outcomes(around)
    this.#sayings = new Sayings(around, (flight) => this.#tell(flight))
  }

  /** Something has still to be told, begun or ended. */
  get hasMore(): boolean {
    return this.#recalled.length > 0 || this.#isFlushAsked || this.#threads.areBusy
  }

  /** Calls that have become ready may wait, until then. */
  get isFlushAsked(): boolean {
    return this.#isFlushAsked
  }

  act(action: Action): void {
    const { random } = this.#around
    switch (action) {
      case 'repeat':
        return this.#repeat()
      case 'revokeChild':
        return this.#sayings.revokeChild()
      case 'dark':
        return this.#darken()
      case 'settle':
      case 'lose': {
        const { busy } = this.#threads
        if (busy.length === 0) return
        return action === 'settle' ? this.#goOn(random.pick(busy)) : this.#lose(this.#anyToLose(busy))
      }
      default: {
        const runs = this.#runs()
        if (runs.length === 0) return
        return action === 'drop' ? this.#drop(runs) : this.#sayings.say(action, random.pick(runs))
      }
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
      batch.hasLinks
        ? [...open].filter((place) => place >= next && batch.isLinkedAt(place)).map((place) => ({ batch, place }))
        : [],
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
    this.tellAtOnce()
  }

  /** After all that the scheduler has said with it. */
  tellAtOnce(): void {
    const { random, rates } = this.#around
    if (!random.chance(rates.lag.recall)) this.#tellRecalled()
  }

  #tellRecalled(): void {
    if (this.#recalled.length === 0) return
    const { watchman, handle } = this.#around
    const recalled = this.#recalled
    this.#recalled = []
    for (const { batch, begun } of recalled) {
      const flight = watchman.running.get(batch)
      if (flight !== undefined) this.#returnUnbegun(flight, begun)
      handle({ type: 'recalled', at: watchman.now, batch, begun })
    }
  }

  #returnUnbegun(flight: Flight, begun: number): void {
    const thread = this.#threads.find(flight)
    for (const place of flight.open)
      if (place >= begun) {
        flight.open.delete(place)
        if (thread !== undefined) thread.calls--
      }
    if (flight.open.size === 0) this.#let(flight)
  }

  #runs(): readonly Run[] {
    const runs: Run[] = []
    for (const { flights } of this.#threads.all)
      for (const flight of flights) for (const [place, call] of flight.inProgress) runs.push({ flight, place, call })
    return runs
  }

  /** Takes in what the scheduler asks of threads and tells running calls. */
  hear(instruction: Instruction): void {
    switch (instruction.type) {
      case 'dispatch':
        return this.#take(new Flight(instruction.batch, this.#around.machine.invocationOf))
      case 'flush':
        hold('driver', !this.#isFlushAsked, 'the end of the turn is asked for twice')
        this.#isFlushAsked = true
        return
      case 'recall':
        return this.#recall(instruction.batch)
      case 'recycle':
        return this.#wear(this.#threads.at(instruction.lane))
      case 'terminate':
        return this.#hearTerminate(instruction.batch, instruction.loss.cause as Error)
      case 'tell':
        return this.#sayings.hearTold(instruction)
    }
  }

  #take(flight: Flight): void {
    const { watchman, batching, random, rates, maxTasksPerWorker } = this.#around
    const thread = this.#threads.at(flight.batch.lane)
    watchman.takeFlight(flight)
    hold('I8', !thread.isWorn, 'a thread gets a call that has had all of them')
    thread.calls += flight.batch.size
    const mayHaveMore = thread.calls <= maxTasksPerWorker || this.#sayings.lenders.has(thread.lane)
    hold('I8', mayHaveMore, 'a thread gets more calls than it may')
    thread.flights.push(flight)
    flight.isRefused = random.chance(rates.refusals)
    if (!batching && !flight.isRefused) this.#begin(flight)
  }

  #recall(number: number): void {
    const flight = this.#around.watchman.running.get(number)
    hold('driver', !flight?.isTaken, 'a batch is to be taken back twice')
    if (flight !== undefined) this.#recalled.push({ batch: number, begun: flight.recall() })
  }

  /** One that starts in the place of a thread that died takes its place anyway. */
  #wear(thread: Thread): void {
    if (!thread.isThere) return
    hold('driver', thread.flights.length === 0 && !thread.isWorn, 'a thread is to be replaced that has something to do')
    thread.isWorn = true
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
    jobOf(call.workflow).lose(call, error, call.workflow.graph.movesValues === true ? 'nothing' : 'all')
    if (retriesFor(call.policy, error) && hasRetryLeft(call.policy, call.attempt - 1))
      watchman.allowance.give(call, watchman.now, call.attempt + 1)
  }

  checkChildren(): void {
    this.#sayings.checkChildren()
  }

  /** The run of a call that has begun and still counts; and whether it has been told to stop. */
  runOf(workflow: Workflow, node: number): (() => boolean) | undefined {
    for (const { flight, place, call } of this.#runs())
      if (call.workflow === workflow && call.node === node && isCurrent(call)) {
        const { number } = flight.batch
        return () => this.#sayings.isCancelled(number, place) || this.#recalled.some(({ batch }) => batch === number)
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
    const { random, rates, batching } = this.#around
    if (!thread.isThere) return this.#startThread(thread)
    if (thread.isWorn) return this.#replace(thread)
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

  #startThread(thread: Thread): void {
    const { random, rates, handle, watchman } = this.#around
    if (this.#dark-- > 0) return
    if (random.chance(rates.failedStarts)) return this.#lose(thread)
    thread.isThere = true
    handle({ type: 'thread', at: watchman.now, lane: thread.lane, isThere: true })
  }

  #replace(thread: Thread): void {
    const { handle, watchman } = this.#around
    this.#threads.replace(thread)
    handle({ type: 'thread', at: watchman.now, lane: thread.lane, isThere: false })
  }

  /** All threads die, and for a while none starts. */
  #darken(): void {
    this.#dark = DARK_TURNS
    this.#around.note('no thread starts for a while')
    for (const thread of [...this.#threads.all]) this.#lose(thread)
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
    flight.end({ place, call, ...this.#outcomes.of(call, place, flight), isPassed: false })
    pass(ms)
  }

  /** From now on nothing is heard of a run that has a hard limit: that must strike. */
  #drop(runs: readonly Run[]): void {
    const limited = runs.filter(({ call }) => (call.policy.timeLimit ?? Infinity) !== Infinity && isCurrent(call))
    if (limited.length === 0) return
    const run = this.#around.random.pick(limited)
    this.#sayings.start(run)
    run.flight.isMute = isCurrent(run.call)
    this.#around.note('its end is lost')
  }

  /** Tells what has ended since the last time. */
  #tell(flight: Flight): void {
    const { random, watchman, handle, batching } = this.#around
    if (!watchman.running.has(flight.batch.number)) return
    if (flight.isMute) return this.#checkMute(flight)
    if (flight.isRefused) return this.#refuse(flight)
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

  #checkMute(flight: Flight): void {
    const isEnding = this.#threads.find(flight)?.isDoomed === true
    hold('I2', isEnding || this.#around.watchman.wakeAt !== undefined, 'nothing ends a call whose end was lost')
  }

  /** Its arguments cannot be sent: all its calls end so, before they begin. */
  #refuse(flight: Flight): void {
    if (flight.isTaken) return
    const { watchman, handle, jobOf } = this.#around
    const { batch, open } = flight
    const error = cannotCross('an argument')
    for (const place of open) {
      if (batch.isLinkedAt(place)) continue
      const call = batch.callAt(place)
      if (isCurrent(call)) jobOf(call.workflow).lose(call, error)
    }
    const ends = Array.from({ length: batch.size }, (_, at) => ({ at, outcome: { ok: false as const, error } }))
    open.clear()
    this.#let(flight)
    handle({ type: 'outcomes', at: watchman.now, batch: batch.number, ends, random: 0, ms: 0, begun: 0 })
  }

  /** Whether an end will count: of a step, when the one before it has in the same message. */
  #counts({ call, place }: Made, flight: Flight): boolean {
    if (!flight.batch.isLinkedAt(place)) return isCurrent(call)
    return flight.counted.has(place - 1) && (call.workflow.isWaiting(call.node) || isCurrent(call))
  }

  /** The scheduler knows all of a batch. */
  #let(flight: Flight): void {
    const { watchman } = this.#around
    if (!flight.isOver) broken('I8', `batch ${flight.batch.number} is over for the scheduler, and goes on`)
    watchman.running.delete(flight.batch.number)
    watchman.ending = flight.batch.number
    this.settled.push(flight.batch.number)
    const flights = this.#threads.find(flight)?.flights
    flights?.splice(flights.indexOf(flight), 1)
  }

  /** A thread dies, perhaps while it starts, and what it has not told dies with it. */
  #lose(thread: Thread): void {
    const { random, watchman, handle } = this.#around
    const isSudden = !thread.isDoomed
    const { lane, isThere } = thread
    this.#threads.bury(thread)
    this.#tellDeath(isSudden ? (isThere ? 'exit' : 'start') : 'terminated')
    const isSaidFirst = random.chance(0.5)
    if (isSudden && isSaidFirst) handle({ type: 'thread', at: watchman.now, lane, isThere: false })
    const culprit = diedUnder(thread.flights, this.#around.callsPerThread)
    for (const flight of thread.flights.splice(0)) this.#loseFlight(flight, culprit)
    if (isSudden && !isSaidFirst && !this.#threads.at(lane).isThere)
      handle({ type: 'thread', at: watchman.now, lane, isThere: false })
  }

  /** Before what it means for its calls. */
  #tellDeath(reason: Loss['reason']): void {
    const { deaths, watchman, handle } = this.#around
    if (!deaths.areBounded) return
    deaths.note(watchman.now, reason)
    handle({ type: 'died', at: watchman.now, reason })
  }

  #loseFlight(flight: Flight, culprit: Flight | 'any' | undefined): void {
    const { watchman, handle, jobOf } = this.#around
    const isIt = culprit === flight
    const isUnder = isIt || culprit === 'any'
    const begun = isIt ? Math.max(flight.recall(), 1) : flight.recall()
    const { number } = flight.batch
    const death = deathIn({ flight, begun, isUnder, watchman, jobOf })
    watchman.running.delete(number)
    this.settled.push(number)
    this.#recalled = this.#recalled.filter(({ batch }) => batch !== number)
    handle({ type: 'lost', at: watchman.now, batch: number, loss: { reason: 'exit' }, begun, isUnder })
    death.check()
  }

  /** An end that comes a second time, or after the thread was lost, or after all was closed. */
  #repeat(): void {
    const { random, watchman, handle } = this.#around
    const told = [...watchman.running.values()].filter((flight) => flight.told.size > 0)
    const isOver = this.settled.length > 0 && (told.length === 0 || random.chance(0.5))
    if (!isOver && told.length === 0) return
    const at = watchman.now
    if (isOver && random.chance(0.5)) {
      const loss = { reason: 'exit' } as const
      return this.#checkUnheard(handle({ type: 'lost', at, batch: random.pick(this.settled), loss }))
    }
    const flight = isOver ? undefined : random.pick(told)
    const batch = flight?.batch.number ?? random.pick(this.settled)
    const place = flight === undefined ? 0 : random.pick([...flight.told])
    const ends =
      flight?.told.has(place + 1) === true
        ? [{ from: place, values: ['late', 'late'] }]
        : [{ at: place, outcome: { ok: true as const, value: 'late' } }]
    this.#checkUnheard(handle({ type: 'outcomes', at, batch, ends, random: 0, begun: 0, ms: 0 }))
  }

  /** Time has passed, and others may be able to start, or be refused: nothing else follows. */
  #checkUnheard(said: readonly Instruction[]): void {
    if (this.#around.watchman.refuses) return
    for (const one of said) {
      const isAbout =
        one.type === 'ended' ||
        one.type === 'tell' ||
        (one.type === 'emit' && one.event.type !== 'task-started') ||
        (one.type === 'emit-range' && !(one.events instanceof StartedEvents))
      hold('I1', !isAbout, 'a repeated outcome has consequences')
    }
  }
}
