/**
 * Calls that could start now: by priority, then first come first served. It holds ranges of nodes, so that a group of a million members
 * is one entry. A call that has become final meanwhile is passed over when its turn comes. Calls of a task with a limit of its own wait in
 * a line of their own, which is looked at only while its gate is open.
 *
 * `npm run bench -- dispatch` and `npm run bench:size` justify the ranges.
 */
import type { Gate } from './gate.js'
import type { CallPlan } from './policies.js'
import type { Workflow } from './workflow.js'

/** Calls of one workflow, one node after the other, that wait together. */
export interface Range {
  readonly workflow: Workflow
  readonly plan: CallPlan
  readonly attempt: number
  /** Who came before whom, among calls of one priority. */
  readonly order: number
  /** When they became ready, in ms since the epoch. */
  readonly since: number
  from: number
  /** Not included. */
  to: number
}

/** A call that could start. */
export interface ReadyCall {
  readonly workflow: Workflow
  readonly node: number
  /** When it became ready, in ms since the epoch. */
  readonly since: number
}

const PRIORITIES = 10

export class ReadyQueue {
  readonly #line = new Line()
  readonly #gated = new Map<Gate, Line>()
  /** Of the calls that came last. */
  #order = 0

  /** Puts calls at the end of their line. */
  push(range: Omit<Range, 'order'>): void {
    const { workflow, from, to, plan, attempt, since } = range
    const line = this.#lineOf(plan)
    if (!line.extend(range, this.#order))
      line.push({ workflow, from, to, plan, attempt, since, order: this.nextOrder() })
  }

  /** The place of a call that has become ready just now, and has left already. */
  nextOrder(): number {
    return ++this.#order
  }

  /** Puts calls back that were taken too early: where they stood. */
  putBack(range: Range): void {
    this.#lineOf(range.plan).putBack(range)
  }

  /** The calls that are next; the first of them is ready. */
  next(now: number): Range | undefined {
    let best = this.#line.first()
    for (const [gate, line] of this.#gated) {
      const first = line.first()
      if (first === undefined) this.#gated.delete(gate)
      else if (gate.isOpen(now) && (best === undefined || isBefore(first, best))) best = first
    }
    return best
  }

  /** Whether some call waits that no gate keeps back. */
  get canLeave(): boolean {
    return this.#line.first() !== undefined
  }

  /** Takes the first `count` calls of what is {@link next}; fewer, if one among them is not ready any more. */
  take(range: Range, count: number): Range {
    return this.#lineOf(range.plan).take(range, count)
  }

  /** When a call may start that has only to wait for its gate's time. */
  opensAt(): number | undefined {
    let soonest: number | undefined
    for (const [gate, line] of this.#gated) {
      const at = line.first() === undefined ? undefined : gate.opensAt
      if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at
    }
    return soonest
  }

  clear(): void {
    this.#line.clear()
    this.#gated.clear()
  }

  /** All that wait, in the order of their start. */
  *[Symbol.iterator](): Iterator<ReadyCall> {
    const ranges = [this.#line, ...this.#gated.values()].flatMap((line) => [...line])
    for (const { workflow, from, to, since } of ranges.sort((a, b) => (isBefore(a, b) ? -1 : 1)))
      for (let node = from; node < to; node++) if (workflow.isReady(node)) yield { workflow, node, since }
  }

  #lineOf({ gate }: CallPlan): Line {
    if (gate === undefined) return this.#line
    const known = this.#gated.get(gate) ?? new Line()
    this.#gated.set(gate, known)
    return known
  }
}

const isBefore = (a: Range, b: Range): boolean =>
  a.plan.priority > b.plan.priority || (a.plan.priority === b.plan.priority && a.order < b.order)

/** A lane for each priority. */
class Line {
  readonly #lanes: Lane[] = Array.from({ length: PRIORITIES }, () => new Lane())
  /** No lane above this one has calls. */
  #top = -1

  push(range: Range): void {
    const { priority } = range.plan
    ;(this.#lanes[priority] as Lane).push(range)
    if (priority > this.#top) this.#top = priority
  }

  extend(range: Omit<Range, 'order'>, order: number): boolean {
    return (this.#lanes[range.plan.priority] as Lane).extend(range, order)
  }

  putBack(range: Range): void {
    const { priority } = range.plan
    ;(this.#lanes[priority] as Lane).putBack(range)
    if (priority > this.#top) this.#top = priority
  }

  first(): Range | undefined {
    for (; this.#top >= 0; this.#top--) {
      const first = (this.#lanes[this.#top] as Lane).first()
      if (first !== undefined) return first
    }
    return undefined
  }

  take(range: Range, count: number): Range {
    return (this.#lanes[range.plan.priority] as Lane).take(range, count)
  }

  clear(): void {
    for (const lane of this.#lanes) lane.clear()
    this.#top = -1
  }

  *[Symbol.iterator](): Iterator<Range> {
    for (const lane of this.#lanes) yield* lane
  }
}

/** The calls of one priority. */
class Lane {
  #ranges: Range[] = []
  /** Where the lane begins in its array: what is before has been taken. */
  #head = 0

  push(range: Range): void {
    this.#ranges.push(range)
  }

  /** Makes calls one with those before them that have this place in the line; `false` if they do not belong together. */
  extend(range: Omit<Range, 'order'>, order: number): boolean {
    const last = this.#head < this.#ranges.length ? this.#ranges.at(-1) : undefined
    if (last === undefined || last.order !== order || !follows(range, last)) return false
    last.to = range.to
    return true
  }

  putBack(range: Range): void {
    let at = this.#head
    while (at < this.#ranges.length && cameBefore(this.#ranges[at] as Range, range)) at++
    this.#ranges.splice(at, 0, range)
  }

  /** The calls that are next, without those that are not ready any more. */
  first(): Range | undefined {
    for (let range = this.#ranges[this.#head]; range !== undefined; range = this.#ranges[this.#head]) {
      if (range.workflow.isReady(range.from)) return range
      this.#advance(range, range.from + 1)
    }
    return undefined
  }

  take(range: Range, count: number): Range {
    const { workflow, from } = range
    const most = Math.min(range.to, from + count)
    let to = from + 1
    while (to < most && workflow.isReady(to)) to++
    // The whole of it needs no copy.
    const taken = to === range.to ? range : { ...range, from, to }
    this.#advance(range, to)
    return taken
  }

  clear(): void {
    this.#ranges = []
    this.#head = 0
  }

  *[Symbol.iterator](): Iterator<Range> {
    for (let i = this.#head; i < this.#ranges.length; i++) yield this.#ranges[i] as Range
  }

  /** Moves on; the array is cut when half of it has been taken, which keeps taking at constant cost. */
  #advance(range: Range, to: number): void {
    if (to < range.to) {
      range.from = to
      return
    }
    this.#ranges[this.#head++] = GONE // what was taken is not to be kept alive
    if (this.#head === this.#ranges.length) return this.clear()
    if (this.#head < 32 || this.#head * 2 < this.#ranges.length) return
    this.#ranges = this.#ranges.slice(this.#head)
    this.#head = 0
  }
}

/** Stands where calls have been taken. */
const GONE = {} as Range
/** Calls of one place in the line are neighbours, and first are those that stand first in their workflow. */
const cameBefore = (a: Range, b: Range): boolean => a.order < b.order || (a.order === b.order && a.from < b.from)

const follows = (range: Omit<Range, 'order'>, last: Range): boolean =>
  last.workflow === range.workflow &&
  last.to === range.from &&
  last.plan === range.plan &&
  last.attempt === range.attempt
