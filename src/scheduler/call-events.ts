/** The events of calls and workflows, made only when somebody listens. */

import { invocationOf } from '../graph/call.js'
import { CELERY_STATE, type FinalStatus } from './lifecycle.js'
import type { Emit } from './messages.js'
import type { End, Workflow } from './workflow.js'

const about = (workflow: Workflow, node: number, at: number) => ({
  at,
  id: workflow.idOf(node),
  taskName: workflow.taskNameOf(node),
  rootId: workflow.rootId(),
  parentId: workflow.parentIdOf(workflow.input(node)),
  attempt: 1,
})

export const callEvents = {
  /** A call has become ready: it is sent, and received at once, since there is no broker between. */
  sent(workflow: Workflow, node: number, at: number): Emit[] {
    const call = about(workflow, node, at)
    const { args, items } = invocationOf(workflow.graph, node, workflow.input(node))
    return [
      { type: 'emit', event: { ...call, type: 'task-sent', args: items ?? args } },
      { type: 'emit', event: { ...call, type: 'task-received' } },
    ]
  },

  started(workflow: Workflow, node: number, at: number): Emit {
    return { type: 'emit', event: { ...about(workflow, node, at), type: 'task-started' } }
  },

  /** Made before the node becomes final, since what came into it is forgotten then. */
  ended(workflow: Workflow, node: number, end: End, at: number, startedAt: number): Emit {
    const call = about(workflow, node, at)
    if (end.status === 'succeeded')
      return { type: 'emit', event: { ...call, type: 'task-succeeded', value: end.value, runMs: at - startedAt } }
    if (end.status === 'revoked') return { type: 'emit', event: { ...call, type: 'task-revoked' } }
    const { error, traceback, path } = workflow.describe(end.failure)
    return { type: 'emit', event: { ...call, type: 'task-failed', error, traceback, path } }
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
