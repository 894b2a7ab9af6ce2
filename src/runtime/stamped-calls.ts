/** Finds pending calls by their stamps. It looks at every one: stamps are for people who stop things, not for the hot path. */
import { matches, type StoredStamps } from '../canvas/stamps.js'
import { stampsOf } from '../graph/call.js'
import type { Revoke } from '../scheduler/messages.js'
import type { Workflow } from '../scheduler/workflow.js'

/** The calls that have not ended and carry any of the wanted values. */
export function callsStamped(workflows: Iterable<Workflow>, wanted: StoredStamps): Revoke['targets'] {
  const found: Revoke['targets'][number][] = []
  for (const workflow of workflows)
    for (const node of workflow.graph.calls.keys())
      if (isPending(workflow, node) && matches(stampsOf(workflow.graph, node) ?? NONE, wanted))
        found.push({ workflow, node, scope: 'call' })
  return found
}

const NONE: StoredStamps = {}
const isPending = (workflow: Workflow, node: number): boolean =>
  workflow.graph.calls[node] !== undefined && !workflow.isFinal(node)
