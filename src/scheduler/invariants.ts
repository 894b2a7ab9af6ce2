/** What must hold after every step of the scheduler. Its tests check all of it each time; production never does. */

import { InvalidTransitionError } from '../errors.js'
import { joinFilledBy } from '../graph/graph.js'
import { isCurrent } from './batch.js'
import { mayGetMore } from './dispatcher.js'
import type { SchedulerState } from './scheduler.js'
import type { Intake, Workflow } from './workflow.js'

/** Where calls are, by their keys. */
interface Places {
  readonly queued: ReadonlySet<string>
  /** Runs that still speak for their calls: not those of revoked calls, or given up for another run. */
  readonly running: ReadonlySet<string>
  /** Members that were added to joins while those filled up, and have not ended. */
  readonly added: ReadonlyMap<string, number>
}

/** @throws {@link InvalidTransitionError} for the first that does not hold. */
export function checkInvariants(state: SchedulerState): void {
  const places = { queued: queuedIn(state), running: runningIn(state), added: addedIn(state) }
  checkLanes(state, places)
  for (const workflow of state.workflows.values()) {
    for (let node = 0; node < workflow.graph.size; node++) checkNode(workflow, node, places)
    checkJoins(workflow, places)
    hold(canGoOn(workflow, places), 'a workflow waits for nothing', workflow.number)
  }
}

/** What is counted of each thread is what is there, and no thread stands idle that could do something. */
function checkLanes({ dispatcher, queue, running }: SchedulerState, { queued }: Places): void {
  hold(dispatcher.ready === queued.size, 'ready calls are miscounted', [dispatcher.ready, queued.size])
  for (const lane of dispatcher.lanes) {
    const active = [...lane.batches].reduce((sum, batch) => sum + batch.active, 0)
    hold(active === lane.active, 'what a thread has to do is miscounted', [lane.number, active, lane.active])
    for (const batch of lane.batches)
      hold(running.get(batch.number) === batch, 'a lane keeps a batch that is over', batch.number)
    const isFree = lane.active < dispatcher.callsPerThread && lane.blockedBy === undefined && mayGetMore(lane)
    hold(!isFree || dispatcher.batching || !queue.canLeave, 'a call waits though a thread is free', [...queued][0])
  }
}

function queuedIn({ queue }: SchedulerState): ReadonlySet<string> {
  const queued = new Set<string>()
  for (const { workflow, node } of queue) {
    hold(!queued.has(key(workflow, node)), 'a call waits twice in the queue', key(workflow, node))
    queued.add(key(workflow, node))
  }
  return queued
}

function runningIn({ running }: SchedulerState): ReadonlySet<string> {
  const found = new Set<string>()
  for (const batch of running.values()) {
    let open = 0
    for (const part of batch.parts)
      for (let i = 0; i < part.size; i++) {
        if (!batch.isOpen(part.at + i)) continue
        open++
        const name = key(part.workflow, part.node + i)
        if (!isCurrent(part, part.node + i)) continue
        hold(!found.has(name), 'a call runs twice at one time', name)
        found.add(name)
      }
    hold(open === batch.open, 'a batch miscounts its calls', batch.number)
  }
  return found
}

function addedIn({ workflows }: SchedulerState): ReadonlyMap<string, number> {
  const added = new Map<string, number>()
  for (const workflow of workflows.values()) {
    const { continuation, graph } = workflow
    if ((continuation?.kind !== 'member' && continuation?.kind !== 'portion') || workflow.isFinal(graph.exit)) continue
    const join = key(continuation.workflow, continuation.join)
    added.set(join, (added.get(join) ?? 0) + 1)
  }
  return added
}

/** A call that is not final is in one place, and in the one that its status says. */
function checkNode(workflow: Workflow, node: number, { queued, running }: Places): void {
  const status = workflow.status(node)
  const name = key(workflow, node)
  const isQueued = queued.has(name)
  const isReplaced = workflow.replacements.has(node)
  const hasTimer = workflow.timers.has(node)
  hold((status === 'ready') === isQueued, `a call that is ${status} ${isQueued ? 'is' : 'is not'} in the queue`, name)
  hold(status !== 'running' || running.has(name) || isReplaced, 'a running call has no batch', name)
  hold(!running.has(name) || status === 'running', `a call that is ${status} has a batch`, name)
  hold(!isReplaced || status === 'running', `a call that is ${status} has a replacement`, name)
  hold(!(isReplaced && running.has(name)), 'a replaced call has a batch', name)
  const waits = status === 'scheduled' || status === 'retrying'
  hold(waits === hasTimer, `a call that is ${status} ${hasTimer ? 'has a' : 'has no'} timer`, name)
  hold(!workflow.isFinal(node) || !workflow.expiries.has(node), 'a final call can expire', name)
}

function checkJoins(workflow: Workflow, { added }: Places): void {
  let left = 0
  const missing = new Map<number, number>()
  for (let node = 0; node < workflow.graph.size; node++) {
    if (workflow.isFinal(node)) continue
    left++
    const join = joinFilledBy(workflow.graph, node)
    if (join >= 0) missing.set(join, (missing.get(join) ?? 0) + 1)
  }
  hold(left === workflow.left, 'a workflow miscounts its open nodes', [workflow.number, left, workflow.left])
  hold(left > 0, 'a finished workflow is still kept', workflow.number)
  for (const [join, filling] of workflow.fillings) {
    const name = key(workflow, join)
    hold(!workflow.isFinal(join), 'a final join is still filling', name)
    const intake = workflow.intakeOf(join)
    if (intake !== undefined) checkIntake(intake)
    const toCome = workflow.intakeOf(join)?.isOpen === true ? 1 : 0
    const expected = (missing.get(join) ?? 0) + (added.get(name) ?? 0) + toCome
    hold(filling.missing === expected, 'a join miscounts its members', name)
  }
}

/** What is counted of members that are pulled is what is there. */
function checkIntake({ portions, window: { outstanding }, pulled }: Intake): void {
  let [open, all] = [0, 0]
  for (const portion of portions) {
    all += portion.graph.joins.get(portion.graph.entry)?.width ?? 0
    open += portion.fillingOf(portion.graph.entry)?.missing ?? 0
  }
  hold(open === outstanding, 'a lazy group miscounts its members under way', [open, outstanding])
  hold(all === pulled, 'a lazy group miscounts its members', [all, pulled])
}

/** Something of the workflow is ready, running or waits for its time, or what stands for a part of it is: else nothing would ever end it. */
function canGoOn(workflow: Workflow, { queued, running, added }: Places): boolean {
  for (let node = 0; node < workflow.graph.size; node++) {
    const name = key(workflow, node)
    if (queued.has(name) || running.has(name) || added.has(name)) return true
    if (workflow.timers.has(node) || workflow.replacements.has(node)) return true
    if (workflow.intakeOf(node)?.isOpen === true) return true
  }
  return false
}

const key = (workflow: Workflow, node: number): string => `${workflow.number}:${node}`

function hold(claim: boolean, broken: string, about: unknown): void {
  if (!claim) throw new InvalidTransitionError(`${broken} (${String(about)})`, [about])
}
