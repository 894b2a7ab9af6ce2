/** What must hold after every step of the scheduler. Its tests check all of it each time; production never does. */

import { InvalidTransitionError } from '../errors.js'
import { joinFilledBy } from '../graph/graph.js'
import type { SchedulerState } from './scheduler.js'
import type { Workflow } from './workflow.js'

/** @throws {@link InvalidTransitionError} for the first that does not hold. */
export function checkInvariants(state: SchedulerState): void {
  const queued = new Set<string>()
  for (const { workflow, node } of state.queue) {
    hold(!queued.has(key(workflow, node)), 'a call waits twice in the queue', key(workflow, node))
    queued.add(key(workflow, node))
  }
  hold(queued.size === state.queue.size, 'the queue counts wrongly', state.queue.size)
  const running = new Set<string>()
  for (const { batch } of state.running.values())
    for (const { workflow, node } of batch.calls) running.add(key(workflow, node))
  hold(state.free + state.running.size === state.slots, 'slots are lost or made up', state.free)
  hold(state.free >= 0, 'more batches run than there are slots', state.free)
  hold(state.free === 0 || queued.size === 0, 'a call waits though a slot is free', [...queued][0])
  for (const workflow of state.workflows.values()) checkWorkflow(workflow, queued, running)
}

function checkWorkflow(workflow: Workflow, queued: ReadonlySet<string>, running: ReadonlySet<string>): void {
  let left = 0
  const missing = new Map<number, number>()
  for (let node = 0; node < workflow.graph.size; node++) {
    const status = workflow.status(node)
    const name = key(workflow, node)
    hold(
      (status === 'ready') === queued.has(name),
      `a call that is ${status} ${queued.has(name) ? 'is' : 'is not'} in the queue`,
      name,
    )
    hold(
      (status === 'running') === running.has(name),
      `a call that is ${status} ${running.has(name) ? 'has' : 'has no'} batch`,
      name,
    )
    if (workflow.isFinal(node)) continue
    left++
    const join = joinFilledBy(workflow.graph, node)
    if (join >= 0) missing.set(join, (missing.get(join) ?? 0) + 1)
  }
  hold(left === workflow.left, 'a workflow miscounts its open nodes', [workflow.number, left, workflow.left])
  hold(left > 0, 'a finished workflow is still kept', workflow.number)
  for (const [join, filling] of workflow.fillings) {
    hold(!workflow.isFinal(join), 'a final join is still filling', key(workflow, join))
    hold(filling.missing === missing.get(join), 'a join miscounts its members', key(workflow, join))
  }
  hold(canGoOn(workflow, queued, running), 'a workflow waits for nothing', workflow.number)
}

/** Something of the workflow is ready or running: else nothing would ever end it. */
function canGoOn(workflow: Workflow, queued: ReadonlySet<string>, running: ReadonlySet<string>): boolean {
  for (let node = 0; node < workflow.graph.size; node++)
    if (queued.has(key(workflow, node)) || running.has(key(workflow, node))) return true
  return false
}

const key = (workflow: Workflow, node: number): string => `${workflow.number}:${node}`

function hold(claim: boolean, broken: string, about: unknown): void {
  if (!claim) throw new InvalidTransitionError(`${broken} (${String(about)})`, [about])
}
