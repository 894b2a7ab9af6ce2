/** Which task a test speaks of: a task itself, or a name. A name means every task that has it. */
import type { AnyTask } from '../canvas/typing.js'
import { ConfigurationError } from '../errors.js'
import { show } from '../option-rules.js'

/** A task, or the name of one. */
export type Target = AnyTask | string

/** Who a run or a recorded call is of. Of a recorded call only the name is known. */
interface Named {
  readonly taskName: string
  readonly moduleUrl?: string
}

/** @throws {@link ConfigurationError} if it is neither a task nor a name. */
export function requireTarget(where: string, target: unknown): Target {
  if (typeof target === 'string' && target !== '') return target
  return requireTask(where, target, 'a task, or the name of one, is needed')
}

/** @throws {@link ConfigurationError} if it is no task. */
export function requireTask(where: string, task: unknown, needed = 'a task is needed'): AnyTask {
  const { taskName, moduleUrl, kind } = Object(task) as { taskName?: unknown; moduleUrl?: unknown; kind?: unknown }
  if (typeof taskName === 'string' && typeof moduleUrl === 'string' && kind === undefined) return task as AnyTask
  const hint = kind === undefined ? '' : ': give the task itself, not a canvas made of it'
  throw new ConfigurationError(`${where}: ${needed}, and this is ${show(task)}${hint}`, 'task', task)
}

export const nameOf = (target: Target): string => (typeof target === 'string' ? target : target.taskName)

export function isMeant(target: Target, { taskName, moduleUrl }: Named): boolean {
  if (typeof target === 'string') return target === taskName
  return target.taskName === taskName && (moduleUrl === undefined || target.moduleUrl === moduleUrl)
}

/** The same for two ways of naming the same task in the same manner. */
export const keyOf = (target: Target): string =>
  typeof target === 'string' ? target : `${target.moduleUrl}#${target.taskName}`
