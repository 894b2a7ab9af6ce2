/**
 * Which workflows an AbortSignal revokes. A signal has one listener here, however many workflows obey it: Node warns of more than ten, and
 * all are revoked in one go. It listens no longer than one of them runs.
 */
import type { Workflow } from '../scheduler/workflow.js'

interface Obeyed {
  readonly signal: AbortSignal
  readonly workflows: Set<Workflow>
  readonly listener: () => void
}

export class ObeyedSignals {
  readonly #obeyed = new Map<AbortSignal, Obeyed>()
  readonly #byWorkflow = new Map<Workflow, Obeyed>()
  readonly #revoke: (workflows: Iterable<Workflow>, reason: unknown) => void

  constructor(revoke: (workflows: Iterable<Workflow>, reason: unknown) => void) {
    this.#revoke = revoke
  }

  /** Revokes a workflow when a signal aborts that has not yet, until the workflow has ended. */
  add(signal: AbortSignal, workflow: Workflow): void {
    const obeyed = this.#obeyed.get(signal) ?? this.#listen(signal)
    obeyed.workflows.add(workflow)
    this.#byWorkflow.set(workflow, obeyed)
  }

  /** A workflow has ended, which may never have had a signal. */
  ended(workflow: Workflow): void {
    if (this.#byWorkflow.size === 0) return
    const obeyed = this.#byWorkflow.get(workflow)
    if (obeyed === undefined) return
    this.#byWorkflow.delete(workflow)
    if (obeyed.signal.aborted) return // it is not listened to any more
    obeyed.workflows.delete(workflow)
    if (obeyed.workflows.size === 0) this.#forget(obeyed)
  }

  #listen(signal: AbortSignal): Obeyed {
    const workflows = new Set<Workflow>()
    const listener = (): void => {
      this.#forget(obeyed)
      this.#revoke(workflows, signal.reason)
    }
    const obeyed = { signal, workflows, listener }
    this.#obeyed.set(signal, obeyed)
    signal.addEventListener('abort', listener)
    return obeyed
  }

  #forget({ signal, listener }: Obeyed): void {
    this.#obeyed.delete(signal)
    signal.removeEventListener('abort', listener)
  }
}
