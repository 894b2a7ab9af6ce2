/** Calls that could start now, first come first served. It holds ranges of nodes, so that a group of a million members is one entry. */
import type { Workflow } from './workflow.js'

/** Nodes `from` to `to` of one workflow, `to` not included. */
interface Range {
  readonly workflow: Workflow
  from: number
  readonly to: number
}

/** A call that could start. */
export interface ReadyCall {
  readonly workflow: Workflow
  readonly node: number
}

export class ReadyQueue {
  #ranges: Range[] = []
  /** Where the queue begins in its array: what is before has been taken. */
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(workflow: Workflow, from: number, to: number): void {
    if (to <= from) return
    this.#ranges.push({ workflow, from, to })
    this.#size += to - from
  }

  /** Takes the call that has waited longest. */
  take(): ReadyCall | undefined {
    const range = this.#ranges[this.#head]
    if (range === undefined) return undefined
    const node = range.from++
    if (range.from === range.to) this.#dropHead()
    this.#size--
    return { workflow: range.workflow, node }
  }

  clear(): void {
    this.#ranges = []
    this.#head = 0
    this.#size = 0
  }

  *[Symbol.iterator](): Iterator<ReadyCall> {
    for (const { workflow, from, to } of this.#ranges.slice(this.#head))
      for (let node = from; node < to; node++) yield { workflow, node }
  }

  /** Moves on to the next range; the array is cut when half of it has been taken, which keeps taking at constant cost. */
  #dropHead(): void {
    this.#head++
    if (this.#head < 32 || this.#head * 2 < this.#ranges.length) return
    this.#ranges = this.#ranges.slice(this.#head)
    this.#head = 0
  }
}
