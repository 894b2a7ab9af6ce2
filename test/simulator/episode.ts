/**
 * One run of the production scheduler under chance that can be repeated: some canvases, and in whatever order chance says their
 * submission, the ends of calls, lost threads, doubled and late outcomes, a close. No threads, no promises, no time but a counter.
 * Each seed draws for itself which faults there are and how often.
 */
import fc from 'fast-check'
import type { Canvas } from '../../src/canvas/canvas.js'
import { WorkerLostError } from '../../src/errors.js'
import type { Batch, Instruction, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { anyInput, anyPlan } from '../property/arbitraries.js'
import { show } from '../property/behaviour.js'
import { evaluate, type Input, type Ran } from '../property/evaluate.js'
import { Builder, type Plan, programOf, sizeOf } from '../property/plan.js'
import type { Machine } from './machine.js'
import { behave, perform } from './perform.js'
import { Random } from './random.js'
import { Story } from './story.js'
import { hold, Violation, Watchman } from './watchman.js'

/** A canvas that was submitted, and what became of its calls, those of callbacks included. */
interface Job {
  readonly workflow: Workflow
  readonly canvas: Canvas
  readonly input: Input
  readonly plan: Plan
  readonly ran: Ran[]
  /** Where a thread was lost under a call. */
  readonly lost: Map<string, Error>
}

/** Longer than any canvas that is drawn can last. */
const MOST_STEPS = 20_000
/** Looking at everything after every step takes time in proportion to what there is. */
const MOST_CANVASES = 60

const plansOf = (seed: number, count: number): readonly Plan[] =>
  fc
    .sample(anyPlan, { seed, numRuns: count * 2 })
    .filter((plan) => sizeOf(plan) < MOST_CANVASES)
    .slice(0, count)

type Action = 'submit' | 'settle' | 'lose' | 'repeat' | 'watch' | 'close'

export class Episode {
  readonly story: Story
  readonly #machine: Machine
  readonly #random: Random
  readonly #scheduler: InstanceType<Machine['Scheduler']>
  readonly #watchman: Watchman
  readonly #plans: Plan[]
  readonly #inputs: Input[]
  readonly #jobs = new Map<Workflow, Job>()
  /** Batches whose end the scheduler has been told. */
  readonly #settled: number[] = []
  readonly #rates: Readonly<Record<Action, number>>
  readonly #keep: boolean
  #now = 0
  #closes: number

  constructor(machine: Machine, seed: number) {
    const random = new Random(seed)
    this.#machine = machine
    this.#random = random
    this.story = new Story(seed)
    this.#scheduler = new machine.Scheduler(1 + random.below(4), 'sim-')
    this.#watchman = new Watchman(machine)
    this.#plans = [...plansOf(seed, 1 + random.below(5))]
    this.#inputs = fc.sample(anyInput, { seed, numRuns: 10 }) as Input[]
    this.#keep = random.chance(0.5)
    this.#closes = random.chance(0.15) ? 1 + random.below(2) : 0
    this.#rates = {
      submit: random.pick([0.2, 1, 10]),
      settle: 2,
      lose: random.pick([0, 0, 0.05, 0.5]),
      repeat: random.pick([0, 0.3, 1]),
      watch: random.pick([0, 0.5]),
      close: 0.02,
    }
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
        this.#act(action)
      }
      this.#watchman.checkRest(this.#scheduler)
      if (!this.#watchman.closed) for (const job of this.#jobs.values()) this.#compare(job)
      return this
    } catch (error) {
      throw new Violation(`${(error as Error).message}\n${this.story.text()}`, { cause: error })
    }
  }

  /** What happens next; nothing once all canvases are submitted and all calls have ended. */
  #draw(): Action | undefined {
    const { running } = this.#watchman
    if (this.#plans.length === 0 && running.size === 0) return undefined
    const possible: Readonly<Record<Action, boolean>> = {
      submit: this.#plans.length > 0,
      settle: running.size > 0,
      lose: running.size > 0,
      repeat: this.#settled.length > 0,
      watch: this.#watchman.workflows.size > 0,
      close: this.#closes > 0,
    }
    const actions = (Object.keys(possible) as Action[]).filter((action) => possible[action])
    return this.#random.weighted(actions.map((action) => [action, this.#rates[action]]))
  }

  #act(action: Action): void {
    switch (action) {
      case 'submit':
        return this.#submit(this.#plans.pop() as Plan)
      case 'settle':
        return this.#settle(this.#takeRunning())
      case 'lose':
        return this.#lose(this.#takeRunning())
      case 'repeat':
        return this.#repeat(this.#random.pick(this.#settled))
      case 'watch':
        return this.#watch(this.#random.pick([...this.#watchman.workflows.keys()]))
      case 'close':
        return this.#close(this.#random.pick(['finish', 'drop']))
    }
  }

  #handle(stimulus: Stimulus): readonly Instruction[] {
    const instructions = this.#scheduler.handle(stimulus)
    this.story.add(stimulus, instructions)
    this.#watchman.look(instructions, this.#scheduler)
    return instructions
  }

  #submit(plan: Plan): void {
    const canvas = new Builder(this.#machine.kit).build(plan) as unknown as Canvas
    const input = this.#inputs.pop() ?? { args: [] }
    const { args, kwargs = {} } = input
    const graph = this.#machine.compile(canvas)
    this.story.quote(() => programOf(plan))
    const stimulus: Stimulus = {
      type: 'submit',
      at: this.#tick(),
      graph,
      args,
      kwargs,
      keep: this.#keep,
      submittedAt: {},
    }
    const [accepted] = this.#handle(stimulus)
    if (accepted?.type !== 'accepted') throw new Violation('a submitted canvas is not accepted')
    const { workflow } = accepted
    this.#jobs.set(workflow, { workflow, canvas, input, plan, ran: [], lost: new Map() })
  }

  #settle(batch: Batch): void {
    const outcomes = batch.calls.map((call) => perform(call, this.#jobOf(call.workflow).ran))
    this.#handle({ type: 'outcomes', at: this.#tick(), batch: batch.number, outcomes })
  }

  #lose(batch: Batch): void {
    for (const { workflow, node } of batch.calls)
      this.#jobOf(workflow).lost.set(workflow.pathOf(node), new WorkerLostError('', LOST_RUN, { reason: 'exit' }))
    this.#handle({ type: 'lost', at: this.#tick(), batch: batch.number, loss: { reason: 'exit' } })
  }

  /** An end that comes a second time, or after the thread was lost, or after all was closed. */
  #repeat(batch: number): void {
    const at = this.#tick()
    const instructions = this.#random.chance(0.5)
      ? this.#handle({ type: 'outcomes', at, batch, outcomes: [{ ok: true, value: 'late' }] })
      : this.#handle({ type: 'lost', at, batch, loss: { reason: 'exit' } })
    hold(instructions.length === 0, 'a repeated outcome has consequences')
  }

  #watch(workflow: Workflow): void {
    const node = this.#random.below(workflow.graph.size)
    this.#watchman.watch(workflow, node)
    this.#handle({ type: 'watch', workflow, node })
  }

  #close(running: 'finish' | 'drop'): void {
    this.#closes--
    this.#watchman.closed = true
    if (running === 'drop') {
      this.#settled.push(...this.#watchman.running.keys())
      this.#watchman.running.clear()
    }
    this.#handle({ type: 'close', at: this.#tick(), message: 'closed', running })
  }

  #takeRunning(): Batch {
    const batch = this.#random.pick([...this.#watchman.running.values()])
    this.#watchman.running.delete(batch.number)
    this.#settled.push(batch.number)
    return batch
  }

  #jobOf(workflow: Workflow): Job {
    return this.#jobs.get(workflow.root) as Job
  }

  #tick(): number {
    return this.#now++
  }

  /** The value or error, and every task function that ran, as the reference says. */
  #compare({ workflow, canvas, input, plan, ran, lost }: Job): void {
    const expected = evaluate(canvas, { perform: behave, lost: (path) => lost.get(path) }, input)
    const { exit } = workflow.graph
    const found = workflow.succeeded(exit)
      ? show(workflow.value(exit))
      : show(this.#machine.unwrapped(workflow.failure(exit)).error)
    const wanted = expected.ok ? show(expected.value) : show(expected.error)
    if (found !== wanted) throw new Violation(`${programOf(plan)}\ngave     ${found}\nexpected ${wanted}`)
    const [foundCalls, wantedCalls] = [textOf(ran), textOf(expected.ran)]
    if (foundCalls !== wantedCalls)
      throw new Violation(`${programOf(plan)}\nran\n${foundCalls}\nexpected\n${wantedCalls}`)
  }
}

const LOST_RUN = { taskId: '', taskName: '', attempt: 1 }
const textOf = (ran: readonly Ran[]): string =>
  ran
    .map(({ path, text }) => `  ${path}: ${text}`)
    .sort()
    .join('\n')
