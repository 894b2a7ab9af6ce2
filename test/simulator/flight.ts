/**
 * A batch on its way in a thread, as `src/worker/batch-run.ts` carries it through: what it has begun, what has ended and has not been
 * told, and the value that stays with its thread while the next step may need it. The real one runs functions; of this one, chance does.
 */
import type { Batch, Call, Part } from '../../src/scheduler/batch.js'
import type { BatchEnd, Outcome } from '../../src/scheduler/messages.js'
import type { Ran } from '../property/evaluate.js'
import type { Machine } from './machine.js'

/** A run that has ended in its thread. */
export interface Made {
  readonly place: number
  readonly call: Call
  readonly outcome: Outcome
  /** The task functions that ran. */
  readonly ran: readonly Ran[]
  /** To be done when it turns out that the end counts. */
  readonly commit: () => void
  /** Its value has gone to the next step, and stays there. */
  readonly isPassed: boolean
}

export class Flight {
  readonly batch: Batch
  /** Runs in progress, by place. */
  readonly inProgress = new Map<number, Call>()
  /** Those that lend their thread, as far as the scheduler has been told. */
  readonly parked = new Set<number>()
  /** Whose start was reported. */
  readonly started = new Set<number>()
  /** Places of which the scheduler still waits for the end. */
  readonly open: Set<number>
  /** Places whose end was told, and those of them whose end counted. */
  readonly told = new Set<number>()
  readonly counted = new Set<number>()
  /** What it says gets lost. */
  isMute = false
  /** It could not be sent: none of its calls will ever begin. */
  isRefused = false
  /** How long the runs took that have not been told of, in ms. */
  busyMs = 0
  readonly #invocationOf: Machine['invocationOf']
  #cursor = 0
  /** The call that comes next: steps that will not run are passed over, and count as begun with the call behind them. */
  #next = 0
  #begunWhenTaken: number | undefined
  /** The call that those behind it wait for. */
  #blockedBy = -1
  #previous: unknown
  #held: Made | undefined
  readonly #unsent: Made[] = []

  constructor(batch: Batch, invocationOf: Machine['invocationOf']) {
    this.batch = batch
    this.#invocationOf = invocationOf
    this.open = new Set(Array.from({ length: batch.size }, (_, place) => place))
  }

  /** Calls that have begun, as the runtime sees it in shared memory. */
  get begun(): number {
    return this.#begunWhenTaken ?? Math.min(this.#cursor, this.batch.size)
  }

  get isTaken(): boolean {
    return this.#begunWhenTaken !== undefined
  }

  get canGoOn(): boolean {
    return !this.isTaken && !this.isRefused && this.#blockedBy < 0 && this.#next < this.batch.size
  }

  get hasNews(): boolean {
    return this.#unsent.length > 0 || (this.isTaken && this.#held !== undefined)
  }

  /** Nothing more will come of it. */
  get isOver(): boolean {
    return this.inProgress.size === 0 && !this.hasNews && !this.canGoOn && this.#held === undefined
  }

  /** Calls that keep its thread busy, as far as the scheduler can know: of steps that follow each other, the first. */
  get active(): number {
    if (!this.batch.hasLinks) return this.open.size - this.parked.size
    let active = 0
    for (const place of this.open)
      if (!this.parked.has(place) && !(this.batch.isLinkedAt(place) && this.open.has(place - 1))) active++
    return active
  }

  /** How many of its runs hold their thread. */
  get holding(): number {
    if (this.parked.size === 0) return this.inProgress.size
    return [...this.inProgress.keys()].filter((place) => !this.parked.has(place)).length
  }

  /** It runs a step right behind another one. */
  get isInChain(): boolean {
    return this.batch.hasLinks && [...this.inProgress.keys()].some((place) => this.batch.isLinkedAt(place))
  }

  get next(): number {
    return this.#next
  }

  /** Begins the next call. */
  begin(): Call {
    const place = this.#next++
    this.#cursor = this.#next
    const held = this.#held
    if (held !== undefined) this.#unsent.push({ ...held, isPassed: !keepsValues(this.batch.partAt(held.place)) })
    this.#held = undefined
    const call = this.#callAt(place)
    this.inProgress.set(place, call)
    if (this.batch.isLinkedAt(place + 1)) this.#blockedBy = place
    return call
  }

  end(made: Made): void {
    const { place, outcome } = made
    this.inProgress.delete(place)
    if (this.#blockedBy === place) this.#blockedBy = -1
    const isFollowed = this.batch.isLinkedAt(place + 1)
    if (isFollowed && outcome.ok === true) {
      this.#previous = outcome.value
      this.#held = made
      return
    }
    this.#unsent.push(made)
    if (isFollowed) while (this.batch.isLinkedAt(this.#next)) this.#next++
  }

  /** Takes back what has not begun. */
  recall(): number {
    this.#begunWhenTaken ??= this.begun
    return this.#begunWhenTaken
  }

  /** What has ended and was not told. A value that was kept for a step that will not begin is told after all. */
  takeNews(): readonly Made[] {
    if (this.isTaken && this.#held !== undefined) {
      this.#unsent.push(this.#held)
      this.#held = undefined
    }
    return this.#unsent.splice(0)
  }

  /** What had ended when its thread died, and was not told. */
  get untold(): readonly Made[] {
    return this.#held === undefined ? this.#unsent : [...this.#unsent, this.#held]
  }

  /** The scheduler is told of an end: of its own, and after one without a value, of the steps behind it. */
  tell({ place, outcome }: Made): void {
    this.told.add(place)
    this.open.delete(place)
    this.parked.delete(place)
    if (outcome.ok !== true) for (let next = place + 1; this.batch.isLinkedAt(next); next++) this.open.delete(next)
  }

  /** A step gets what the one before it gave: only this thread knows it. */
  #callAt(place: number): Call {
    const { workflow, node, at, attempt, plan, isLinked } = this.batch.partAt(place)
    if (!isLinked) return this.batch.callAt(place)
    const own = node + place - at
    const input = { args: [this.#previous], by: workflow.feederOf(own) }
    return { ...this.#invocationOf(workflow.graph, own, input), workflow, node: own, attempt, policy: plan.policy }
  }
}

/** What a step gives is told, though only the next one needs it. */
export const keepsValues = ({ workflow, isHeard }: Pick<Part, 'workflow' | 'isHeard'>): boolean =>
  workflow.keep || isHeard

/** How ends are sent: values that stand together in one piece. */
export function endsOf(news: readonly Made[]): readonly BatchEnd[] {
  const ends: BatchEnd[] = []
  for (const { place, outcome, isPassed } of news) {
    const last = ends.at(-1)
    if (isPassed) {
      if (last !== undefined && 'passed' in last && last.from + last.passed === place)
        ends[ends.length - 1] = { from: last.from, passed: last.passed + 1 }
      else ends.push({ from: place, passed: 1 })
    } else if (outcome.ok !== true || outcome.value instanceof Error) ends.push({ at: place, outcome })
    else if (last !== undefined && 'values' in last && last.from + last.values.length === place)
      ends[ends.length - 1] = { from: last.from, values: [...Array.from(last.values), outcome.value] }
    else ends.push({ from: place, values: [outcome.value] })
  }
  return ends
}
