/**
 * Events of calls that stand side by side, made one by one while they are told. Made beforehand, those of a hundred thousand calls would wait for
 * each other in memory, which costs as much as all else. What they tell is what held when they were ordered: what came into a call is forgotten
 * when it ends.
 *
 * `npm run bench -- dispatch` justifies it, by its watched rows.
 */
import type { RuntimeEvent } from '../events/event.js'
import { type Input, invocationOf } from '../graph/call.js'
import type { Workflow } from './workflow.js'

type Tell = (event: RuntimeEvent) => void

/** Calls of one workflow, one after the other, that the same input has started; each runs for the first time. */
export interface CallRange {
  readonly workflow: Workflow
  readonly node: number
  readonly size: number
}

/** Events of a range, call by call. */
export abstract class RangeEvents {
  readonly workflow: Workflow
  readonly node: number
  readonly size: number
  protected readonly at: number
  protected readonly parentId: string | undefined

  constructor({ workflow, node, size }: CallRange, at: number) {
    this.workflow = workflow
    this.node = node
    this.size = size
    this.at = at
    this.parentId = workflow.parentIdOf(workflow.input(node))
  }

  each(tell: Tell): void {
    const { workflow, node, size } = this
    for (let i = 0; i < size; i++)
      this.tellOf(node + i, workflow.idOf(node + i), workflow.taskNameOf(node + i), workflow.rootIdOf(node + i), tell)
  }

  protected abstract tellOf(node: number, id: string, taskName: string, rootId: string, tell: Tell): void
}

/** They are sent, and received at once, since there is no broker between. */
export class SentEvents extends RangeEvents {
  readonly #input: Input

  constructor(range: CallRange, at: number) {
    super(range, at)
    this.#input = range.workflow.input(range.node)
  }

  protected tellOf(node: number, id: string, taskName: string, rootId: string, tell: Tell): void {
    const { at, parentId, workflow } = this
    const { items, args } = invocationOf(workflow.graph, node, this.#input)
    tell({ type: 'task-sent', at, id, taskName, rootId, parentId, attempt: 1, args: items ?? args })
    tell({ type: 'task-received', at, id, taskName, rootId, parentId, attempt: 1 })
  }
}

export class StartedEvents extends RangeEvents {
  readonly #worker: number

  constructor(range: CallRange, at: number, worker: number) {
    super(range, at)
    this.#worker = worker
  }

  protected tellOf(_node: number, id: string, taskName: string, rootId: string, tell: Tell): void {
    const { at, parentId } = this
    tell({ type: 'task-started', at, id, taskName, rootId, parentId, attempt: 1, worker: this.#worker })
  }
}

export class SucceededEvents extends RangeEvents {
  readonly #values: ArrayLike<unknown>
  readonly #from: number
  readonly #runMs: number

  /** @param from - The place of the first one's value. */
  constructor(range: CallRange, at: number, values: ArrayLike<unknown>, from: number, runMs: number) {
    super(range, at)
    this.#values = values
    this.#from = from
    this.#runMs = runMs
  }

  protected tellOf(node: number, id: string, taskName: string, rootId: string, tell: Tell): void {
    const { at, parentId } = this
    const value = this.#values[this.#from + node - this.node]
    const runMs = this.#runMs
    tell({ type: 'task-succeeded', at, id, taskName, rootId, parentId, attempt: 1, value, runMs })
  }
}
