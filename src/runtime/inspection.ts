/** A snapshot of what is pending, for `inspect()`: a copy, made when somebody looks. It keeps nothing and changes nothing. */

import type { WorkerInfo } from '../executors/executor.js'
import { invocationOf } from '../graph/call.js'
import type { TaskState } from '../result/async-result.js'
import type { Schedule } from '../schedule/schedule.js'
import type { ReadyCall } from '../scheduler/ready-queue.js'
import type { SchedulerState } from '../scheduler/scheduler.js'
import type { Timer } from '../scheduler/timers.js'
import type { Workflow } from '../scheduler/workflow.js'
import { stateOf } from './workflow-source.js'

/** One pending call in an {@link Inspection}. */
export interface CallInfo {
  readonly id: string
  readonly taskName: string
  readonly rootId: string
  readonly state: TaskState
  readonly args: readonly unknown[]
  readonly priority: number
  readonly retries: number
  /** When it became ready, or will (`eta`, backoff). */
  readonly at: Date
  /** Number of the worker it runs on. */
  readonly worker: number | undefined
}

/** A snapshot of what is pending; lists in the order of their next start. */
export interface Inspection {
  readonly running: readonly CallInfo[]
  /** Those that have left for a thread and wait there for their turn, then those that have not. */
  readonly ready: readonly CallInfo[]
  /** Calls that wait for their time: a countdown, an eta, the next retry. */
  readonly scheduled: readonly CallInfo[]
  /** Names of the tasks registered on this thread. */
  readonly tasks: readonly string[]
  /** Those that may still start a run, paused ones included. */
  readonly schedules: readonly Schedule[]
  readonly workers: readonly {
    readonly id: number
    readonly threadId: number
    /** Calls that it has finished. */
    readonly done: number
    readonly running: number
  }[]
}

/** A call where it stands now. */
interface Pending extends ReadyCall {
  readonly worker?: number
}

export function inspectionOf(
  state: SchedulerState,
  workers: readonly WorkerInfo[],
  tasks: readonly string[],
  schedules: readonly Schedule[],
): Inspection {
  const infos = (pending: readonly Pending[]): readonly CallInfo[] =>
    Object.freeze(pending.map((call) => infoOf(call, state)))
  const lanes = state.dispatcher.lanes.map((lane) => ({ ...state.dispatcher.callsOn(lane), worker: lane.number }))
  const begunOn = new Map(lanes.map(({ worker, begun }) => [worker, begun.length]))
  return Object.freeze({
    running: infos(lanes.flatMap(({ begun, worker }) => begun.map((call) => ({ ...call, worker })))),
    ready: infos([...lanes.flatMap(({ waiting }) => waiting), ...state.queue]),
    scheduled: infos(scheduledIn(state)),
    tasks: Object.freeze([...tasks]),
    schedules: Object.freeze([...schedules]),
    workers: Object.freeze(
      workers.map((worker) => Object.freeze({ ...worker, running: begunOn.get(worker.id) ?? worker.running })),
    ),
  })
}

/** In the order in which they fall due. */
function scheduledIn({ workflows }: SchedulerState): readonly Pending[] {
  const found: { readonly workflow: Workflow; readonly node: number; readonly timer: Timer }[] = []
  for (const workflow of workflows.values())
    for (const [node, timer] of workflow.timers) found.push({ workflow, node, timer })
  return found
    .sort((a, b) => a.timer.at - b.timer.at || a.timer.order - b.timer.order)
    .map(({ workflow, node, timer }) => ({ workflow, node, since: timer.at }))
}

function infoOf({ workflow, node, since, worker }: Pending, { policies }: SchedulerState): CallInfo {
  const { args, items } = invocationOf(workflow.graph, node, workflow.input(node))
  return Object.freeze({
    id: workflow.idOf(node),
    taskName: workflow.taskNameOf(node),
    rootId: workflow.rootIdOf(node),
    state: stateOf(workflow, node),
    args: Object.freeze([...(items ?? workflow.argsOf(node) ?? args)]),
    priority: policies.of(workflow, node).priority,
    retries: workflow.attemptOf(node) - 1,
    at: new Date(since),
    worker,
  })
}
