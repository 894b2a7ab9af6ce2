/** Which function stands behind `url#name`: one registry per thread, shared by every copy of the package. It imports no module. */
import type { AnyFunction } from '../canvas/typing.js'
import type { TaskOptions } from './options.js'

/** A registered task: what a worker looks up and runs. */
export interface TaskRecord {
  readonly taskName: string
  readonly moduleUrl: string
  readonly fn: AnyFunction
  readonly options: Readonly<TaskOptions>
}

const SLOT = Symbol.for('celeriac.registry')
const slots = globalThis as { [SLOT]?: Map<string, TaskRecord> }
slots[SLOT] ??= new Map()
const records = slots[SLOT]

const identity = (moduleUrl: string, taskName: string): string => `${moduleUrl}#${taskName}`

const COUNT = Symbol.for('celeriac.registrations')
const counted = globalThis as { [COUNT]?: { count: number } }
counted[COUNT] ??= { count: 0 }
const counter = counted[COUNT]

/** How often a task has been registered: whoever keeps what it found sees by it that it may have changed. */
export const registrations = (): number => counter.count

const MODULES = Symbol.for('celeriac.modules')
const declared = globalThis as { [MODULES]?: Set<string> }
declared[MODULES] ??= new Set()
const modules = declared[MODULES]

/** Says that tasks stand in this module. It need not have been evaluated here. */
export function declareModule(moduleUrl: string): void {
  modules.add(moduleUrl)
}

/** All modules of which that has been said; kept when their tasks are forgotten. */
export const declaredModules = (): readonly string[] => [...modules]

/** Registers a task; one of the same identity is replaced, as when a module is evaluated again. */
export function registerTask(record: TaskRecord): void {
  counter.count++
  declareModule(record.moduleUrl)
  records.set(identity(record.moduleUrl, record.taskName), record)
}

/** Takes a task away again. */
export function forgetTask(moduleUrl: string, taskName: string): void {
  records.delete(identity(moduleUrl, taskName))
}

/** The task of that identity, if its module has been evaluated here. */
export function findTask(moduleUrl: string, taskName: string): TaskRecord | undefined {
  return records.get(identity(moduleUrl, taskName))
}

/** Full names of all tasks registered here. */
export function registeredNames(): string[] {
  return [...records.values()].map((record) => record.taskName)
}
