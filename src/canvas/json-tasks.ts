/** The only tasks that a canvas from JSON may name: an allow-list, looked up by registered name and by nothing else. */
import { ConfigurationError } from '../errors.js'
import { type OptionRule, show } from '../option-rules.js'
import type { AnyTask } from './typing.js'

/** What they may come in. */
export const taskList: OptionRule = {
  expected: "a list of tasks or a module's exports",
  accepts: (value) => typeof value === 'object' && value !== null && !isBroken(value),
}

/** @throws {@link ConfigurationError} for an item of a list that is no task, and if two different tasks have one name. */
export function tasksByName(tasks: object): ReadonlyMap<string, AnyTask> {
  const found = new Map<string, AnyTask>()
  for (const task of listOfTasks(tasks)) {
    const { moduleUrl } = found.get(task.taskName) ?? task
    if (moduleUrl !== task.moduleUrl)
      throw new ConfigurationError(
        `fromJSON: two of the tasks are named "${task.taskName}", one of ${moduleUrl} and one of ${task.moduleUrl}`,
        'tasks',
        tasks,
      )
    found.set(task.taskName, task)
  }
  return found
}

function listOfTasks(tasks: object): readonly AnyTask[] {
  if (!isIterable(tasks)) return Object.values(tasks).filter(isTask)
  return Array.from(tasks, (task, i) => {
    if (isTask(task)) return task
    throw new ConfigurationError(`fromJSON: item ${i} of option "tasks" is no task but ${show(task)}`, 'tasks', tasks)
  })
}

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value
const isBroken = (value: object): boolean => isIterable(value) && typeof value[Symbol.iterator] !== 'function'

const isTask = (value: unknown): value is AnyTask =>
  typeof value === 'function' &&
  Object.hasOwn(value, 'taskName') &&
  typeof (value as unknown as AnyTask).taskName === 'string' &&
  Object.hasOwn(value, 'moduleUrl')
