/** A canvas that was submitted, and all that chance did to its calls, so that the reference can be told. */
import type { Canvas } from '../../src/canvas/canvas.js'
import type { Call } from '../../src/scheduler/batch.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { show } from '../property/behaviour.js'
import { type Evaluation, evaluate, type Input, type Known, type Ran, type World } from '../property/evaluate.js'
import type { Built } from '../property/plan.js'
import { behave } from './perform.js'

const canvasOf = (built: Built): Canvas => built as unknown as Canvas
type Run = Pick<Call, 'workflow' | 'node' | 'attempt'>
const pathOf = ({ workflow, node }: Pick<Call, 'workflow' | 'node'>): string => workflow.pathOf(node)

/** A canvas that a running call has applied. */
export interface Child {
  readonly canvas: Canvas
  readonly path: string
  /** What the call was told, as text, if it was. */
  told: string | undefined
}

export class Job implements World {
  readonly workflow: Workflow
  readonly canvas: Canvas
  readonly input: Input
  readonly program: () => string
  /** Every task function that ran. */
  readonly ran: Ran[] = []
  readonly children: Child[] = []
  readonly perform = behave
  /** By where they stand. */
  readonly #lost = new Map<string, Error>()
  readonly #known = new Map<string, Known>()
  readonly #attempts = new Map<string, number>()
  readonly #replacements = new Map<string, Canvas[]>()
  readonly #added = new Map<string, Canvas[]>()

  constructor(workflow: Workflow, canvas: Built, input: Input, program: () => string) {
    this.workflow = workflow
    this.canvas = canvasOf(canvas)
    this.input = input
    this.program = program
  }

  /** A run ended with a value or an error. */
  ended(call: Call, ran: readonly Ran[]): void {
    this.ran.push(...ran)
    this.#lost.delete(pathOf(call))
    this.#attempts.set(pathOf(call), call.attempt)
  }

  /** @param known - Of its arguments: what came in may have gone from step to step in the thread and died with it, or all was moved there. */
  lose(call: Run, error: Error, known: Known = 'all'): void {
    this.#lost.set(pathOf(call), error)
    this.#known.set(pathOf(call), known)
    this.#attempts.set(pathOf(call), call.attempt)
  }

  replace(call: Call, canvas: Built): void {
    const path = pathOf(call)
    this.#replacements.set(path, [...(this.#replacements.get(path) ?? []), canvasOf(canvas)])
  }

  add(workflow: Workflow, join: number, canvas: Built): void {
    const path = workflow.pathOf(join)
    this.#added.set(path, [...(this.#added.get(path) ?? []), canvasOf(canvas)])
  }

  apply(call: Call, child: number, canvas: Built): void {
    const path = pathOf(call)
    const part = `children[${child}]`
    this.children.push({ canvas: canvasOf(canvas), path: path === '' ? part : `${path}.${part}`, told: undefined })
  }

  known(path: string): Known {
    return this.#known.get(path) ?? 'all'
  }

  lost(path: string): Error | undefined {
    return this.#lost.get(path)
  }

  attempt(path: string): number | undefined {
    return this.#attempts.get(path)
  }

  /** A call that stands in the place of another one may be replaced itself. */
  replacement(path: string): Canvas | undefined {
    return this.#replacements.get(path)?.shift()
  }

  added(path: string): readonly Canvas[] {
    return this.#added.get(path) ?? []
  }

  /** What is not as the reference says; nothing if all is. */
  difference(found: string): string | undefined {
    const whole = evaluate(this.canvas, this, this.input)
    const parts = this.children.map(({ canvas, path }) => evaluate(canvas, this, { args: [] }, path))
    const wrong = this.children.findIndex(
      ({ told }, i) => told !== undefined && told !== textOf(parts[i] as Evaluation),
    )
    if (found !== textOf(whole)) return `gave     ${found}\nexpected ${textOf(whole)}`
    if (wrong >= 0) return `a child gave ${this.children[wrong]?.told}\nexpected ${textOf(parts[wrong] as Evaluation)}`
    const [foundCalls, wantedCalls] = [listOf(this.ran), listOf([whole, ...parts].flatMap(({ ran }) => ran))]
    return foundCalls === wantedCalls ? undefined : `ran\n${foundCalls}\nexpected\n${wantedCalls}`
  }
}

const textOf = ({ ok, value, error }: Evaluation): string => show(ok ? value : error)
const listOf = (ran: readonly Ran[]): string =>
  ran
    .map(({ path, text }) => `  ${path}: ${text}`)
    .sort()
    .join('\n')
