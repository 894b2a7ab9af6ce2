/** What must hold after every step of the scheduler. Its tests check all of it each time; production never does. */

import { InvalidTransitionError } from '../errors.js'
import { type Join, joinFilledBy } from '../graph/graph.js'
import { isCurrent } from './batch.js'
import { mayGetMore } from './dispatcher.js'
import type { ReadyCall } from './ready-queue.js'
import type { SchedulerState } from './scheduler.js'
import type { Intake, Workflow } from './workflow.js'

/** Where calls are, by their keys. */
interface Places {
  readonly queued: ReadonlySet<number>
  /** Runs that still speak for their calls: not those of revoked calls, or given up for another run. */
  readonly running: ReadonlySet<number>
  /** Members that were added to joins while those filled up, and have not ended. */
  readonly added: ReadonlyMap<number, number>
}

/** @throws {@link InvalidTransitionError} for the first that does not hold. */
export function checkInvariants(state: SchedulerState): void {
  const places = { queued: queuedIn(state), running: runningIn(state), added: addedIn(state) }
  checkLanes(state, places)
  for (const workflow of state.workflows.values()) {
    for (let node = 0; node < workflow.graph.size; node++) checkNode(workflow, node, places)
    checkJoins(workflow, places)
    if (!canGoOn(workflow, places)) broken('a workflow waits for nothing', workflow.number)
  }
}

/** What is counted of each thread is what is there, and no thread stands idle that could do something. */
function checkLanes({ dispatcher, queue, running }: SchedulerState, { queued }: Places): void {
  if (dispatcher.ready !== queued.size) broken('ready calls are miscounted', [dispatcher.ready, queued.size])
  let gated = 0
  for (const gate of dispatcher.gates) gated += gate.ready
  if (dispatcher.gated !== gated) broken('calls with a limit are miscounted', [dispatcher.gated, gated])
  const mayWait = dispatcher.batching || !queue.canLeave
  for (const lane of dispatcher.lanes) {
    let active = 0
    for (const batch of lane.batches) {
      active += batch.active
      if (running.get(batch.number) !== batch) broken('a lane keeps a batch that is over', batch.number)
    }
    if (active !== lane.active) broken('what a thread has to do is miscounted', [lane.number, active, lane.active])
    const isFree = lane.active < dispatcher.callsPerThread && lane.blockedBy === undefined && mayGetMore(lane)
    if (isFree && !mayWait) broken('a call waits though a thread is free', firstText(queue))
  }
}

const firstText = (queue: SchedulerState['queue']): string => {
  const [first] = [...queue] as [ReadyCall]
  return textOf(first.workflow, first.node)
}

function queuedIn({ queue }: SchedulerState): ReadonlySet<number> {
  const queued = new Set<number>()
  for (const { workflow, node } of queue) {
    const name = key(workflow, node)
    if (queued.has(name)) broken('a call waits twice in the queue', textOf(workflow, node))
    queued.add(name)
  }
  return queued
}

function runningIn({ running }: SchedulerState): ReadonlySet<number> {
  const found = new Set<number>()
  for (const batch of running.values()) {
    let open = 0
    for (const part of batch.parts)
      for (let node = part.node; node < part.node + part.size; node++) {
        if (!batch.isOpen(part.at + node - part.node)) continue
        open++
        const name = key(part.workflow, node)
        if (!isCurrent(part, node)) continue
        if (found.has(name)) broken('a call runs twice at one time', textOf(part.workflow, node))
        found.add(name)
      }
    if (open !== batch.open) broken('a batch miscounts its calls', batch.number)
  }
  return found
}

function addedIn({ workflows }: SchedulerState): ReadonlyMap<number, number> {
  const added = new Map<number, number>()
  for (const workflow of workflows.values()) {
    const { continuation, graph } = workflow
    if ((continuation?.kind !== 'member' && continuation?.kind !== 'portion') || workflow.isFinal(graph.exit)) continue
    const join = key(continuation.workflow, continuation.join)
    added.set(join, (added.get(join) ?? 0) + 1)
  }
  return added
}

/** A call that is not final is in one place, and in the one that its status says. Texts are made only for what does not hold. */
function checkNode(workflow: Workflow, node: number, { queued, running }: Places): void {
  const status = workflow.status(node)
  const name = key(workflow, node)
  const isQueued = queued.has(name)
  const isReplaced = workflow.isReplaced(node)
  const hasTimer = workflow.isTimed(node)
  const isRunning = status === 'running'
  const waits = status === 'scheduled' || status === 'retrying'
  if ((status === 'ready') !== isQueued)
    broken(`a call that is ${status} ${isQueued ? 'is' : 'is not'} in the queue`, textOf(workflow, node))
  if (isRunning && !running.has(name) && !isReplaced) broken('a running call has no batch', textOf(workflow, node))
  if (!isRunning && isReplaced) broken(`a call that is ${status} has a replacement`, textOf(workflow, node))
  if (isReplaced && running.has(name)) broken('a replaced call has a batch', textOf(workflow, node))
  if (waits !== hasTimer)
    broken(`a call that is ${status} ${hasTimer ? 'has a' : 'has no'} timer`, textOf(workflow, node))
  if (workflow.isFinal(node) && workflow.canExpire(node)) broken('a final call can expire', textOf(workflow, node))
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
  if (left !== workflow.left) broken('a workflow miscounts its open nodes', [workflow.number, left, workflow.left])
  if (left === 0) broken('a finished workflow is still kept', workflow.number)
  for (const [join, filling] of workflow.openFillings) {
    if (workflow.isFinal(join)) broken('a final join is still filling', textOf(workflow, join))
    const intake = workflow.intakeOf(join)
    if (intake !== undefined) checkIntake(intake)
    const toCome = intake?.isOpen === true ? 1 : 0
    const open = (missing.get(join) ?? 0) + (added.get(key(workflow, join)) ?? 0) + toCome
    if (filling.missing !== open) broken('a join miscounts its members', textOf(workflow, join))
  }
}

/** What is counted of members that are pulled is what is there. */
function checkIntake({ portions, window: { outstanding }, pulled }: Intake): void {
  let [open, all] = [0, 0]
  for (const portion of portions) {
    all += (portion.graph.joins.get(portion.graph.entry) as Join).width
    open += portion.fillingOf(portion.graph.entry)?.missing ?? 0
  }
  if (open !== outstanding) broken('a lazy group miscounts its members under way', [open, outstanding])
  if (all !== pulled) broken('a lazy group miscounts its members', [all, pulled])
}

/** Something of the workflow is ready, running or waits for its time, or what stands for a part of it is: else nothing would ever end it. */
function canGoOn(workflow: Workflow, { queued, running, added }: Places): boolean {
  for (let node = 0; node < workflow.graph.size; node++) {
    const name = key(workflow, node)
    if (queued.has(name) || running.has(name) || added.has(name)) return true
    if (workflow.isTimed(node) || workflow.isReplaced(node)) return true
    if (workflow.intakeOf(node)?.isOpen === true) return true
  }
  return false
}

const MOST_NODES = 2 ** 24
/** A number costs less than a text where every node is asked about after every step. */
const key = ({ number }: Workflow, node: number): number => number * MOST_NODES + node
const textOf = ({ number }: Workflow, node: number): string => `${number}:${node}`

function broken(what: string, about: unknown): never {
  throw new InvalidTransitionError(`${what} (${String(about)})`, [about])
}
