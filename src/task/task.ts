/** Tasks: declaring them, and the handles that describe calls of them. It runs a body only when a handle is called as a function. */
import {
  type CanvasRunner,
  type Chunks,
  defaultRunner,
  type Group,
  type MapCanvas,
  type Signature,
  type Starmap,
} from '../canvas/canvas.js'
import { EachMembers } from '../canvas/group.js'
import { listOfItems, listsOfArguments } from '../canvas/items.js'
import { chunks } from '../canvas/map.js'
import type { SubmitOptions } from '../canvas/options.js'

import { type AnySignature, makeGroup, makeMap } from '../canvas/shape.js'
import { mergeKwargs, signature } from '../canvas/signature.js'
import type { AnyFunction, AnyTask, Args, ItemsOf, Missing, Suffixes, TaskLike } from '../canvas/typing.js'
import { ConfigurationError } from '../errors.js'
import { checkOptions, isPlainObject, show, text } from '../option-rules.js'
import type { AsyncResult } from '../result/async-result.js'
import { standInContext, type TaskContext } from './context.js'
import { checkTaskOptions, type TaskOptions } from './options.js'
import { registerTask } from './registry.js'
import type { AllButLast, Checked, OptionsOf } from './typing.js'

/** What {@link task} returns: a function with options, not yet a task. */
export interface TaskDefinition<P extends Args, V> {
  readonly kind: 'definition'
  readonly options: TaskOptions
  readonly fn: (...args: P) => V
}

/**
 * A task: describes calls of one registered function.
 *
 * @typeParam P - The function's parameters.
 * @typeParam R - What a call yields: the function's awaited return type.
 * @typeParam V - What the body returns when called here: a value, or a promise.
 */
export interface Task<P extends Args = any, R = any, V = R | PromiseLike<R>> extends TaskCalls<P, R, V> {
  /**
   * Binds the trailing options object by name; it is handed over as the last argument, and not at all when empty.
   *
   * @returns The same task without that parameter; a second `.with` merges shallowly, the later value wins.
   */
  with(options: OptionsOf<P>): TaskWithOptions<AllButLast<P>, R, V, Partial<OptionsOf<P>>>
}

/** A {@link Task} whose options object was given by `.with()`. */
export interface TaskWithOptions<P extends Args, R, V, O> extends TaskCalls<P, R, V> {
  with(options: O): TaskWithOptions<P, R, V, O>
}

/** What every task can do, whether or not its options object was given. */
export interface TaskCalls<P extends Args, R, V = R | PromiseLike<R>> extends TaskLike<P, R> {
  /** Runs the body here and now, as a plain function: no queue and no clone. `this` is a stand-in without effects. */
  (...args: P): V
  readonly options: Readonly<TaskOptions>
  /** A signature: these are the call's *last* arguments; what a previous step gives, or `args`, goes in front of them. */
  s<const B extends Suffixes<P>>(...args: B): Signature<Missing<P, B>, R>
  /** An immutable signature: complete, and deaf to whatever a previous step gives. */
  si(...args: P): Signature<Args, R>
  /** One call, in one worker, that runs the body on each item in order. Like all three, it ignores what a previous step gives. */
  map(items: ItemsOf<P>): MapCanvas<Args, R[]>
  /** Like {@link TaskCalls.map}, but each item is a whole list of arguments. */
  starmap(items: Iterable<Readonly<P>>): Starmap<Args, R[]>
  /** A group of starmaps over consecutive slices. `size` is a whole number from 1; `Infinity` makes one slice. */
  chunks(items: Iterable<Readonly<P>>, size: number): Chunks<Args, R[][]>
  /**
   * A group with one call per item, each with its own id and state: the group of `si(...item)`, kept as a table of arguments
   * instead of a signature per member. The cheapest way to start very many calls.
   */
  each(items: Iterable<Readonly<P>>): Group<Args, R[]>
  /** Applies the task on the default runtime. */
  delay(...args: P): AsyncResult<R>
  /** Applies the task on the default runtime, with call options. */
  applyAsync(args: P, options?: SubmitOptions<R>): AsyncResult<R>
}

/** The task made from a definition. */
export type TaskOf<F> =
  F extends TaskDefinition<infer P, infer V>
    ? Task<P, Awaited<V>, V>
    : F extends (...args: infer P) => infer V
      ? Task<P, Awaited<V>, V>
      : never

type CheckedDefinitions<T> = {
  readonly [K in keyof T]: T[K] extends TaskDefinition<infer P, infer V>
    ? Checked<P, V>
    : T[K] extends (...args: infer P) => infer V
      ? Checked<P, V>
      : unknown
}

/**
 * Declares the tasks of one module and registers each as `url#name`, on the main thread and in every worker that imports the module.
 *
 * Names need not be unique in the program. Evaluating a module again replaces its tasks.
 *
 * Methods and `function`s get the {@link TaskContext} as `this`, without annotation; arrows call `currentTask`.
 * A generic function loses its type parameters (`unknown`); of an overloaded one only the last overload counts.
 * A task that names itself or a sibling needs a written return type.
 *
 * @param url - `import.meta.url` of the module: workers import it again. Anything but a `file:` URL: {@link ConfigurationError}.
 * @param definitions - Functions, or functions with options made by {@link task}. Arguments and results must be cloneable; a type
 *   that is not (function, symbol, promise, class with methods) is a compile error at that definition.
 * @param options.namespace - Prefix of each name: `namespace.key`. Default: none, the name is `key`.
 * @throws {@link ConfigurationError} for a definition that is no function, or a wrong option.
 * @see https://docs.celeryq.dev/en/stable/userguide/tasks.html
 * @example
 * export const { add, tsum } = defineTasks(import.meta.url, {
 *   add: (x: number, y: number) => x + y,
 *   tsum: (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0),
 * })
 */
export function defineTasks<T extends Record<string, AnyFunction | TaskDefinition<any, any>>>(
  url: string | URL,
  definitions: T & ThisType<TaskContext> & CheckedDefinitions<T>,
  options?: { readonly namespace?: string },
): { readonly [K in keyof T]: TaskOf<T[K]> }
export function defineTasks(url: unknown, definitions: unknown, options?: { readonly namespace?: string }): unknown {
  const moduleUrl = fileUrl('defineTasks', url)
  checkOptions('defineTasks', options, { namespace: text })
  if (!isPlainObject(definitions))
    throw new ConfigurationError(
      `defineTasks takes an object of functions, not ${show(definitions)}`,
      'definitions',
      definitions,
    )
  const tasks: Record<string, unknown> = {}
  const names = new Set<string>()
  for (const [key, definition] of Object.entries(definitions)) {
    const { fn, options: own } = definitionOf(key, definition)
    const taskName = own.name ?? nameOf(key, options?.namespace)
    if (names.has(taskName))
      throw new ConfigurationError(`defineTasks: two tasks are named "${taskName}"`, 'name', taskName)
    names.add(taskName)
    registerTask({ taskName, moduleUrl, fn, options: own })
    tasks[key] = makeTask({
      taskName,
      moduleUrl,
      options: own,
      body: (args) => fn.apply(standInContext(taskName), [...args]),
    })
  }
  return Object.freeze(tasks)
}

/**
 * Attaches options to a function; meant as a value inside {@link defineTasks}, where it gets its name.
 *
 * @throws {@link ConfigurationError} for a wrong option, or if `fn` is no function.
 */
export function task<P extends Args, V>(
  options: TaskOptions,
  fn: (this: TaskContext, ...args: P) => V,
): TaskDefinition<P, V> {
  checkTaskOptions('task', options)
  if (typeof fn !== 'function') throw new ConfigurationError(`task: a function is needed, not ${show(fn)}`, 'fn', fn)
  return Object.freeze({ kind: 'definition', options: Object.freeze(given(options)), fn: fn as (...args: P) => V })
}

/** Without what is `undefined`: it would hide what the runtime says by default. */
const given = (options: TaskOptions): TaskOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

const NO_TASK_OPTIONS: TaskOptions = Object.freeze({})

function definitionOf(key: string, definition: unknown): { fn: AnyFunction; options: TaskOptions } {
  if (typeof definition === 'function') return { fn: definition as AnyFunction, options: NO_TASK_OPTIONS }
  if (isPlainObject(definition) && definition.kind === 'definition')
    return definition as unknown as TaskDefinition<Args, unknown>
  throw new ConfigurationError(
    `defineTasks: "${key}" must be a function, or a function with options made by task(), and is ${show(definition)}`,
    key,
    definition,
  )
}

export const nameOf = (key: string, namespace: string | undefined): string =>
  namespace === undefined ? key : `${namespace}.${key}`

/** The URL of a task module as text. @throws {@link ConfigurationError} if it is no `file:` URL. */
export function fileUrl(where: string, url: unknown): string {
  const href = url instanceof URL ? url.href : url
  if (typeof href === 'string' && href.startsWith('file:')) return href
  throw new ConfigurationError(
    `${where}: the module must be a file: URL, such as import.meta.url, and is ${show(href)}`,
    'url',
    url,
  )
}

/** What makes up a task's handle; `kwargs` is what `.with()` has bound. */
export interface TaskParts {
  readonly taskName: string
  readonly moduleUrl: string
  readonly options: Readonly<TaskOptions>
  body(args: readonly unknown[]): unknown
  readonly kwargs?: Readonly<Record<string, unknown>>
}

/** A callable with the methods of {@link Task}. */
export function makeTask(parts: TaskParts): Task {
  const { kwargs } = parts
  const callable = (...args: unknown[]): unknown => parts.body(kwargs === undefined ? args : [...args, kwargs])
  Object.setPrototypeOf(callable, taskMethods)
  Object.defineProperty(callable, 'name', { value: parts.taskName })
  return Object.freeze(
    Object.assign(callable, { taskName: parts.taskName, moduleUrl: parts.moduleUrl, options: parts.options, parts }),
  ) as unknown as Task
}

interface Handle extends AnyTask {
  readonly parts: TaskParts
}

const bare = (handle: Handle): AnySignature => signature(handle, [], handle.parts.kwargs)
const runner = (): CanvasRunner => defaultRunner()

const taskMethods = Object.freeze(
  Object.assign(Object.create(Function.prototype) as object, {
    s(this: Handle, ...args: unknown[]): unknown {
      return signature(this, args, this.parts.kwargs)
    },
    si(this: Handle, ...args: unknown[]): unknown {
      return signature(this, args, this.parts.kwargs, true)
    },
    with(this: Handle, options: unknown): unknown {
      if (!isPlainObject(options))
        throw new ConfigurationError(`with() takes an options object, not ${show(options)}`, 'options', options)
      const kwargs = mergeKwargs(this.parts.kwargs ?? {}, options)
      return makeTask({ ...this.parts, kwargs })
    },
    map(this: Handle, items: Iterable<unknown>): unknown {
      return makeMap('map', bare(this), listOfItems(items))
    },
    starmap(this: Handle, items: Iterable<unknown>): unknown {
      return makeMap('starmap', bare(this), listsOfArguments(items))
    },
    chunks(this: Handle, items: Iterable<readonly unknown[]>, size: number): unknown {
      return chunks(bare(this), items as Iterable<never>, size)
    },
    each(this: Handle, items: Iterable<unknown>): unknown {
      return makeGroup(new EachMembers(bare(this), listsOfArguments(items)))
    },
    delay(this: Handle, ...args: unknown[]): unknown {
      return runner().apply(signature(this, args, this.parts.kwargs, true))
    },
    applyAsync(this: Handle, args: readonly unknown[], options?: unknown): unknown {
      return runner().apply(signature(this, [...args], this.parts.kwargs, true), options)
    },
  }),
)
