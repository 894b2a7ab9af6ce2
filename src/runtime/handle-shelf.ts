/** Which handle source belongs to which workflow, and which finished results can still be found: those whose handle somebody holds. */
import type { AsyncResult } from '../result/async-result.js'
import { resultOf } from '../result/handle.js'
import { DROPPED, type Workflow } from '../scheduler/workflow.js'
import type { WorkflowSource } from './workflow-source.js'

export class HandleShelf {
  readonly #make: (workflow: Workflow) => WorkflowSource
  readonly #sources = new WeakMap<Workflow, WorkflowSource>()
  /** Workflows by number; a handle keeps its source, and the source its workflow. */
  readonly #held = new Map<number, WeakRef<Workflow>>()
  readonly #dropped = new FinalizationRegistry<number>((number) => this.#held.delete(number))

  constructor(make: (workflow: Workflow) => WorkflowSource) {
    this.#make = make
  }

  sourceOf(workflow: Workflow): WorkflowSource {
    const known = this.#sources.get(workflow)
    if (known !== undefined) return known
    const source = this.#make(workflow)
    this.#sources.set(workflow, source)
    this.#held.set(workflow.number, new WeakRef(workflow))
    this.#dropped.register(workflow, workflow.number)
    return source
  }

  /** Whether a handle was ever made of one of its nodes. */
  has(workflow: Workflow): boolean {
    return this.#sources.has(workflow)
  }

  /** The handle of an id whose workflow is still held. */
  find(id: string): AsyncResult<unknown> | undefined {
    for (const held of this.#held.values()) {
      const workflow = held.deref()
      const found = workflow && this.#findIn(workflow, id)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** In a workflow, or in one of its members that were pulled while it ran. */
  #findIn(workflow: Workflow, id: string): AsyncResult<unknown> | undefined {
    const node = workflow.nodeOf(id)
    if (node !== undefined && !isForgotten(workflow, node)) return resultOf(this.sourceOf(workflow), node)
    for (const portion of workflow.portions()) {
      const found = this.#findIn(portion, id)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** A call of a loose workflow that had ended before anybody had a handle of another one there. */
const isForgotten = (workflow: Workflow, node: number): boolean => workflow.isLoose && workflow.value(node) === DROPPED
