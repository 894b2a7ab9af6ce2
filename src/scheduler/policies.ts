/**
 * Which policy holds for a call: what the runtime says by default, then the task, the composites around the call, and the call itself.
 * What can be the same for many calls is made once.
 */
import { NO_OPTIONS, type StoredOptions } from '../canvas/options.js'
import type { RunPolicy } from '../canvas/policy.js'
import { optionsOf, ownOptionsOf, taskOf } from '../graph/call.js'
import type { CallSource, Graph, Scope } from '../graph/graph.js'
import type { TaskOptions } from '../task/options.js'
import { startsPerSecond } from '../task/rate-limit.js'
import { findTask, registrations } from '../task/registry.js'
import { Gate } from './gate.js'
import { TaskLoad } from './load.js'
import type { Workflow } from './workflow.js'

export type CallPolicy = StoredOptions & TaskOptions

/** All that decides when and with which others a call leaves. */
export interface CallPlan {
  readonly policy: CallPolicy
  readonly priority: number
  readonly load: TaskLoad
  readonly gate: Gate | undefined
  /** It leaves alone, and only for a thread that starts it at once. */
  readonly isAlone: boolean
}

/** What is known of a task on this side. */
interface TaskEntry {
  readonly options: TaskOptions
  readonly load: TaskLoad
  readonly gate: Gate | undefined
  /** Of the calls that say nothing themselves. */
  readonly plan: CallPlan
}

const NO_TASK_OPTIONS: TaskOptions = Object.freeze({})

export class Policies {
  readonly #defaults: RunPolicy
  readonly #batching: boolean
  /** By module, then by name: a text made of both would have to be made for every call. */
  readonly #tasks = new Map<string, Map<string, TaskEntry>>()
  /** The same for calls that move something: it could not be sent again from where it was sent. */
  readonly #alone = new WeakMap<CallPlan, CallPlan>()
  #registrations = -1
  /** What was asked for last: neighbours mostly ask for the same. */
  #last: { readonly moduleUrl: string; readonly task: string; readonly entry: TaskEntry } | undefined
  #lastPlan:
    | { readonly entry: TaskEntry; readonly own: StoredOptions; readonly outer: unknown; readonly plan: CallPlan }
    | undefined

  constructor(defaults: RunPolicy, batching: boolean) {
    this.#defaults = defaults
    this.#batching = batching
  }

  of({ graph }: Workflow, node: number): CallPlan {
    return this.ofNode(graph, node)
  }

  ofNode(graph: Graph, node: number): CallPlan {
    const plan = this.#planOf(graph, node)
    return graph.movesValues === true ? this.#aloneAs(plan) : plan
  }

  #aloneAs(plan: CallPlan): CallPlan {
    const alone = this.#alone.get(plan) ?? { ...plan, isAlone: true }
    this.#alone.set(plan, alone)
    return alone
  }

  #planOf(graph: Graph, node: number): CallPlan {
    const source = graph.calls[node] as CallSource
    const entry = this.#entryOf(source)
    const own = ownOptionsOf(source)
    const outer = (graph.scopes[graph.scope[node] as number] as Scope | undefined)?.inherited
    if (own === NO_OPTIONS && outer === undefined) return entry.plan
    const last = this.#lastPlan
    if (last !== undefined && last.entry === entry && last.own === own && last.outer === outer) return last.plan
    const plan = this.#plan(entry, optionsOf(graph, node))
    this.#lastPlan = { entry, own, outer, plan }
    return plan
  }

  #entryOf(source: CallSource): TaskEntry {
    const { moduleUrl, task } = taskOf(source)
    const last = this.#last
    if (
      last !== undefined &&
      last.task === task &&
      last.moduleUrl === moduleUrl &&
      this.#registrations === registrations()
    )
      return last.entry
    if (this.#registrations !== registrations()) this.#forgetChanged()
    const ofModule = this.#tasks.get(moduleUrl) ?? new Map<string, TaskEntry>()
    const entry = ofModule.get(task) ?? this.#newEntry(moduleUrl, task)
    this.#tasks.set(moduleUrl, ofModule.set(task, entry))
    this.#last = { moduleUrl, task, entry }
    return entry
  }

  /** A module has been evaluated: tasks may have other options now. What runs under a limit goes on to count. */
  #forgetChanged(): void {
    this.#registrations = registrations()
    this.#last = undefined
    for (const [moduleUrl, tasks] of this.#tasks)
      for (const [task, { options }] of tasks) if (taskOptions(moduleUrl, task) !== options) tasks.delete(task)
  }

  #newEntry(moduleUrl: string, task: string): TaskEntry {
    const options = taskOptions(moduleUrl, task)
    const { rateLimit, concurrency = Infinity } = options
    const rate = startsPerSecond(rateLimit)
    const gate = rate === Infinity && concurrency === Infinity ? undefined : new Gate(rate, concurrency)
    const entry = { options, load: new TaskLoad(), gate }
    return { ...entry, plan: this.#plan(entry, NO_OPTIONS) }
  }

  #plan({ options, load, gate }: Omit<TaskEntry, 'plan'>, own: StoredOptions): CallPlan {
    const policy: CallPolicy = Object.freeze({ ...this.#defaults, ...options, ...own })
    const { priority = 0, batch = true, timeLimit = Infinity, trackStarted = false } = policy
    const isAlone = !this.#batching || !batch || gate !== undefined || timeLimit !== Infinity || trackStarted
    return { policy, priority, load, gate, isAlone }
  }
}

const taskOptions = (moduleUrl: string, task: string): TaskOptions =>
  findTask(moduleUrl, task)?.options ?? NO_TASK_OPTIONS

/** The options of the task behind a call, as far as its module has been loaded on this side. */
export function taskOptionsOf(workflow: Workflow, node: number): TaskOptions {
  const { moduleUrl, task } = taskOf(workflow.graph.calls[node] as CallSource)
  return taskOptions(moduleUrl, task)
}
