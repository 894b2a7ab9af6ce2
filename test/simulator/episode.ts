/**
 * One run of the production scheduler under chance that can be repeated: some canvases, and in whatever order chance says their
 * submission, the ends of calls, what they report before, lost threads, doubled and late outcomes, revokes, time that passes, a close.
 * No threads, no promises, no time but a counter.
 */
import fc from 'fast-check'
import type { Canvas } from '../../src/canvas/canvas.js'
import type { Instruction, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { anyInput, anyPlan } from '../property/arbitraries.js'
import { show } from '../property/behaviour.js'
import type { Input } from '../property/evaluate.js'
import { Builder, type Built, type Kit, type Plan, programOf, sizeOf } from '../property/plan.js'
import { Dresser } from './dressed.js'
import { Job } from './job.js'
import type { Machine } from './machine.js'
import { Random } from './random.js'
import { ACTIONS, type Action, drawRates, type Rates } from './rates.js'
import { Sources } from './sources.js'
import { Story } from './story.js'
import { hold, Violation } from './violation.js'
import { Watchman } from './watchman.js'
import { widePlan } from './wide.js'
import { Workers } from './workers.js'

/** Longer than any canvas that is drawn can last. */
const MOST_STEPS = 20_000
/** Looking at everything after every step takes time in proportion to what there is. */
const MOST_CANVASES = 60
const MOST_IN_REPLACEMENTS = 8

const plansOf = (seed: number, count: number, below: number): readonly Plan[] =>
  fc
    .sample(anyPlan, { seed, numRuns: count * 2 })
    .filter((plan) => sizeOf(plan) < below)
    .slice(0, count)

/** What is pulled together with a source's failure may be revoked in the very step in which it begins. */
const seesAll = ({ expiries, failFast, breaks }: Rates['options']): boolean =>
  expiries === 0 && (failFast === 0 || breaks === 0)

function shuffle(list: unknown[], random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[list[i], list[j]] = [list[j], list[i]]
  }
}

export class Episode {
  readonly story: Story
  readonly #machine: Machine
  readonly #random: Random
  readonly #scheduler: InstanceType<Machine['Scheduler']>
  readonly #watchman: Watchman
  readonly #workers: Workers
  readonly #sources: Sources
  readonly #dresser: Dresser
  readonly #plans: Plan[]
  /** For replacements, children and added members. */
  readonly #spare: Plan[]
  readonly #inputs: Input[]
  readonly #jobs = new Map<Workflow, Job>()
  readonly #rates: Rates
  readonly #keep: boolean
  readonly #kit: Kit
  #isHeard = false
  #closes: number

  constructor(machine: Machine, seed: number) {
    const random = new Random(seed)
    this.#machine = machine
    this.#random = random
    this.story = new Story(seed)
    const batching = random.chance(0.5)
    const lanes = 1 + random.below(4)
    const callsPerThread = random.pick(batching ? [1, 1, 2, 3] : [1, 1, 1, 2])
    const graceMs = random.pick([0, 10, Infinity])
    this.#scheduler = new machine.Scheduler(lanes, 'sim-', { batching, callsPerThread, graceMs })
    const limited = random.chance(0.2)
    this.#kit = limited ? machine.limitedKit : machine.kit
    const plans = plansOf(seed, 1 + random.below(5), MOST_CANVASES)
    this.#plans = batching
      ? [...plans, ...Array.from({ length: 1 + random.below(3) }, () => widePlan(random))]
      : [...plans]
    shuffle(this.#plans, random)
    this.#spare = [...plansOf(seed + 1, 6, MOST_IN_REPLACEMENTS)]
    this.#inputs = fc.sample(anyInput, { seed, numRuns: 10 }) as Input[]
    this.#keep = random.chance(0.5)
    this.#closes = random.chance(0.15) ? 1 + random.below(2) : 0
    this.#rates = drawRates(random)
    this.#watchman = new Watchman(machine, {
      callsPerThread,
      batching,
      punctual: random.chance(0.5),
      seesAll: seesAll(this.#rates.options) && !batching,
      limited,
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
      machine,
      random,
      watchman: this.#watchman,
      rates: this.#rates,
      lanes,
      callsPerThread,
      batching,
      handle: (stimulus) => this.#handle(stimulus),
      jobOf: (workflow) => this.#jobs.get(workflow.root) as Job,
      spare: () => this.#buildSpare(),
      pass: (ms) => this.#pass(ms),
    })
    if (random.chance(0.3)) {
      this.#handle({ type: 'listen', listening: true })
      this.#watchman.listening = true
    }
  }

  /** Runs until nothing is left to happen. @throws {@link Violation}, with the seed and what had happened. */
  run(): this {
    try {
      for (let action = this.#draw(); action !== undefined; action = this.#draw()) {
        hold(this.story.steps < MOST_STEPS, 'it does not come to rest')
        this.#pass(this.#random.pick([0, 0, 0, 1, 2]))
        this.#workers.tellSoon()
        this.#act(action)
      }
      this.#watchman.checkRest(this.#scheduler, this.#dresser.names)
      this.#sources.checkRest()
      if (!this.#watchman.closed) for (const job of this.#jobs.values()) if (!this.#isStruck(job)) this.#compare(job)
      return this
    } catch (error) {
      throw new Violation(`${(error as Error).message}\n${this.story.text()}`, { cause: error })
    }
  }

  /** What happens next; nothing once all canvases are submitted, all calls have ended and nothing is waited for. */
  #draw(): Action | undefined {
    const { running, wakeAt, workflows } = this.#watchman
    const { hasMore } = this.#workers
    if (this.#plans.length === 0 && !hasMore && !this.#sources.hasMore && wakeAt === undefined) return undefined
    const possible: Readonly<Partial<Record<Action, boolean>>> = {
      submit: this.#plans.length > 0,
      settle: hasMore,
      lose: hasMore,
      pull: this.#sources.hasMore,
      tick: wakeAt !== undefined,
      repeat: this.#workers.settled.length > 0,
      watch: workflows.size > 0,
      listen: !this.#watchman.listening,
      revoke: workflows.size > 0,
      close: this.#closes > 0,
    }
    const actions = ACTIONS.filter((action) => possible[action] ?? running.size > 0)
    return this.#random.weighted(actions.map((action) => [action, this.#rates.actions[action]]))
  }

  /** So much time passes. A punctual driver tells at once when something falls due. */
  #pass(ms: number): void {
    const watchman = this.#watchman
    const later = watchman.now + ms
    while (watchman.punctual && watchman.wakeAt !== undefined && watchman.wakeAt <= later)
      this.#tick(Math.max(watchman.wakeAt, watchman.now))
    watchman.now = Math.max(watchman.now, later)
  }

  #act(action: Action): void {
    switch (action) {
      case 'submit':
        return this.#submit(this.#plans.pop() as Plan)
      case 'tick':
        return this.#wake()
      case 'pull':
        return this.#sources.tell()
      case 'watch':
        return this.#watch(this.#anyWorkflow())
      case 'revoke':
        return this.#revoke(this.#anyTarget())
      case 'listen':
        this.#isHeard = !this.#isHeard
        this.#handle({ type: 'listen', listening: this.#isHeard })
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
    this.#workers.checkChildren()
    this.#workers.tellAtOnce()
    this.#sources.tellAtOnce()
    return instructions
  }

  #submit(plan: Plan): void {
    const canvas = this.#build(plan)
    const input = this.#inputs.pop() ?? { args: [] }
    const { args, kwargs = {} } = input
    const graph = this.#machine.compile(canvas as unknown as Canvas)
    const program = (): string => programOf(plan)
    this.story.quote(program)
    const rest = { graph, args, kwargs, keep: this.#keep, isRevoked: false, submittedAt: {} }
    const [accepted] = this.#handle({ type: 'submit', at: this.#watchman.now, ...rest })
    if (accepted?.type !== 'accepted') throw new Violation('a submitted canvas is not accepted')
    this.#jobs.set(accepted.workflow, new Job(accepted.workflow, canvas, input, program))
  }

  #build(plan: Plan): Built {
    return new Builder(this.#dresser.kit(this.#kit)).build(plan)
  }

  /** Its own links are left out: they would stand where those of the call stand that it replaces. */
  #buildSpare(): Built | undefined {
    const plan = this.#spare.pop()
    if (plan === undefined) return undefined
    this.story.quote(() => programOf(plan))
    return this.#build({ shape: plan.shape })
  }

  #wake(): void {
    const { now, wakeAt = now } = this.#watchman
    const early = this.#random.chance(0.1)
    this.#tick(early ? now : Math.max(now, wakeAt) + (this.#watchman.punctual ? 0 : this.#random.pick([0, 0, 50])))
  }

  #tick(at: number): void {
    this.#watchman.now = at
    this.#watchman.wakeAt = undefined
    this.#handle({ type: 'tick', at })
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
    const scope = this.#random.pick(['call', 'subtree'] as const)
    const terminate = this.#random.chance(0.5)
    const targets = [{ workflow, node, scope }]
    const wasOpen = !workflow.isFinal(node)
    const isTold = this.#workers.runOf(workflow, node)
    this.#handle({ type: 'revoke', at: this.#watchman.now, targets, reason: 'chance', terminate })
    const isCall = workflow.graph.calls[node] !== undefined
    hold(!isCall || !wasOpen || workflow.status(node) === 'revoked', 'a revoked call is not revoked')
    hold(isTold === undefined || isTold(), 'a revoked run is not told')
    const isWhole = scope === 'subtree' && node === workflow.graph.exit
    hold(!isWhole || workflow.isFinal(node), 'a revoked canvas is not final')
  }

  #close(running: 'finish' | 'drop'): void {
    this.#closes--
    this.#watchman.closed = true
    if (running === 'drop') this.#workers.drop()
    this.#handle({ type: 'close', at: this.#watchman.now, message: 'closed', running })
  }

  #anyWorkflow(): Workflow {
    return this.#random.pick([...this.#watchman.workflows.keys()])
  }

  /** The reference knows nothing of revoked and ignored calls. */
  #isStruck(job: Job): boolean {
    if (!this.#watchman.seesAll && this.#begunUnseen()) return true
    if (this.#sources.released.has(job.workflow)) return true
    const statuses = ['revoked', 'ignored', 'rejected']
    return [...this.#watchman.workflows].some(
      ([{ root }, seen]) => root === job.workflow && seen.statuses.some((status) => statuses.includes(status)),
    )
  }

  /** Whether a callback may have expired in the very step in which it began. */
  #begunUnseen(): boolean {
    const numbers = [...this.#watchman.workflows.keys()].map(({ number }) => number)
    return Math.max(...numbers, 0) >= numbers.length || this.#scheduler.state().revoked > this.#watchman.revokedSeen()
  }

  /** The value or error, and every task function that ran, as the reference says. */
  #compare(job: Job): void {
    const { workflow, program } = job
    const { exit } = workflow.graph
    const found = workflow.succeeded(exit)
      ? show(workflow.value(exit))
      : show(this.#machine.unwrapped(workflow.failure(exit)).error)
    const difference = job.difference(found)
    if (difference !== undefined) throw new Violation(`${program()}\n${difference}`)
  }
}
