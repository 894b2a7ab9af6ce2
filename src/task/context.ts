/** The running call as a task sees it, and the slot in which a worker keeps it. */
import { ConfigurationError } from '../errors.js'

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
  })
}
