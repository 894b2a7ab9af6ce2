/** The events of calls and workflows, made only when somebody listens. */

import { invocationOf } from '../graph/call.js'
import type { End } from './ends.js'
import { CELERY_STATE, type FinalStatus } from './lifecycle.js'
import type { CallReport, Emit, Instruction } from './messages.js'
import { DROPPED, type Workflow } from './workflow.js'

/** Of one shape, whatever it is about: objects that are spread into others cost ten times as much. */
class About {
  readonly at: number
  readonly id: string
  readonly taskName: string
  readonly rootId: string
  readonly parentId: string | undefined
  readonly attempt: number

  constructor(workflow: Workflow, node: number, at: number) {
    this.at = at
    this.id = workflow.idOf(node)
    this.taskName = workflow.taskNameOf(node)
    this.rootId = workflow.rootIdOf(node)
    this.parentId = workflow.parentIdOf(workflow.input(node))
    this.attempt = workflow.attemptOf(node)
  }
}

export const callEvents = {
  /** Tells that a call has become ready: it is sent, and received at once, since there is no broker between. */
  sent(out: Instruction[], workflow: Workflow, node: number, now: number): void {
    const { at, id, taskName, rootId, parentId, attempt } = new About(workflow, node, now)
    const invocation = invocationOf(workflow.graph, node, workflow.input(node))
    const args = invocation.items ?? workflow.argsOf(node) ?? invocation.args
    out.push(
      { type: 'emit', event: { type: 'task-sent', at, id, taskName, rootId, parentId, attempt, args } },
      { type: 'emit', event: { type: 'task-received', at, id, taskName, rootId, parentId, attempt } },
    )
  },

  started(workflow: Workflow, node: number, worker: number, now: number): Emit {
    const { at, id, taskName, rootId, parentId, attempt } = new About(workflow, node, now)
    return { type: 'emit', event: { type: 'task-started', at, id, taskName, rootId, parentId, attempt, worker } }
  },

  /** Made before the node becomes final, since what came into it is forgotten then. */
  ended(workflow: Workflow, node: number, end: End, now: number, runMs: number): Emit {
    const call = new About(workflow, node, now)
    if (end.status === 'succeeded') {
      const { at, id, taskName, rootId, parentId, attempt } = call
      // A step that had left before anybody listened has kept its value in its thread.
      const value = end.value === DROPPED ? undefined : end.value
      const type = 'task-succeeded'
      return { type: 'emit', event: { type, at, id, taskName, rootId, parentId, attempt, value, runMs } }
    }
    if (end.status === 'revoked') {
      const expired = (end.failure.error as { code?: unknown }).code === 'ERR_EXPIRED'
      return { type: 'emit', event: { type: 'task-revoked', ...call, terminated: false, expired } }
    }
    if (end.status === 'ignored') return { type: 'emit', event: { type: 'task-ignored', ...call } }
    if (end.status === 'rejected') return { type: 'emit', event: { type: 'task-rejected', ...call, requeued: false } }
    const { error, traceback, path } = workflow.describe(end.failure)
    return { type: 'emit', event: { type: 'task-failed', ...call, error, traceback, path } }
  },

  retried(workflow: Workflow, node: number, error: Error, delayMs: number, at: number): Emit {
    return { type: 'emit', event: { type: 'task-retried', ...new About(workflow, node, at), error, delayMs } }
  },

  requeued(workflow: Workflow, node: number, at: number): Emit {
    return { type: 'emit', event: { type: 'task-rejected', ...new About(workflow, node, at), requeued: true } }
  },

  reported(
    workflow: Workflow,
    node: number,
    report: Extract<CallReport, { kind: 'progress' | 'state' }>,
    at: number,
  ): Emit {
    const call = new About(workflow, node, at)
    if (report.kind === 'progress')
      return { type: 'emit', event: { type: 'task-progress', ...call, value: report.value } }
    return { type: 'emit', event: { type: 'task-state', ...call, state: report.state, meta: report.meta } }
  },

  /** What was applied is over, callbacks and errbacks included: so many calls. It has the end of this node. */
  finished(root: Workflow, node: number, calls: number, at: number): Emit {
    const id = root.idOf(node)
    const rootId = root.rootIdOf(node)
    const state = CELERY_STATE[root.status(node) as FinalStatus]
    return { type: 'emit', event: { type: 'workflow-finished', at, id, rootId, state, calls } }
  },
}
