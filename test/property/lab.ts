/** Runs plans on a runtime and tells what became of them, in the words in which the reference evaluator tells it. */
import * as celeriac from 'celeriac'
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'
import type { Canvas } from '../../src/canvas/canvas.js'
import { behaviours, show, type TaskName } from './behaviour.js'
import { evaluate, type Input } from './evaluate.js'
import { Builder, type Built, type Kit, type Plan } from './plan.js'
import { takeCalls, tasks } from './tasks.js'

/** The built library. Canvases that are built from data have no types to check. */
export const kit = { ...celeriac, tasks } as unknown as Kit

/** What became of a canvas, as text. */
export interface Told {
  /** Its value, or the error it failed with. */
  readonly outcome: string
  /** Every task function that ran, callbacks' and errbacks' included, with its arguments; sorted. */
  readonly calls: readonly string[]
}

export const NO_INPUT: Input = { args: [] }

/** What the reference says. */
export function expectedOf(canvas: Built, input: Input): Told {
  const perform = (task: string, args: readonly unknown[]): unknown => behaviours[task as TaskName](...args)
  const { ok, value, error, ran } = evaluate(canvas as unknown as Canvas, { perform }, input)
  return {
    outcome: ok ? `gives ${show(value)}` : `fails with ${show(error)}`,
    calls: ran.map(({ text }) => text).sort(),
  }
}

export class Lab {
  readonly #runtime

  constructor(options: RuntimeOptions, make: (options: RuntimeOptions) => Runtime = createRuntime) {
    this.#runtime = make({ threads: 4, ...options })
  }

  build(plan: Plan): Built {
    return new Builder(kit).build(plan)
  }

  /** Runs a canvas to its end, callbacks and errbacks included. One at a time. */
  async run(canvas: Built, input: Input = NO_INPUT): Promise<Told> {
    const isEmpty = input.args.length === 0 && input.kwargs === undefined
    const outcome = await this.#runtime.run(canvas as never, (isEmpty ? undefined : input) as never).then(
      (value) => `gives ${show(value)}`,
      (error) => `fails with ${show(error)}`,
    )
    await this.#runtime.idle()
    return { outcome, calls: takeCalls() }
  }

  close(): Promise<unknown> {
    return this.#runtime.close()
  }
}
