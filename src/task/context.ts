/** The running call as a task sees it, and the slot in which a worker keeps it. */
import type { ChildOptions } from '../canvas/options.js'
import type { Complete } from '../canvas/typing.js'
import { ConfigurationError } from '../errors.js'
import type { ChildResult } from '../result/async-result.js'

/** The running call: `this` of a task, or {@link currentTask}. */
export interface TaskContext {
  readonly id: string
  readonly taskName: string
  /** Id of the first call of the whole workflow; its own id if it is the first. */
  readonly rootId: string
  /** Id of the call whose end started this one; `undefined` for the first. */
  readonly parentId: string | undefined
  readonly groupId: string | undefined
  /** Place in its own group, from 0. */
  readonly groupIndex: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  /** Runs before this one: 0 at the first. */
  readonly retries: number
  readonly eta: Date | undefined
  readonly expires: Date | undefined
  /** Aborts on revoke, shutdown and soft time limit, `reason` saying which; `aborted` is also right inside a loop that never yields. */
  readonly signal: AbortSignal
  /** Reports how far the work is: a fraction from 0 to 1, or any cloneable value. */
  progress(value: unknown): void
  /** Shows a state of your own (upper case by custom, not one of Celery's nine) until the run ends; `meta` appears as `result.info`. */
  updateState(state: string, meta?: unknown): void
  /**
   * Ends this run by a throw, and runs the call again later with the same id, place and links.
   *
   * @throws at the last retry `options.error`, or else `MaxRetriesExceededError`, which fails the call.
   */
  retry(options?: RetryOptions): never
  /**
   * Ends this run by a throw, and puts `canvas` in its place: its value becomes this call's. It inherits id, links and what comes
   * after, not the arguments. Never returns: it is typed as the value so that `return this.replace(…)` is checked.
   *
   * @throws `InvalidCanvasError` for an empty chain.
   */
  replace<R>(canvas: Complete<R>): R
  /** In a chord header or group: adds a member; its value comes after those of the members before it. Elsewhere: `InvalidCanvasError`. */
  addToChord(canvas: Complete<unknown>): void
  /** Applies a canvas as a child of this call. Awaiting it lends the thread to other calls, so it cannot deadlock. */
  apply<R>(canvas: Complete<R>, options?: ChildOptions<R>): ChildResult<R>
  /** Ends this run by a throw: state `IGNORED`, and so is all that depends on it. */
  ignore(): never
  /** Ends this run by a throw: state `REJECTED`, or with `requeue` back to the queue (same id, `retries` as it was). */
  reject(options?: { readonly requeue?: boolean }): never
}

/** How {@link TaskContext.retry} differs from the task's policy, this time. */
export interface RetryOptions {
  /** Arguments for the next run, all of them. Default: the same. */
  readonly args?: readonly unknown[]
  /** What the call fails with when no retry is left. */
  readonly error?: Error
  /** Wait in ms; 0: at once. Not together with `eta`. Default: the policy's. */
  readonly countdown?: number
  readonly eta?: Date
  /** How many runs may follow the first one, for this decision only. */
  readonly maxRetries?: number
}

const SLOT = Symbol.for('celeriac.currentTask')
const slots = globalThis as { [SLOT]?: () => TaskContext | undefined }

/** Fills the slot for the current task, from above. */
export function provideCurrentTask(provider: () => TaskContext | undefined): void {
  slots[SLOT] = provider
}

/**
 * The context of the call that is running here, for arrows and helpers.
 *
 * @throws {@link ConfigurationError} outside of a task.
 * @example
 * export const { log } = defineTasks(import.meta.url, { log: (text: string) => `${currentTask().id}: ${text}` })
 */
export function currentTask(): TaskContext {
  const context = slots[SLOT]?.()
  if (context === undefined)
    throw new ConfigurationError('currentTask() was called outside of a task: call it inside of a running one')
  return context
}

const outside = (method: string): ConfigurationError =>
  new ConfigurationError(
    `${method}() has no meaning in a task that was called as a plain function: apply it on a runtime`,
  )

/** What a task called as a plain function gets as `this`: nothing around it, and no effects. */
export function standInContext(taskName: string): TaskContext {
  return Object.freeze({
    id: '',
    taskName,
    rootId: '',
    parentId: undefined,
    groupId: undefined,
    groupIndex: undefined,
    headers: Object.freeze({}),
    retries: 0,
    eta: undefined,
    expires: undefined,
    signal: new AbortController().signal,
    replace: () => {
      throw outside('replace')
    },
    addToChord: () => {
      throw outside('addToChord')
    },
    apply: () => {
      throw outside('apply')
    },
    progress: () => {},
    updateState: () => {},
    retry: (options?: RetryOptions) => {
      throw options?.error ?? outside('retry')
    },
    ignore: () => {
      throw outside('ignore')
    },
    reject: () => {
      throw outside('reject')
    },
  })
}
