/** A snapshot of what is pending, for `inspect()`: a copy, made when somebody looks. It keeps nothing and changes nothing. */

import type { Executor, WorkerInfo } from '../executors/executor.js'
import { invocationOf } from '../graph/call.js'
import type { TaskState } from '../result/async-result.js'
import type { Call } from '../scheduler/messages.js'
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
  readonly ready: readonly CallInfo[]
  /** Calls that wait for their time: a countdown, an eta, the next retry. */
  readonly scheduled: readonly CallInfo[]
  /** Names of the tasks registered on this thread. */
  readonly tasks: readonly string[]
  readonly workers: readonly {
    readonly id: number
    readonly threadId: number
    /** Calls that it has finished. */
    readonly done: number
    readonly running: number
  }[]
}

/** A call where it stands now. */
interface Pending {
  readonly workflow: Workflow
  readonly node: number
  readonly at: number
  readonly worker?: number | undefined
}

export function inspectionOf(
  state: SchedulerState,
  executor: Pick<Executor, 'workers' | 'workerOf'>,
  tasks: readonly string[],
): Inspection {
  const infos = (pending: readonly Pending[]): readonly CallInfo[] =>
    Object.freeze(pending.map((call) => infoOf(call, state)))
  return Object.freeze({
    running: infos(runningIn(state, executor)),
    ready: infos([...state.queue]),
    scheduled: infos(scheduledIn(state)),
    tasks: Object.freeze([...tasks]),
    workers: Object.freeze(executor.workers().map((worker): WorkerInfo => Object.freeze({ ...worker }))),
  })
}

/** Runs that still speak for their call: one that was revoked has ended, even if its thread is still busy with it. */
const runningIn = ({ running }: SchedulerState, executor: Pick<Executor, 'workerOf'>): readonly Pending[] =>
  [...running.values()].flatMap(({ batch }) =>
    batch.calls.filter(isCurrent).map(({ workflow, node, readyAt }) => {
      return { workflow, node, at: readyAt, worker: executor.workerOf(batch.number) }
    }),
  )

const isCurrent = ({ workflow, node, attempt }: Call): boolean =>
  workflow.status(node) === 'running' && workflow.attemptOf(node) === attempt

/** In the order in which they fall due. */
function scheduledIn({ workflows }: SchedulerState): readonly Pending[] {
  const found: { readonly workflow: Workflow; readonly node: number; readonly timer: Timer }[] = []
  for (const workflow of workflows.values())
    for (const [node, timer] of workflow.timers) found.push({ workflow, node, timer })
  return found
    .sort((a, b) => a.timer.at - b.timer.at || a.timer.order - b.timer.order)
    .map(({ workflow, node, timer }) => ({ workflow, node, at: timer.at }))
}

function infoOf({ workflow, node, at, worker }: Pending, { policies }: SchedulerState): CallInfo {
  const { args, items } = invocationOf(workflow.graph, node, workflow.input(node))
  return Object.freeze({
    id: workflow.idOf(node),
    taskName: workflow.taskNameOf(node),
    rootId: workflow.rootId(),
    state: stateOf(workflow, node),
    args: Object.freeze([...(items ?? workflow.replacedArgs.get(node) ?? args)]),
    priority: policies.of(workflow, node).priority ?? 0,
    retries: workflow.attemptOf(node) - 1,
    at: new Date(at),
    worker,
  })
}
