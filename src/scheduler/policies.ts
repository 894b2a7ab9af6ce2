/** Which policy holds for a call: what the runtime says by default, then the task, the composites around the call, and the call itself. */
import type { StoredOptions } from '../canvas/options.js'
import type { RunPolicy } from '../canvas/policy.js'
import { optionsOf, taskOf } from '../graph/call.js'
import type { CallSource } from '../graph/graph.js'
import type { TaskOptions } from '../task/options.js'
import { findTask } from '../task/registry.js'
import type { Workflow } from './workflow.js'

export type CallPolicy = StoredOptions & TaskOptions

const NO_TASK_OPTIONS: TaskOptions = Object.freeze({})

export class Policies {
  readonly #defaults: RunPolicy
  /** Of the calls that say nothing themselves: one policy a task. */
  readonly #ofTasks = new WeakMap<TaskOptions, CallPolicy>()

  constructor(defaults: RunPolicy) {
    this.#defaults = defaults
  }

  of(workflow: Workflow, node: number): CallPolicy {
    const task = taskOptionsOf(workflow, node)
    const ofTask = this.#ofTask(task)
    const own = optionsOf(workflow.graph, node)
    return Object.keys(own).length === 0 ? ofTask : { ...ofTask, ...own }
  }

  #ofTask(task: TaskOptions): CallPolicy {
    const known = this.#ofTasks.get(task)
    if (known !== undefined) return known
    const policy = Object.freeze({ ...this.#defaults, ...task })
    this.#ofTasks.set(task, policy)
    return policy
  }
}

/** The options of the task behind a call, as far as its module has been loaded on this side. */
export function taskOptionsOf(workflow: Workflow, node: number): TaskOptions {
  const source = workflow.graph.calls[node] as CallSource
  const { moduleUrl, task } = taskOf(source)
  return findTask(moduleUrl, task)?.options ?? NO_TASK_OPTIONS
}
