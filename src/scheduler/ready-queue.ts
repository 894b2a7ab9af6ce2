/**
 * Calls that could start now: by priority, then first come first served. It holds ranges of nodes, so that a group of a million members
 * is one entry. A call that has become final meanwhile is passed over when its turn comes, and is not counted by who asks `isReady`.
 */
import type { Workflow } from './workflow.js'

/** Nodes `from` to `to` of one workflow, `to` not included. */
interface Range {
  readonly workflow: Workflow
  from: number
  to: number
  /** When they became ready, in ms since the epoch. */
  readonly at: number
}

/** A call that could start. */
export interface ReadyCall {
  readonly workflow: Workflow
  readonly node: number
  /** When it became ready, in ms since the epoch. */
  readonly at: number
}

const PRIORITIES = 10

export class ReadyQueue {
  readonly #lanes: Lane[] = Array.from({ length: PRIORITIES }, () => new Lane())

  push(workflow: Workflow, node: number, priority: number, at: number): void {
    ;(this.#lanes[priority] as Lane).push(workflow, node, at)
  }

  /** The highest priority at which a call waits, or -1. */
  top(): number {
    for (let priority = PRIORITIES - 1; priority >= 0; priority--)
      if ((this.#lanes[priority] as Lane).first() !== undefined) return priority
    return -1
  }

  /** Takes the call that is next. */
  take(): ReadyCall | undefined {
    const priority = this.top()
    return priority < 0 ? undefined : (this.#lanes[priority] as Lane).take()
  }

  clear(): void {
    for (const lane of this.#lanes) lane.clear()
  }

  /** All that wait, in the order of their start. */
  *[Symbol.iterator](): Iterator<ReadyCall> {
    for (let priority = PRIORITIES - 1; priority >= 0; priority--) yield* this.#lanes[priority] as Lane
  }
}

/** The calls of one priority. */
class Lane {
  #ranges: Range[] = []
  /** Where the lane begins in its array: what is before has been taken. */
  #head = 0

  push(workflow: Workflow, node: number, at: number): void {
    const last = this.#ranges.at(-1)
    const goesOn = last?.workflow === workflow && last.to === node && last.at === at
    if (goesOn && this.#head < this.#ranges.length) last.to++
    else this.#ranges.push({ workflow, from: node, to: node + 1, at })
  }

  /** The call that is next, without those that are not ready any more. */
  first(): ReadyCall | undefined {
    for (let range = this.#ranges[this.#head]; range !== undefined; range = this.#ranges[this.#head]) {
      if (range.workflow.isReady(range.from)) return { workflow: range.workflow, node: range.from, at: range.at }
      this.#advance(range)
    }
    return undefined
  }

  take(): ReadyCall | undefined {
    const first = this.first()
    if (first !== undefined) this.#advance(this.#ranges[this.#head] as Range)
    return first
  }

  clear(): void {
    this.#ranges = []
    this.#head = 0
  }

  *[Symbol.iterator](): Iterator<ReadyCall> {
    for (const { workflow, from, to, at } of this.#ranges.slice(this.#head))
      for (let node = from; node < to; node++) if (workflow.isReady(node)) yield { workflow, node, at }
  }

  /** Moves on; the array is cut when half of it has been taken, which keeps taking at constant cost. */
  #advance(range: Range): void {
    if (++range.from < range.to) return
    this.#head++
    if (this.#head < 32 || this.#head * 2 < this.#ranges.length) return
    this.#ranges = this.#ranges.slice(this.#head)
    this.#head = 0
  }
}
