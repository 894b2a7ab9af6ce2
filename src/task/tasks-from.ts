/** Tasks over a plain module that the main thread does not load. */
import type { AnyFunction } from '../canvas/typing.js'
import { NotRegisteredError } from '../errors.js'
import { checkOptions, text } from '../option-rules.js'
import { declareModule } from './registry.js'
import { fileUrl, makeTask, nameOf, type Task } from './task.js'

/**
 * What a task module may export besides tasks: run once per thread, before its first and after its last call there.
 *
 * If `setup` fails, so does the call that it is run for, with `WorkerLostError`, reason `start`; the next one tries again. `teardown` runs
 * when a thread is replaced after `maxTasksPerWorker` and on `close()`, not on `destroy()`, nor where a thread dies. Inline they run once
 * per runtime.
 */
export interface TaskModule {
  setup?(): void | Promise<void>
  teardown?(): void | Promise<void>
}

export type TasksOfModule<M> = {
  readonly [K in keyof M as M[K] extends AnyFunction ? Exclude<K, keyof TaskModule> : never]: M[K] extends (
    ...args: infer P
  ) => infer V
    ? Task<P, Awaited<V>, Promise<Awaited<V>>>
    : never
}

/** Names of exports that are no tasks: the two of a module's life, and the one that would make the list of tasks a promise. */
const NO_TASKS: ReadonlySet<string> = new Set(['setup', 'teardown', 'then'])

/**
 * Types tasks over a plain module that the main thread does not load; workers import it on first use.
 *
 * Every exported function is a task but `setup` and `teardown`. Nothing is checked before the first run: a missing export fails
 * that run with {@link NotRegisteredError}. Calling such a task (`shrink(image)`) imports the module here and gives a promise.
 *
 * @param url - Where the module is: `new URL('./m.js', import.meta.url)`. Anything but a `file:` URL: `ConfigurationError`.
 * @param options.namespace - Prefix of each name. Default: none.
 * @example
 * const images = tasksFrom<typeof import('./images.js')>(new URL('./images.js', import.meta.url))
 * await runtime.run(images.shrink.s(bytes))
 */
export function tasksFrom<M extends object = Record<string, AnyFunction>>(
  url: URL,
  options?: { readonly namespace?: string },
): TasksOfModule<M> {
  const moduleUrl = fileUrl('tasksFrom', url)
  checkOptions('tasksFrom', options, { namespace: text })
  declareModule(moduleUrl)
  const made = new Map<string, Task>()
  const taskOf = (key: string): Task => {
    const found = made.get(key) ?? remoteTask(moduleUrl, key, nameOf(key, options?.namespace))
    made.set(key, found)
    return found
  }
  const list: object = new Proxy(Object.freeze({}), {
    get: (_target, key) => (typeof key === 'symbol' || NO_TASKS.has(key) ? undefined : taskOf(key)),
  })
  return list as TasksOfModule<M>
}

const remoteTask = (moduleUrl: string, key: string, taskName: string): Task =>
  makeTask({
    taskName,
    moduleUrl,
    options: Object.freeze({}),
    body: (args) => import(moduleUrl).then((module: object) => exportedFunction(module, key, moduleUrl)(...args)),
  })

/** The function that a module exports by that name; own exports only. @throws {@link NotRegisteredError} if there is none. */
export function exportedFunction(module: object, key: string, moduleUrl: string): AnyFunction {
  const found: unknown = Object.hasOwn(module, key) ? (module as Record<string, unknown>)[key] : undefined
  if (typeof found === 'function' && !NO_TASKS.has(key)) return found as AnyFunction
  throw new NotRegisteredError(`task "${key}" is not registered: ${moduleUrl} exports no function of that name`, key)
}
