/** How often each call may run, which run is next, and from when on: one run, and one more for each retry and requeue. */
import type { Call } from '../../src/scheduler/batch.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { broken, keyOf, numberOf } from './violation.js'

type Site = Pick<Call, 'workflow' | 'node'>

export class Allowance {
  readonly #done = new Map<number, number>()
  readonly #given = new Map<number, number>()
  readonly #attempts = new Map<number, number>()
  /** Before this no run may start. */
  readonly #notBefore = new Map<number, number>()

  /** A call may run once more, from then on, and it is this run. */
  give({ workflow, node }: Site, notBefore: number, attempt: number): void {
    const key = numberOf(workflow, node)
    this.#given.set(key, (this.#given.get(key) ?? 1) + 1)
    this.#notBefore.set(key, notBefore)
    this.#attempts.set(key, attempt)
  }

  /** A call is refused before its next run: it tells of those that it has had. */
  checkRefused({ workflow, node, attempt }: Site & Pick<Call, 'attempt'>): void {
    const had = (this.#attempts.get(numberOf(workflow, node)) ?? 1) - 1
    if (attempt !== had)
      broken('I6', `call ${keyOf(workflow, node)} is refused after ${had} runs, and tells of ${attempt}`)
  }

  /** A run begins. */
  use({ workflow, node, attempt }: Call): void {
    const key = numberOf(workflow, node)
    const runs = (this.#done.get(key) ?? 0) + 1
    this.#done.set(key, runs)
    if (runs > (this.#given.get(key) ?? 1)) broken('I6', `call ${keyOf(workflow, node)} starts once too often`)
    if (attempt !== (this.#attempts.get(key) ?? 1)) broken('I6', `call ${keyOf(workflow, node)} miscounts its runs`)
  }

  /** @param latest - The latest time that the scheduler was told: a clock that was put back makes nobody start too soon. */
  checkTime(
    { workflow, node, attempt, policy: { expires } }: Call,
    now: number,
    latest: number,
    punctual: boolean,
  ): void {
    const own = this.#notBefore.get(numberOf(workflow, node))
    const eta = workflow.graph.delays.get(node)
    const from = Math.max(own ?? 0, typeof eta === 'object' ? eta.valueOf() : 0)
    if (latest < from) broken('I3', `call ${keyOf(workflow, node)} starts before its time`)
    if (!punctual || attempt > 1 || own !== undefined || expires === undefined) return
    const until = typeof expires === 'number' ? workflow.appliedAt + expires : expires.valueOf()
    if (now > until) broken('I3', `call ${keyOf(workflow, node)} starts though it has expired`)
  }

  noteCountdown(workflow: Workflow, node: number, now: number): void {
    const delay = workflow.graph.delays.get(node)
    if (typeof delay !== 'number') return
    // Members that were pulled late count from the beginning of their group.
    const isFirst = workflow.input(node).by === -1
    const from = workflow.portion === undefined || !isFirst ? now : workflow.portion.intake.at
    this.#notBefore.set(numberOf(workflow, node), from + delay)
  }
}
