/**
 * Which steps of a chain may leave together: a step whose value only feeds the next one, where nobody would see a difference (LAWS F). The
 * thread runs them one after the other and tells the end of each.
 */
import type { CallSource } from '../graph/graph.js'
import { nextStepOf } from '../graph/graph.js'
import type { CallPlan, Policies } from './policies.js'
import type { Workflow } from './workflow.js'

/** The step behind a call, if it can run right after it. */
export function canFollow(
  workflow: Workflow,
  node: number,
  plan: CallPlan,
  policies: Policies,
): { readonly node: number; readonly plan: CallPlan } | undefined {
  const { graph } = workflow
  const next = nextStepOf(graph, node)
  const source = next < 0 ? undefined : graph.calls[next]
  if (source === undefined || workflow.isSuspect || !isPlainCall(source)) return undefined
  if (graph.hooks.has(node) || graph.delays.has(next) || workflow.isWatched(node) || !workflow.isWaiting(next))
    return undefined
  const following = policies.of(workflow, next)
  const { isAlone, priority, policy } = following
  const fits = !isAlone && priority === plan.priority && policy.expires === undefined
  // If its thread dies it is to run again, and by then nobody has what came in.
  if (policy.onWorkerLost === 'requeue') return undefined
  return fits ? { node: next, plan: following } : undefined
}

const isPlainCall = (source: CallSource): boolean => 'kind' in source && source.kind === 'task'
