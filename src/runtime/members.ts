/** The members of a group, as its handle sees them: all at once, or those that were pulled so far. It watches nothing. */
import { type Graph, type Join, joinFilledBy } from '../graph/graph.js'
import type { Members, NodeRef, ResultSource } from '../result/source.js'
import type { Workflow } from '../scheduler/workflow.js'

/** The nodes that end the members of a join, in order. */
export function exitsOf(graph: Graph, node: number, { width, last }: Join): readonly number[] {
  const exits = new Array<number>(width)
  for (let at = node + 1; at <= last; at++) if (joinFilledBy(graph, at) === node) exits[graph.slot[at] as number] = at
  return exits
}

export class KnownMembers implements Members {
  readonly isComplete = true
  readonly #source: ResultSource
  readonly #exits: readonly number[]

  constructor(source: ResultSource, exits: readonly number[]) {
    this.#source = source
    this.#exits = exits
  }

  get length(): number {
    return this.#exits.length
  }

  at(index: number): NodeRef {
    return { source: this.#source, node: this.#exits[index] as number }
  }
}

/** Members of a group that is pulled while it runs. Each portion of them knows its own. */
export class PulledMembers implements Members {
  readonly #workflow: Workflow
  readonly #node: number
  readonly #sourceOf: (portion: Workflow) => ResultSource
  /** The portion that was asked for last: who asks for one member mostly asks for the next one then. */
  #last = 0

  constructor(workflow: Workflow, node: number, sourceOf: (portion: Workflow) => ResultSource) {
    this.#workflow = workflow
    this.#node = node
    this.#sourceOf = sourceOf
  }

  get length(): number {
    return this.#workflow.intakeOf(this.#node)?.pulled ?? 0
  }

  get isComplete(): boolean {
    return this.#workflow.isFinal(this.#node) || this.#workflow.intakeOf(this.#node)?.isOpen === false
  }

  at(index: number): NodeRef {
    const portion = this.#portionOf(index)
    const { graph } = portion
    const from = portion.portion?.from ?? 0
    return (this.#sourceOf(portion).membersOf(graph.entry) as Members).at(index - from)
  }

  #portionOf(index: number): Workflow {
    const portions = this.#workflow.intakeOf(this.#node)?.portions ?? []
    const fromOf = (at: number): number => portions[at]?.portion?.from ?? Infinity
    if (fromOf(this.#last) > index || fromOf(this.#last + 1) <= index)
      this.#last = lastUpTo(index, portions.length, fromOf)
    return portions[this.#last] as Workflow
  }
}

/** The last of `count` places whose number is not above `index`. */
function lastUpTo(index: number, count: number, numberAt: (place: number) => number): number {
  let [low, high] = [0, count - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (numberAt(middle) <= index) low = middle
    else high = middle - 1
  }
  return low
}
