/** What handles see of one applied workflow: reads its columns, and asks the runtime to be told of ends. */
import { ResultTimeoutError } from '../errors.js'
import { nextStepOf } from '../graph/graph.js'
import type { RevokeOptions, TaskState } from '../result/async-result.js'
import type { Members, NodeEnd, NodeRef, ResultSource } from '../result/source.js'
import { unwrapped } from '../scheduler/ends.js'
import { CELERY_STATE } from '../scheduler/lifecycle.js'
import { taskOptionsOf } from '../scheduler/policies.js'
import { DROPPED, type Workflow } from '../scheduler/workflow.js'
import { progressOf } from './item-progress.js'
import { exitsOf, KnownMembers, PulledMembers } from './members.js'

/** What a source needs of the runtime. */
export interface SourceHost {
  sourceOf(workflow: Workflow): WorkflowSource
  whenEnded(workflow: Workflow, node: number, callback: () => void): () => void
  /** Calls back whenever members of a lazy group have come, or no more will. */
  whenGrown(workflow: Workflow, node: number, callback: () => void): () => void
  after(ms: number, callback: () => void): () => void
  revoke(workflow: Workflow, node: number, options: RevokeOptions): void
}

export class WorkflowSource implements ResultSource {
  readonly #workflow: Workflow
  readonly #host: SourceHost
  readonly #members = new Map<number, Members>()

  constructor(workflow: Workflow, host: SourceHost) {
    this.#workflow = workflow
    this.#host = host
  }

  idOf(node: number): string {
    return this.#workflow.idOf(node)
  }

  stateOf(node: number): TaskState {
    return stateOf(this.#workflow, node)
  }

  endOf(node: number): NodeEnd | undefined {
    return this.#workflow.isFinal(node) ? endOf(this.#workflow, node) : undefined
  }

  whenEnded(node: number, callback: () => void): () => void {
    return this.#host.whenEnded(this.#workflow, node, callback)
  }

  whenGrown(node: number, callback: () => void): () => void {
    return this.#host.whenGrown(this.#workflow, node, callback)
  }

  membersOf(node: number): Members | undefined {
    const join = this.#workflow.graph.joins.get(node)
    if (join === undefined) return undefined
    const known = this.#members.get(node)
    if (known !== undefined) return known
    const members =
      join.lazy === undefined
        ? new KnownMembers(this, exitsOf(this.#workflow.graph, node, join))
        : new PulledMembers(this.#workflow, node, (portion) => this.#host.sourceOf(portion))
    this.#members.set(node, members)
    return members
  }

  infoOf(node: number): unknown {
    return shownOf(this.#workflow, node)?.meta
  }

  progressOf(node: number): unknown {
    const { workflow, node: at } = inPlaceOf(this.#workflow, node)
    return progressOf(workflow, at)
  }

  revoke(node: number, options: RevokeOptions): void {
    this.#host.revoke(this.#workflow, node, options)
  }

  forget(node: number): void {
    if (this.#workflow.isFinal(node)) this.#workflow.drop(node)
  }

  parentOf(node: number): NodeRef | undefined {
    const feeder = this.#workflow.feederOf(node)
    if (feeder >= 0) return { source: this, node: feeder }
    const { origin } = this.#workflow
    if (origin === undefined || node !== this.#workflow.graph.entry) return undefined
    return { source: this.#host.sourceOf(origin.workflow), node: origin.node }
  }

  childrenOf(node: number): readonly NodeRef[] {
    const callbacks = this.#workflow.children(node)
    const children: NodeRef[] = callbacks.map((child) => ({
      source: this.#host.sourceOf(child.workflow),
      node: child.node,
    }))
    const next = nextStepOf(this.#workflow.graph, node)
    if (next >= 0) children.push({ source: this, node: next })
    return children
  }

  after(ms: number, callback: () => void): () => void {
    return this.#host.after(ms, callback)
  }
}

/** Celery's name for the state of a node. */
export function stateOf(workflow: Workflow, node: number): TaskState {
  const shown = shownOf(workflow, node)
  if (shown !== undefined && !workflow.isFinal(node)) return shown.state
  const status = workflow.status(node)
  const hidesStart = status === 'running' && taskOptionsOf(workflow, node).trackStarted !== true
  return hidesStart ? CELERY_STATE.ready : CELERY_STATE[status]
}

/** What a call shows of itself; if another canvas stands in its place, what that shows. */
function shownOf(workflow: Workflow, node: number): { readonly state: string; readonly meta: unknown } | undefined {
  const { workflow: inner, node: exit } = inPlaceOf(workflow, node)
  return inner.shownOf(exit)
}

/** What does the work of a call now: itself, or the end of what stands in its place. */
function inPlaceOf(workflow: Workflow, node: number): { readonly workflow: Workflow; readonly node: number } {
  let at = { workflow, node }
  for (let inner = workflow.replacementOf(node); inner !== undefined; inner = at.workflow.replacementOf(at.node))
    at = { workflow: inner, node: inner.graph.exit }
  return at
}

/** How a final node ended; what is known of its error can be asked of `failureOf` from then on. */
export function endOf(workflow: Workflow, node: number): NodeEnd {
  if (workflow.value(node) === DROPPED) return notKept(workflow, node)
  if (workflow.succeeded(node)) {
    return { ok: true, value: workflow.value(node) }
  }
  const failure = workflow.failure(node)
  const original = unwrapped(failure)
  const described = workflow.describe(failure)
  if (original !== failure) workflow.describe(original)
  return {
    ok: false,
    error: original.error,
    ownError: failure.error,
    get traceback() {
      return described.traceback
    },
  }
}

function notKept(workflow: Workflow, node: number): NodeEnd {
  const id = workflow.idOf(node)
  const error = new ResultTimeoutError(
    `what came of ${id} was not kept: it was forgotten, or applied with keepIntermediate: false`,
    id,
    0,
  )
  return { ok: false, error, ownError: error, traceback: undefined }
}
