/**
 * Which error classes cross threads as themselves, and under which name: one registry per thread, shared by every copy of the package.
 * It tells classes apart by their prototype, and knows nothing of how errors are encoded.
 */
import { types } from 'node:util'
import type { ErrorClass } from '../canvas/policy.js'
import * as errors from '../errors.js'
import { AlreadyRegisteredError, ConfigurationError } from '../errors.js'

export type { ErrorClass }

interface Registry {
  readonly classes: Map<string, ErrorClass>
  /** Prototype to name: a class is known by what its instances inherit from, be its `constructor` property missing or wrong. */
  readonly names: WeakMap<object, string>
}

const BUILT_IN: readonly ErrorClass[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
]

const SLOT = Symbol.for('celeriac.errorClasses')
const slots = globalThis as { [SLOT]?: Registry }
slots[SLOT] ??= newRegistry()
const registry = slots[SLOT]

// Celeriac's own classes have names that no user class can have: a program may well register a ConfigurationError of its own. Each
// copy of the package revives them as its own.
const own = new Map<string, ErrorClass>()
for (const [name, value] of Object.entries(errors)) {
  if (!isErrorClass(value)) continue
  own.set(`celeriac.${name}`, value)
  registry.names.set(value.prototype, `celeriac.${name}`)
}

function newRegistry(): Registry {
  const made: Registry = { classes: new Map(), names: new WeakMap() }
  for (const builtIn of BUILT_IN) add(made, builtIn)
  return made
}

function add({ classes, names }: Registry, errorClass: ErrorClass): void {
  classes.set(errorClass.name, errorClass)
  names.set(errorClass.prototype, errorClass.name)
}

/**
 * Lets errors of these classes cross threads as themselves; others arrive as {@link RemoteError}. Call it where both sides load it.
 *
 * Kept: name, message, stack, own cloneable fields, cause, errors. Constructors do not run again.
 *
 * @throws {@link AlreadyRegisteredError} if another class has the name of one of them.
 * @example
 * // tasks.js, which the program and its workers load
 * export class OutOfStock extends Error {
 *   constructor(item) {
 *     super(`${item} is out of stock`)
 *     this.item = item
 *   }
 * }
 * registerErrors(OutOfStock)
 * export const { order } = defineTasks(import.meta.url, {
 *   order(item) {
 *     throw new OutOfStock(item)
 *   },
 * })
 * // main.js
 * const error = await runtime.run(order.s('beetroot')).catch((error) => error)
 * console.log(error instanceof OutOfStock, error.item) // true beetroot
 */
export function registerErrors(...classes: readonly ErrorClass[]): void {
  const added = new Map<string, ErrorClass>()
  for (const errorClass of classes) {
    requireErrorClass(errorClass)
    const known = added.get(errorClass.name) ?? registry.classes.get(errorClass.name)
    if (known !== undefined && known !== errorClass)
      throw new AlreadyRegisteredError(
        `another error class named "${errorClass.name}" is registered already; rename one of the two, since threads tell classes apart by name`,
        errorClass.name,
      )
    if (!registry.names.has(errorClass.prototype)) added.set(errorClass.name, errorClass)
  }
  for (const errorClass of added.values()) add(registry, errorClass)
}

function requireErrorClass(value: unknown): void {
  if (!isErrorClass(value))
    throw new ConfigurationError('registerErrors takes classes that extend Error, and this is none', 'classes', value)
  if (typeof value.name !== 'string' || value.name === '')
    throw new ConfigurationError('registerErrors needs classes with a name; give this one a name', 'classes', value)
}

function isErrorClass(value: unknown): value is ErrorClass {
  if (typeof value !== 'function') return false
  return value === Error || value.prototype instanceof Error
}

/** Whether `value` is an error: also one of another realm, or one that was not made by a constructor. It never throws. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false // a Proxy that does not let itself be asked
  }
}

/** The class of that name, if it is known here. */
export const findErrorClass = (className: string): ErrorClass | undefined =>
  own.get(className) ?? registry.classes.get(className)

/** The name under which the class of `error` is, or may be, registered; `''` for a class that only looks like a registered one. */
export function classNameOf(error: object): string {
  const prototype: unknown = Object.getPrototypeOf(error)
  if (typeof prototype !== 'object' || prototype === null) return ''
  const registered = registry.names.get(prototype)
  if (registered !== undefined) return registered
  const made = constructorOf(prototype)
  if (typeof made !== 'function' || typeof made.name !== 'string') return ''
  // Known by name, yet not by prototype: a built-in class of another realm, or a stranger that happens to have this name.
  return findErrorClass(made.name) === undefined || isBuiltIn(made) ? made.name : ''
}

/** Its own. Errors that Node itself makes have it behind a getter. */
function constructorOf(prototype: object): unknown {
  const property = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  return property?.get === undefined ? property?.value : Reflect.get(prototype, 'constructor')
}

const isBuiltIn = (made: object): boolean => Function.prototype.toString.call(made).endsWith('{ [native code] }')
