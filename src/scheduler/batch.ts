/**
 * Calls that leave together: ranges of nodes, in the order in which they run. It knows which of its calls are open; it decides nothing.
 *
 * `npm run bench -- dispatch` justifies the ranges: an object for each call costs as much as all else that the scheduler does for it.
 */
import { type Invocation, invocationOf } from '../graph/call.js'
import { BATCH_MS } from './load.js'
import type { CallPlan, CallPolicy } from './policies.js'
import type { Timer } from './timers.js'
import type { Workflow } from './workflow.js'

/** Calls of one workflow, one node after the other. */
export interface Part {
  readonly workflow: Workflow
  readonly node: number
  readonly size: number
  readonly attempt: number
  readonly plan: CallPlan
  /** Each call is the next step after the one before it, and starts when that has succeeded, without coming back. */
  readonly isLinked: boolean
  /** The place of its first call in the batch. */
  readonly at: number
  /** Its place in the line: where it goes if it is taken back. That of a step is known when the one before it has ended. */
  order: number
  /** When its calls became ready, in ms since the epoch. */
  since: number
  /** Listeners are told of each call: what a step gives comes back, though only the next one needs it. */
  readonly isHeard: boolean
}

/** One call: what to run, and who it is. */
export interface Call extends Invocation {
  readonly workflow: Workflow
  readonly node: number
  readonly attempt: number
  readonly policy: CallPolicy
}

/** What a revoked run is told, and whether its thread is ended if it does not stop. */
export interface Cancel {
  readonly error: Error
  readonly terminate: boolean
}

export class Batch {
  readonly number: number
  /** The thread that it is for. */
  readonly lane: number
  readonly parts: readonly Part[]
  readonly size: number
  readonly at: number
  /** Calls whose end has not been told, nor taken back. */
  open: number
  /** Of these, calls that are no next steps of others here: they could run elsewhere. */
  heads = 0
  /** What the dispatcher counts for it: calls that keep its lane busy, and for how long, in ms. */
  active = 0
  ms = 0
  /** Of one call, in ms. */
  readonly estimate: number
  /** Calls whose start has been told to listeners; all before them too. */
  announced = 0
  /** What has not begun is taken back: there is nothing more to take. */
  isTaken = false
  /** Its thread is gone: nobody there hears anything. */
  isLost = false
  /** It has been told how many of its calls had begun then. */
  isAnswered = false
  /** Hard limit, or the grace before its thread is ended. */
  deadline: Timer | undefined
  readonly #closed: Uint8Array | undefined
  #parked: Set<number> | undefined
  #lenders: Set<number> | undefined
  #cancels: Map<number, Cancel> | undefined
  #children: Map<string, Workflow> | undefined
  #isClosed = false
  readonly #firstLinked: number

  constructor(number: number, lane: number, parts: readonly Part[], at: number) {
    const last = parts.at(-1) as Part
    this.number = number
    this.lane = lane
    this.parts = parts
    this.size = last.at + last.size
    this.at = at
    this.open = this.size
    let ms = 0
    for (const { size, isLinked, plan } of parts) {
      ms += size * (plan.load.isKnown ? plan.load.estimate : BATCH_MS)
      if (!isLinked) this.heads += size
    }
    this.#firstLinked = parts.find(({ isLinked }) => isLinked)?.at ?? this.size
    this.estimate = ms / this.size
    this.#closed = this.size === 1 ? undefined : new Uint8Array(this.size)
  }

  /** Calls that wait for a child. */
  get parked(): Set<number> {
    this.#parked ??= new Set()
    return this.#parked
  }

  /** Those that ever did: others began beside them, and so they may run though they were not the last to begin. */
  get lenders(): Set<number> {
    this.#lenders ??= new Set()
    return this.#lenders
  }

  hasLent(place: number): boolean {
    return this.#lenders?.has(place) === true
  }

  get parkedCount(): number {
    return this.#parked?.size ?? 0
  }

  /** Runs to be told that they are revoked, once it is known that they have begun. */
  get cancels(): Map<number, Cancel> {
    this.#cancels ??= new Map()
    return this.#cancels
  }

  /** Children that its calls have applied. */
  get children(): Map<string, Workflow> {
    this.#children ??= new Map()
    return this.#children
  }

  isParked(place: number): boolean {
    return this.#parked?.has(place) === true
  }

  isOpen(place: number): boolean {
    if (place >= this.size) return false
    return this.#closed === undefined ? !this.#isClosed : this.#closed[place] === 0
  }

  /** Its end is known; whether that is news. */
  close(place: number): boolean {
    if (!this.isOpen(place)) return false
    if (this.#closed === undefined) this.#isClosed = true
    else this.#closed[place] = 1
    this.open--
    if (!this.isLinkedAt(place)) this.heads--
    return true
  }

  /** As {@link close}, of many; nothing is closed if the end of one of them is known, or one may wait for a child. */
  closeAll(from: number, count: number): boolean {
    const closed = this.#closed
    if (closed === undefined || this.hasLinks || this.parkedCount > 0) return false
    for (let place = from; place < from + count; place++) if (closed[place] !== 0) return false
    closed.fill(1, from, from + count)
    this.open -= count
    this.heads -= count
    return true
  }

  partAt(place: number): Part {
    let [low, high] = [0, this.parts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.parts[middle] as Part).at <= place) low = middle
      else high = middle - 1
    }
    return this.parts[low] as Part
  }

  /** It holds steps that leave with the one before them. */
  get hasLinks(): boolean {
    return this.#firstLinked < this.size
  }

  /** Open calls that need not wait for each other: of steps that follow each other, one. It holds one chain of them at most, the last. */
  get atOnce(): number {
    const areSteps = this.open > this.heads && !this.isOpen(this.#firstLinked - 1)
    return this.heads + (areSteps ? 1 : 0)
  }

  isLinkedAt(place: number): boolean {
    return this.hasLinks && place < this.size && this.partAt(place).isLinked
  }

  /** The lowest among its calls. */
  get priority(): number {
    return (this.parts.at(-1) as Part).plan.priority
  }

  /** The place of a call's present run; -1 if it is not here, or over. */
  placeOf(workflow: Workflow, node: number): number {
    for (const part of this.parts) {
      if (part.workflow !== workflow || node < part.node || node >= part.node + part.size) continue
      if (part.attempt !== workflow.attemptOf(node)) continue // an earlier run, given up, whose thread is not gone yet
      const place = part.at + node - part.node
      if (this.isOpen(place)) return place
    }
    return -1
  }

  callAt(place: number): Call {
    const { workflow, node, at, attempt, plan } = this.partAt(place)
    return callOf(workflow, node + place - at, attempt, plan)
  }

  /** All its calls, made for whoever looks at them one by one. */
  get calls(): readonly Call[] {
    return Array.from({ length: this.size }, (_, place) => this.callAt(place))
  }
}

/** What a step gives comes back, though only the next one needs it. If it is lost on the way, the step runs again. */
export const keepsValues = ({ workflow, isHeard }: Part): boolean => workflow.keep || isHeard

const FORGOTTEN = { args: [], by: -1 }

function callOf(workflow: Workflow, node: number, attempt: number, { policy }: CallPlan): Call {
  // What came in is forgotten when a call is final: one that was revoked may still run.
  const input = workflow.isFinal(node) ? FORGOTTEN : workflow.input(node)
  const invocation = invocationOf(workflow.graph, node, input)
  const args = workflow.argsOf(node) ?? invocation.args
  return { ...invocation, args, workflow, node, attempt, policy }
}

/** Whether a run still speaks for its call: it has not been revoked, nor given up for another run. */
export const isCurrent = ({ workflow, attempt }: Pick<Part, 'workflow' | 'attempt'>, node: number): boolean =>
  workflow.isRunning(node) && workflow.attemptOf(node) === attempt
