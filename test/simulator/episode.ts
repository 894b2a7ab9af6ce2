/**
 * One run of the production scheduler under chance that can be repeated: some canvases, and in whatever order chance says their
 * submission, the ends of calls, what they report before, lost threads and ends, doubled and late outcomes, revokes, time that passes
 * or jumps, a full queue, a close. No threads, no promises, no time but a number.
 */
import type { Canvas } from '../../src/canvas/canvas.js'
import { EVENT_NAMES } from '../../src/events/event.js'
import type { Graph } from '../../src/graph/graph.js'
import type { Instruction, Stimulus, Submit } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { show } from '../property/behaviour.js'
import type { Known } from '../property/evaluate.js'
import { Builder, type Built, type Kit, type Plan, programOf } from '../property/plan.js'
import { Deaths, drawBounds } from './deaths.js'
import { Dresser } from './dressed.js'
import { Job } from './job.js'
import type { Machine } from './machine.js'
import { Planner } from './plans.js'
import { Random } from './random.js'
import { ACTIONS, type Action, drawRates, type Rates } from './rates.js'
import { Sources } from './sources.js'
import { Story } from './story.js'
import { drawTerms, type Terms } from './terms.js'
import { broken, hold, Violation } from './violation.js'
import { type UnrunCall, Watchman } from './watchman.js'
import { widePlan } from './wide.js'
import { Workers } from './workers.js'

/** Longer than any episode that comes to rest. */
const MOST_STEPS = 20_000
const MOST_DRAWS = 200_000
/** Looking at everything after every step takes time in proportion to what there is. */
const MOST_CANVASES = 60
const MOST_IN_REPLACEMENTS = 8
const MOST_SPARE = 6

/** Callbacks and members may expire in the very step in which they begin, or be revoked with what failed beside them. */
const seesAll = ({ expiries, failFast }: Rates['options']): boolean => expiries === 0 && failFast === 0

export class Episode {
  readonly story: Story
  readonly #machine: Machine
  readonly #random: Random
  readonly #terms: Terms
  readonly #scheduler: InstanceType<Machine['Scheduler']>
  readonly #watchman: Watchman
  readonly #workers: Workers
  readonly #sources: Sources
  readonly #dresser: Dresser
  readonly #deaths: Deaths
  readonly #planner: Planner
  readonly #plans: Plan[]
  /** Replacements, children and added members that there may still be. */
  #spare = MOST_SPARE
  readonly #jobs = new Map<Workflow, Job>()
  /** Calls of the canvas that is being submitted which were refused in the same step. */
  readonly #refusedFirst: { readonly call: UnrunCall; readonly error: Error }[] = []
  readonly #rates: Rates
  readonly #kit: Kit
  readonly #weights = new Float64Array(ACTIONS.length)
  #isHeard = false
  #closes: number
  #draws = 0

  /** @param isTold - What happens is written down, to be read. */
  constructor(machine: Machine, seed: number, isTold = false) {
    const random = new Random(seed)
    this.#machine = machine
    this.#random = random
    this.story = new Story(seed, isTold)
    const terms = drawTerms(random)
    this.#terms = terms
    const { lanes, callsPerThread, batching, limited } = terms
    const bounds = drawBounds(seed)
    this.#deaths = new Deaths(bounds)
    this.#scheduler = new machine.Scheduler(lanes, 'sim-', { ...terms, ...bounds })
    this.#kit = limited ? machine.limitedKit : machine.kit
    this.#planner = new Planner(random)
    this.#plans = this.#drawPlans()
    this.#closes = random.chance(0.15) ? 1 + random.below(2) : 0
    this.#rates = drawRates(random)
    this.#watchman = new Watchman(machine, {
      ...terms,
      seesAll: seesAll(this.#rates.options) && !batching && !this.#deaths.areBounded,
      deaths: this.#deaths,
      unrun: (call, error, known) => this.#loseUnrun(call, error, known),
    })
    this.#dresser = new Dresser(random, this.#rates.options)
    this.#sources = new Sources({
      machine,
      random,
      watchman: this.#watchman,
      lag: this.#rates.lag.pull,
      handle: (stimulus) => this.#handle(stimulus),
    })
    this.#workers = new Workers({
      ...terms,
      machine,
      random,
      watchman: this.#watchman,
      deaths: this.#deaths,
      rates: this.#rates,
      callsPerThread,
      handle: (stimulus) => this.#handle(stimulus),
      jobOf: (workflow) => this.#jobs.get(workflow.root) as Job,
      spare: () => this.#buildSpare(),
      note: (text) => this.story.quote(() => text),
      pass: (ms) => this.#pass(ms),
    })
    if (random.chance(0.3)) {
      if (terms.throwing) this.story.quote(() => 'a listener throws at each event')
      this.#handle({ type: 'listen', heard: new Set(EVENT_NAMES) })
      this.#watchman.listening = true
    }
  }

  /** Runs until nothing is left to happen. @throws {@link Violation}, with the seed and, if it is told, what had happened. */
  run(): this {
    try {
      for (let action = this.#draw(); action !== undefined; action = this.#draw()) {
        hold('I2', this.story.steps < MOST_STEPS && ++this.#draws < MOST_DRAWS, 'it does not come to rest')
        this.#pass(this.#random.pick([0, 0, 0, 1, 2]))
        this.#workers.tellSoon()
        this.#act(action)
      }
      this.#watchman.checkRest(this.#scheduler, this.#dresser.names)
      this.#sources.checkRest()
      if (!this.#watchman.closed) for (const job of this.#jobs.values()) if (!this.#isStruck(job)) this.#compare(job)
      return this
    } catch (error) {
      const invariant = error instanceof Violation ? error.invariant : 'state'
      throw new Violation(invariant, `${(error as Error).message}\n${this.story.text()}`, { cause: error })
    }
  }

  #drawPlans(): Plan[] {
    const random = this.#random
    const plans = Array.from({ length: 1 + random.below(5) }, () => this.#planner.plan(MOST_CANVASES))
    if (this.#terms.batching) for (let i = 1 + random.below(3); i > 0; i--) plans.push(widePlan(random))
    for (let i = plans.length - 1; i > 0; i--) {
      const j = random.below(i + 1)
      ;[plans[i], plans[j]] = [plans[j] as Plan, plans[i] as Plan]
    }
    return plans
  }

  /** What happens next; nothing once all canvases are submitted, all calls have ended and nothing is waited for. */
  #draw(): Action | undefined {
    const { hasMore } = this.#workers
    if (this.#plans.length === 0 && !hasMore && !this.#sources.hasMore && this.#watchman.wakeAt === undefined)
      return undefined
    let total = 0
    for (let i = 0; i < ACTIONS.length; i++) {
      const action = ACTIONS[i] as Action
      const weight = this.#isPossible(action, hasMore) ? this.#rates.actions[action] : 0
      this.#weights[i] = weight
      total += weight
    }
    let left = this.#random.next() * total
    for (let i = 0; i < ACTIONS.length; i++) {
      const weight = this.#weights[i] as number
      if (weight > 0 && left < weight) return ACTIONS[i]
      left -= weight
    }
    return 'settle'
  }

  #isPossible(action: Action, hasMore: boolean): boolean {
    const { running, wakeAt, records, listening } = this.#watchman
    switch (action) {
      case 'submit':
        return this.#plans.length > 0
      case 'settle':
      case 'lose':
      case 'dark':
        return hasMore
      case 'pull':
        return this.#sources.hasMore
      case 'tick':
        return wakeAt !== undefined
      case 'repeat':
        return this.#workers.settled.length > 0
      case 'watch':
      case 'revoke':
        return records.size > 0
      case 'listen':
        return !listening
      case 'close':
        return this.#closes > 0
      case 'jump':
        return true
      default:
        return running.size > 0
    }
  }

  /** So much time passes. A punctual driver tells at once when something falls due. */
  #pass(ms: number): void {
    const watchman = this.#watchman
    const later = watchman.now + ms
    while (this.#terms.punctual && watchman.wakeAt !== undefined && watchman.wakeAt <= later)
      this.#tick(Math.max(watchman.wakeAt, watchman.now))
    watchman.setTime(Math.max(watchman.now, later))
  }

  #act(action: Action): void {
    switch (action) {
      case 'submit':
        return this.#submit(this.#plans.pop() as Plan)
      case 'tick':
        return this.#wake()
      case 'jump':
        return this.#jump()
      case 'pull':
        return this.#sources.tell()
      case 'watch':
        return this.#watch(this.#anyWorkflow())
      case 'revoke':
        return this.#revoke(this.#anyTarget())
      case 'listen':
        this.#isHeard = !this.#isHeard
        this.#handle({
          type: 'listen',
          heard: new Set(EVENT_NAMES.filter(() => this.#isHeard && this.#random.chance(0.7))),
        })
        return
      case 'close':
        return this.#close(this.#random.pick(['finish', 'drop']))
      default:
        if (this.#workers.hasMore || action === 'repeat') this.#workers.act(action)
    }
  }

  #handle(stimulus: Stimulus): readonly Instruction[] {
    const instructions = this.#scheduler.handle(stimulus)
    this.story.add(stimulus, instructions)
    this.#watchman.meetAll(this.#scheduler)
    for (const instruction of instructions) {
      this.#watchman.take(instruction)
      this.#workers.hear(instruction)
      this.#sources.hear(instruction)
    }
    this.#watchman.look(this.#scheduler)
    if (!this.#workers.isFlushAsked) this.#watchman.checkRefused()
    // Before anything else happens: steps behind those that were let in ask nobody.
    if (stimulus.type === 'submit') this.#checkQueue(stimulus, instructions)
    this.#workers.checkChildren()
    this.#workers.tellAtOnce()
    this.#sources.tellAtOnce()
    return instructions
  }

  #submit(plan: Plan): void {
    const canvas = this.#build(plan)
    const graph = this.#graphOf(canvas)
    const { now } = this.#watchman
    if (!this.#scheduler.hasRoomFor(graph, now)) return this.#refuse(plan)
    const input = this.#planner.input()
    const { args, kwargs = {} } = input
    const program = (): string => programOf(plan)
    this.story.quote(program)
    const isRevoked = this.#random.chance(this.#rates.stillborn)
    const isWatched = this.#random.chance(0.3)
    const rest = { graph, args, kwargs, keep: this.#terms.keep, isRevoked, isWatched, submittedAt: {} }
    if (isWatched) this.#watchman.watchNext(graph.exit)
    this.#watchman.isStillborn = isRevoked
    const [accepted] = this.#handle({ type: 'submit', at: now, ...rest })
    this.#watchman.isStillborn = false
    if (accepted?.type !== 'accepted') return broken('driver', 'a submitted canvas is not accepted')
    const { workflow } = accepted
    const job = new Job(workflow, canvas, input, program)
    this.#jobs.set(workflow, job)
    for (const { call, error } of this.#refusedFirst.splice(0)) job.lose(call, error, 'nothing')
    if (isRevoked) this.#revokeIn(workflow, graph.exit, 'subtree')
  }

  #checkQueue({ isRevoked }: Submit, [accepted]: readonly Instruction[]): void {
    const { now, latest } = this.#watchman
    if (!isRevoked && now === latest && accepted?.type === 'accepted') this.#watchman.checkQueue(accepted.workflow)
  }

  #graphOf(canvas: Built): Graph {
    const graph = this.#machine.compile(canvas as unknown as Canvas)
    return this.#random.chance(this.#rates.moves) ? { ...graph, movesValues: true } : graph
  }

  /** A call fails without a run: the reference is told, as soon as there is one. */
  #loseUnrun(call: UnrunCall, error: Error, known: Known): void {
    const job = this.#jobs.get(call.workflow.root)
    if (job === undefined) this.#refusedFirst.push({ call, error })
    else job.lose(call, error, known)
  }

  /** The queue is full: it is tried again when there is less to do. Of a queue that is empty, more is asked than it can ever hold. */
  #refuse(plan: Plan): void {
    this.story.quote(() => 'refused: the queue is full')
    if (this.#watchman.running.size > 0) this.#plans.unshift(plan)
  }

  #build(plan: Plan): Built {
    return new Builder(this.#dresser.kit(this.#kit)).build(plan)
  }

  /** Its own links are left out: they would stand where those of the call stand that it replaces. */
  #buildSpare(): Built | undefined {
    if (this.#spare-- <= 0) return undefined
    const plan = this.#planner.plan(MOST_IN_REPLACEMENTS)
    this.story.quote(() => programOf(plan))
    return this.#build({ shape: plan.shape })
  }

  #wake(): void {
    const { now, wakeAt = now } = this.#watchman
    const early = this.#random.chance(0.1)
    this.#tick(early ? now : Math.max(now, wakeAt) + (this.#terms.punctual ? 0 : this.#random.pick([0, 0, 50])))
  }

  #tick(at: number): void {
    this.#watchman.setTime(at)
    this.#watchman.wakeAt = undefined
    this.#handle({ type: 'tick', at })
  }

  /** The machine slept, or its clock was set. */
  #jump(): void {
    const isBack = this.#rates.clockGoesBack && this.#random.chance(0.5)
    this.story.quote(() => (isBack ? 'the clock is put back' : 'the clock jumps'))
    if (isBack) this.#watchman.setTime(this.#watchman.now - this.#random.pick([1, 10, 1_000]))
    else this.#pass(this.#random.pick([100, 1_000, 60_000]))
  }

  #watch(workflow: Workflow): void {
    const node = this.#random.below(workflow.graph.size)
    this.#watchman.watch(workflow, node)
    this.#handle({ type: 'watch', workflow, node })
  }

  #anyTarget(): { readonly workflow: Workflow; readonly node: number } {
    const step = this.#random.chance(0.3) ? this.#workers.anyStep() : undefined
    if (step !== undefined) return step
    const workflow = this.#anyWorkflow()
    return { workflow, node: this.#random.chance(0.3) ? workflow.graph.exit : this.#random.below(workflow.graph.size) }
  }

  #revoke({ workflow, node }: { readonly workflow: Workflow; readonly node: number }): void {
    this.#revokeIn(workflow, node, this.#random.pick(['call', 'subtree'] as const))
  }

  #revokeIn(workflow: Workflow, node: number, scope: 'call' | 'subtree'): void {
    const terminate = this.#random.chance(0.5)
    const targets = [{ workflow, node, scope }]
    const wasOpen = !workflow.isFinal(node)
    const isTold = this.#workers.runOf(workflow, node)
    this.#handle({ type: 'revoke', at: this.#watchman.now, targets, reason: 'chance', terminate })
    const isCall = workflow.graph.calls[node] !== undefined
    hold('I1', !isCall || !wasOpen || workflow.status(node) === 'revoked', 'a revoked call is not revoked')
    hold('I12', isTold === undefined || isTold(), 'a revoked run is not told')
    const isWhole = scope === 'subtree' && node === workflow.graph.exit
    hold('I2', !isWhole || workflow.isFinal(node), 'a revoked canvas is not final')
  }

  #close(running: 'finish' | 'drop'): void {
    this.#closes--
    this.#watchman.closed = true
    if (running === 'drop') this.#workers.drop()
    this.#handle({ type: 'close', at: this.#watchman.now, message: 'closed', running })
  }

  #anyWorkflow(): Workflow {
    return this.#random.pick(this.#watchman.records.workflows())
  }

  /** The reference knows nothing of revoked and ignored calls. */
  #isStruck(job: Job): boolean {
    const { records, options } = this.#watchman
    if (!options.seesAll && this.#begunUnseen()) return true
    return this.#sources.released.has(job.workflow) || records.isStruck(job.workflow)
  }

  /** Whether a callback may have expired in the very step in which it began. */
  #begunUnseen(): boolean {
    const { records } = this.#watchman
    const highest = Math.max(...records.workflows().map(({ number }) => number), 0)
    const { revoked, tally } = this.#scheduler.state()
    return (
      highest >= records.size ||
      revoked > records.revoked() ||
      (this.#deaths.areBounded && tally.applied > records.calls)
    )
  }

  /** The value or error, and every task function that ran, as the reference says. */
  #compare(job: Job): void {
    const { workflow, program } = job
    const { exit } = workflow.graph
    const found = workflow.succeeded(exit)
      ? show(workflow.value(exit))
      : show(this.#machine.unwrapped(workflow.failure(exit)).error)
    this.story.foldText(found)
    const difference = job.difference(found)
    if (difference !== undefined) broken('I7', `${program()}\n${difference}`)
  }
}
