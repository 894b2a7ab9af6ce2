/**
 * Errors as plain data, and back. Structured clone loses the class, `code`, own fields and `errors`, and dies of what it cannot clone;
 * this keeps them, within bounds. Encoding never fails, since it runs where a failure of its own would kill the worker. It neither
 * decides which errors are sent nor writes on them.
 */
import { NonErrorThrown, RemoteError, type RunIdentity } from '../errors.js'
import { classNameOf, type ErrorClass, findErrorClass, isError } from './error-classes.js'
import { restoreErrors, type Separated, separateErrors } from './placeholders.js'
import { attempt, describe, hasOwn, ownKeys, read, shortened, textOf, UNSERIALIZABLE } from './reading.js'

export { type ErrorClass, registerErrors } from './error-classes.js'

/** What was thrown, or an error in data, as something that clones. It may contain itself, as an error may be its own cause. */
export type EncodedError = EncodedInstance | EncodedValue

/** The errors that were in some data, each beside the object that stands for it there. */
export interface EncodedErrors {
  readonly placeholders: readonly object[]
  readonly encoded: readonly EncodedError[]
}

interface EncodedInstance {
  readonly kind: 'error'
  readonly name: string
  /** Under which its class may be registered. */
  readonly className: string
  readonly message: string
  readonly stack: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly inFields?: EncodedErrors
  /** Which of name, message, stack, cause and errors are enumerable. */
  readonly shown?: readonly string[]
  /** If its class has one, and not the error itself. */
  readonly code?: string | number
  readonly cause?: EncodedError
  readonly errors?: readonly EncodedError[]
}

/** Something that is no error; a text that describes it, if it cannot be cloned. */
interface EncodedValue {
  readonly kind: 'thrown'
  readonly value: unknown
  readonly inValue?: EncodedErrors
}

type Growing<T> = { -readonly [K in keyof T]: T[K] }

const MAX_MESSAGE = 8 * 1024
const MAX_STACK = 16 * 1024
/** Of errors in errors: levels, how many in one list, how many in all. */
const MAX_LEVELS = 16
const MAX_LISTED = 1000
const MAX_NESTED = 10_000
/** Of fields, and of values that are no errors: 16 levels of errors around it are still far from what V8 cannot read. */
const DATA_LIMITS = { maxDepth: 256, what: 'thrown' }
const LOST: Separated = { value: UNSERIALIZABLE }
/** What every error has in its own way; other own enumerable properties are fields. */
const SPECIAL: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause', 'errors'])

/** What was thrown, as data. It never throws, whatever it is given. */
export const encodeError = (thrown: unknown): EncodedError => encodeErrors([thrown])[0] as EncodedError

/** The same for several: an error that occurs twice among or in them is one error on the other side too. */
export function encodeErrors(thrown: readonly unknown[]): readonly EncodedError[] {
  const known = new Map<unknown, EncodedError>()
  return thrown.map((one) => encode(one, { known, level: 0, left: { count: MAX_NESTED } }))
}

/**
 * Where in a tree of errors the encoding is. It goes in the order in which V8 will write the result; so an error met again can simply be
 * referred to, and V8 is never deeper in errors than `level`.
 */
interface Place {
  readonly known: Map<unknown, EncodedError>
  readonly level: number
  readonly left: { count: number }
}

function encode(thrown: unknown, place: Place): EncodedError {
  const known = place.known.get(thrown)
  if (known !== undefined) return known
  const encoded = attempt(
    () => (isError(thrown) ? encodeInstance(thrown, place) : encodeValue(thrown, place)),
    undefined,
  )
  return encoded ?? { kind: 'thrown', value: describe(thrown) }
}

/** `undefined` where the bounds end. */
function encodeNested(thrown: unknown, { known, level, left }: Place): EncodedError | undefined {
  if (known.has(thrown)) return known.get(thrown)
  if (level >= MAX_LEVELS || left.count-- <= 0) return undefined
  return encode(thrown, { known, level: level + 1, left })
}

function encodeValue(thrown: unknown, place: Place): EncodedError {
  const { value, found } = separateErrors(thrown, DATA_LIMITS)
  return found === undefined
    ? { kind: 'thrown', value }
    : { kind: 'thrown', value, inValue: encodeFound([found], place) }
}

function encodeInstance(error: Error, place: Place): EncodedError {
  const message = textOf(read(error, 'message'), '')
  const encoded: Growing<EncodedInstance> = {
    kind: 'error',
    name: shortened(textOf(read(error, 'name'), 'Error'), MAX_MESSAGE),
    className: attempt(() => classNameOf(error), ''),
    message: shortened(message, MAX_MESSAGE),
    stack: stackOf(error, message),
    fields: {},
  }
  place.known.set(error, encoded)
  const listed = listedErrors(error)
  encodeFields(error, encoded, listed !== undefined, place)
  const code = read(error, 'code')
  if (!('code' in encoded.fields) && (typeof code === 'string' || typeof code === 'number')) encoded.code = code
  const cause = hasCause(error) ? encodeNested(read(error, 'cause'), place) : undefined
  if (cause !== undefined) encoded.cause = cause
  if (listed !== undefined && place.level < MAX_LEVELS)
    encoded.errors = listed.map((one) => encodeNested(one, place)).filter((one) => one !== undefined)
  return encoded
}

type Found = NonNullable<Separated['found']>

function encodeFields(error: Error, encoded: Growing<EncodedInstance>, listsErrors: boolean, place: Place): void {
  const shown: string[] = []
  const fields: Record<string, unknown> = {}
  const inside: Found[] = []
  for (const key of ownKeys(error)) {
    if (SPECIAL.has(key) && (key !== 'errors' || listsErrors)) shown.push(key)
    else {
      const { value, found } = attempt(() => separateErrors(Reflect.get(error, key), DATA_LIMITS), LOST)
      fields[key] = value
      if (found !== undefined) inside.push(found)
    }
  }
  encoded.fields = fields
  if (inside.length > 0) encoded.inFields = encodeFound(inside, place)
  if (shown.length > 0) encoded.shown = shown
}

const encodeFound = (found: readonly Found[], place: Place): EncodedErrors => ({
  placeholders: found.flatMap(({ placeholders }) => placeholders),
  encoded: found
    .flatMap(({ errors }) => errors)
    .map((error) => encodeNested(error, place) ?? { kind: 'thrown', value: UNSERIALIZABLE }),
})

/** Its `errors`, if they are what those of an AggregateError are; `errors` of another kind is a field like any other. */
function listedErrors(error: Error): readonly unknown[] | undefined {
  const errors = read(error, 'errors')
  const first = attempt(() => (Array.isArray(errors) ? firstOf(errors) : undefined), undefined)
  return first !== undefined && (isAggregate(error) || first.every(isError)) ? first : undefined
}

const firstOf = (list: readonly unknown[]): unknown[] =>
  Array.from({ length: Math.min(list.length, MAX_LISTED) }, (_, index) => list[index])
const isAggregate = (error: Error): boolean => attempt(() => error instanceof AggregateError, false)

/** An inherited method named `cause` is none. */
function hasCause(error: Error): boolean {
  if (hasOwn(error, 'cause')) return true
  const inherited = read(error, 'cause')
  return inherited !== undefined && typeof inherited !== 'function'
}

/** The stack without what was cut from the message, which stands at its head and would leave no room for the frames. */
function stackOf(error: Error, message: string): string | undefined {
  const stack = read(error, 'stack')
  if (typeof stack !== 'string') return undefined
  const full = message.length > MAX_MESSAGE ? stack.replace(message, () => shortened(message, MAX_MESSAGE)) : stack
  return shortened(full, MAX_STACK)
}

/** The error that `encodeError` was given; a RemoteError if its class is not known here, a NonErrorThrown if it was no error. */
export function decodeError(encoded: EncodedError, run: RunIdentity): Error {
  return asError(decodeErrors([encoded], run)[0], run)
}

/** The same for several, encoded together; what was no error comes back as it is. */
export function decodeErrors(encoded: readonly EncodedError[], run: RunIdentity): readonly unknown[] {
  const known = new Map<EncodedError, unknown>()
  return encoded.map((one) => decode(one, { known, run, level: 0 }))
}

interface Reading {
  readonly known: Map<EncodedError, unknown>
  readonly run: RunIdentity
  readonly level: number
}

function decode(encoded: EncodedError, reading: Reading): unknown {
  if (reading.known.has(encoded)) return reading.known.get(encoded)
  if (reading.level > MAX_LEVELS) return UNSERIALIZABLE // none of our encoding
  const inside = { ...reading, level: reading.level + 1 }
  if (encoded.kind === 'thrown') return restored(encoded.value, encoded.inValue, inside)
  const errorClass = findErrorClass(encoded.className)
  return errorClass === undefined ? decodeStranger(encoded, inside) : decodeAs(errorClass, encoded, inside)
}

function decodeAs(errorClass: ErrorClass, encoded: EncodedInstance, reading: Reading): Error {
  const { shown = [], name, code, cause, errors } = encoded
  const error = bareInstance(errorClass, encoded, reading.run)
  reading.known.set(encoded, error)
  decodeFields(encoded, error, reading)
  if (cause !== undefined) define(error, 'cause', decode(cause, reading))
  if (errors !== undefined) define(error, 'errors', decodeList(errors, reading))
  if (name !== read(error, 'name') || shown.includes('name')) define(error, 'name', name)
  if (code !== undefined && code !== read(error, 'code')) define(error, 'code', code)
  for (const key of shown) if (SPECIAL.has(key)) define(error, key, read(error, key), true)
  return error
}

/** An error that inherits from the class without its constructor: what runs is the one that makes it an error to V8. */
function bareInstance(errorClass: ErrorClass, encoded: EncodedInstance, run: RunIdentity): Error {
  const { message, name, stack = `${name}: ${message}` } = encoded
  // The one class here with a private field, which only its constructor can give.
  if (errorClass === RemoteError) return new RemoteError(message, run, { name, stack, fields: {} })
  const isDom = errorClass === DOMException || errorClass.prototype instanceof DOMException
  const error: Error = isDom
    ? Reflect.construct(DOMException, [message, name], errorClass)
    : Reflect.construct(Error, [message], errorClass)
  error.stack = stack // assigned, as defining it would make V8 write out the stack of this place first
  return error
}

function decodeStranger(encoded: EncodedInstance, reading: Reading): RemoteError {
  const { message, name, code, cause, errors } = encoded
  const fields: Record<string, unknown> = code === undefined ? {} : { code }
  const error = new RemoteError(message, reading.run, { name, stack: encoded.stack ?? `${name}: ${message}`, fields })
  reading.known.set(encoded, error) // before its parts: it may be among them
  decodeFields(encoded, fields, reading)
  if (cause !== undefined) define(error, 'cause', decode(cause, reading))
  if (errors !== undefined) {
    const listed = decodeList(errors, reading).map((one) => asError(one, reading.run))
    define(error, 'errors', listed, true)
  }
  return error
}

function decodeFields({ fields, inFields }: EncodedInstance, target: object, reading: Reading): void {
  const values = restored(fields, inFields, reading) as Record<string, unknown>
  for (const key of ownKeys(values)) if (!SPECIAL.has(key) || key === 'errors') define(target, key, values[key], true)
}

const decodeList = (errors: readonly EncodedError[], reading: Reading): unknown[] =>
  errors.map((one) => decode(one, reading))

const restored = (value: unknown, inside: EncodedErrors | undefined, reading: Reading): unknown =>
  inside === undefined ? value : restoreErrors(value, inside.placeholders, decodeList(inside.encoded, reading))

function asError(value: unknown, run: RunIdentity): Error {
  if (isError(value)) return value
  const what = shortened(describe(value), 100)
  return new NonErrorThrown(
    `task "${run.taskName}" threw ${what}, which is no Error; throw one to have a stack`,
    run,
    value,
  )
}

/** Own property whatever is inherited: no setter runs, and no prototype is touched. */
function define(target: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true })
}
