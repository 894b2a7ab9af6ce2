/** The events of calls and workflows, made only when somebody listens. */

import { invocationOf } from '../graph/call.js'
import { CELERY_STATE, type FinalStatus } from './lifecycle.js'
import type { CallReport, Emit } from './messages.js'
import type { End, Workflow } from './workflow.js'

const about = (workflow: Workflow, node: number, at: number) => ({
  at,
  id: workflow.idOf(node),
  taskName: workflow.taskNameOf(node),
  rootId: workflow.rootId(),
  parentId: workflow.parentIdOf(workflow.input(node)),
  attempt: workflow.attemptOf(node),
})

export const callEvents = {
  /** A call has become ready: it is sent, and received at once, since there is no broker between. */
  sent(workflow: Workflow, node: number, at: number): Emit[] {
    const call = about(workflow, node, at)
    const { args, items } = invocationOf(workflow.graph, node, workflow.input(node))
    return [
      { type: 'emit', event: { ...call, type: 'task-sent', args: items ?? workflow.replacedArgs.get(node) ?? args } },
      { type: 'emit', event: { ...call, type: 'task-received' } },
    ]
  },

  started(workflow: Workflow, node: number, worker: number, at: number): Emit {
    return { type: 'emit', event: { ...about(workflow, node, at), type: 'task-started', worker } }
  },

  /** Made before the node becomes final, since what came into it is forgotten then. */
  ended(workflow: Workflow, node: number, end: End, at: number, runMs: number): Emit {
    const call = about(workflow, node, at)
    if (end.status === 'succeeded')
      return { type: 'emit', event: { ...call, type: 'task-succeeded', value: end.value, runMs } }
    if (end.status === 'revoked') {
      const expired = (end.failure.error as { code?: unknown }).code === 'ERR_EXPIRED'
      return { type: 'emit', event: { ...call, type: 'task-revoked', terminated: false, expired } }
    }
    if (end.status === 'ignored') return { type: 'emit', event: { ...call, type: 'task-ignored' } }
    if (end.status === 'rejected') return { type: 'emit', event: { ...call, type: 'task-rejected', requeued: false } }
    const { error, traceback, path } = workflow.describe(end.failure)
    return { type: 'emit', event: { ...call, type: 'task-failed', error, traceback, path } }
  },

  retried(workflow: Workflow, node: number, error: Error, delayMs: number, at: number): Emit {
    return { type: 'emit', event: { ...about(workflow, node, at), type: 'task-retried', error, delayMs } }
  },

  requeued(workflow: Workflow, node: number, at: number): Emit {
    return { type: 'emit', event: { ...about(workflow, node, at), type: 'task-rejected', requeued: true } }
  },

  reported(
    workflow: Workflow,
    node: number,
    report: Extract<CallReport, { kind: 'progress' | 'state' }>,
    at: number,
  ): Emit {
    const call = about(workflow, node, at)
    if (report.kind === 'progress')
      return { type: 'emit', event: { ...call, type: 'task-progress', value: report.value } }
    return { type: 'emit', event: { ...call, type: 'task-state', state: report.state, meta: report.meta } }
  },

  /** A workflow is over, callbacks and errbacks included. */
  finished(root: Workflow, at: number): Emit {
    const { graph } = root
    const id = root.idOf(graph.exit)
    const rootId = root.rootId()
    const state = CELERY_STATE[root.status(graph.exit) as FinalStatus]
    return { type: 'emit', event: { type: 'workflow-finished', at, id, rootId, state, calls: root.callsInAll } }
  },
}
