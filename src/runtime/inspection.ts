/** A snapshot of what is pending. */

import type { WorkerInfo } from '../executors/executor.js'
import { invocationOf } from '../graph/call.js'
import type { TaskState } from '../result/async-result.js'
import type { Schedule } from '../schedule/schedule.js'
import type { SchedulerState } from '../scheduler/scheduler.js'
import type { Workflow } from '../scheduler/workflow.js'
import { stateOf } from './workflow-source.js'

/** One pending call in an {@link Inspection}. */
export interface CallInfo {
  readonly id: string
  readonly taskName: string
  readonly rootId: string
  readonly state: TaskState
  readonly args: readonly unknown[]
}

/** A snapshot of what is pending; lists in the order of their next start. */
export interface Inspection {
  readonly running: readonly CallInfo[]
  readonly ready: readonly CallInfo[]
  /** Names of the tasks registered on this thread. */
  readonly tasks: readonly string[]
  /** Those that may still start a run, paused ones included. */
  readonly schedules: readonly Schedule[]
  readonly workers: readonly {
    readonly id: number
    readonly threadId: number
    readonly done: number
    readonly running: number
  }[]
}

export function inspectionOf(
  state: SchedulerState,
  workers: readonly WorkerInfo[],
  tasks: readonly string[],
  schedules: readonly Schedule[],
): Inspection {
  const running = [...state.running.values()].flatMap(({ batch }) => batch.calls)
  return Object.freeze({
    running: running.map(({ workflow, node }) => infoOf(workflow, node)),
    ready: [...state.queue].map(({ workflow, node }) => infoOf(workflow, node)),
    tasks: [...tasks],
    schedules,
    workers,
  })
}

const infoOf = (workflow: Workflow, node: number): CallInfo => {
  const { args, items } = invocationOf(workflow.graph, node, workflow.input(node))
  return {
    id: workflow.idOf(node),
    taskName: workflow.taskNameOf(node),
    rootId: workflow.rootId(),
    state: stateOf(workflow, node),
    args: items ?? args,
  }
}
