/** The line of ready calls as the events tell it: who leaves has the highest priority, and came first of those that have it. */
import type { RuntimeEvent } from '../../src/events/event.js'
import type { Call } from '../../src/scheduler/batch.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { Limits } from './limits.js'
import type { Machine } from './machine.js'
import { broken, keyOf } from './violation.js'

interface Place {
  readonly workflow: Workflow
  readonly node: number
}

const ENDS = new Set(['task-succeeded', 'task-failed', 'task-revoked', 'task-ignored'])

export class Line {
  readonly #machine: Machine
  readonly #limited: boolean
  /** When calls were announced as ready, by their ids: their place in the line, also if they have left and come back. */
  readonly #announced = new Map<string, number>()
  #count = 0
  /** A replaced call and the one that ends its replacement have one id. */
  readonly #places = new Map<string, Place[]>()
  readonly #ended = new Set<string>()

  constructor(machine: Machine, limited: boolean) {
    this.#machine = machine
    this.#limited = limited
  }

  meet(workflow: Workflow): void {
    for (let node = 0; node < workflow.graph.size; node++) {
      if (workflow.graph.calls[node] === undefined) continue
      const id = workflow.idOf(node)
      const places = this.#places.get(id)
      if (places === undefined) this.#places.set(id, [{ workflow, node }])
      else places.push({ workflow, node })
    }
  }

  hear(event: RuntimeEvent): void {
    if (event.type === 'task-sent') this.#announced.set(event.id, this.#count++)
    const isEnd = ENDS.has(event.type) || (event.type === 'task-rejected' && !event.requeued)
    if (!isEnd || !('id' in event) || (this.#places.get(event.id)?.length ?? 0) > 1) return
    if (this.#ended.has(event.id)) broken('I1', `${event.id} ends twice, as events tell it`)
    this.#ended.add(event.id)
  }

  leave({ workflow, node, task, policy: { priority = 0 } }: Call): void {
    const at = this.#announced.get(workflow.idOf(node))
    if (at === undefined) broken('I10', `call ${keyOf(workflow, node)} leaves unannounced`)
    for (const [id, since] of this.#announced) {
      const waiting = this.#places.get(id)?.find((place) => place.workflow.isReady(place.node))
      if (waiting === undefined || this.#mayBeLate(waiting, task.task)) continue
      const other = this.#priorityOf(waiting)
      const isFirst = other > priority || (other === priority && since < (at ?? 0))
      if (isFirst) broken('I10', `call ${keyOf(workflow, node)} jumps the queue`)
    }
  }

  /** It waits for the limit of its task, which is another one. */
  #mayBeLate({ workflow, node }: Place, leaving: string): boolean {
    const name = workflow.taskNameOf(node)
    return this.#limited && Limits.has(name) && name !== leaving
  }

  #priorityOf({ workflow, node }: Place): number {
    return this.#machine.optionsOf(workflow.graph, node).priority ?? 0
  }
}
