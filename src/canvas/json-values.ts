/**
 * Copies plain data out of values that nobody vouches for, and refuses what JSON cannot hold. Used both ways: for what
 * fromJSON is given, and for the arguments that toJSON writes. It runs no getter, follows no prototype, recurses
 * nowhere, and knows nothing of canvases.
 */

import { isPlainObject, show } from '../option-rules.js'
import { type Place, pathOf, under } from './json-path.js'
import { isCanvas } from './options.js'

/** Deepest nesting of one argument: the most that every thread can read. */
const MAX_DATA_DEPTH = 512

/** On which terms values are read. */
export interface ReadingTerms {
  /**
   * Whether `JSON.parse` has just made them: then there are no getters, holes or circles in them, and nothing is
   * shared.
   */
  readonly isParsed: boolean
  /** What may be read of values that are not trusted; nothing is counted without it. */
  readonly budget?: Budget
  /** The error for what is refused. */
  error(reason: string, path: string): Error
}

/**
 * Bounds for what could go on for ever without being big: objects that share their parts, or make them while they are
 * read.
 */
export interface Budget {
  /** Most values in all. */
  readonly maxValues: number
  /** Pays for `count` values that are met again. */
  spend(count: number, place: Place | undefined): void
}

/** A container that is being copied. */
interface Frame {
  readonly source: object
  /** Of an object; a list has none. */
  readonly keys: readonly string[] | undefined
  readonly size: number
  readonly copy: object
  readonly place: Place
  index: number
}

/** One reading of one JSON value or canvas: what has been met so far, and what was refused. */
export class Reading {
  readonly #terms: ReadingTerms
  readonly #met = new Set<object>()
  readonly #open = new Set<object>()
  #values = 0
  #at: Place | undefined
  #refusal: Error | undefined

  constructor(terms: ReadingTerms) {
    this.#terms = terms
  }

  /** The error for what is wrong at `place`. */
  refusal(reason: string, place: Place | undefined): Error {
    this.#refusal = this.#terms.error(reason, pathOf(place))
    return this.#refusal
  }

  /** Runs `read`; whatever it throws besides a refusal came out of a value, such as a Proxy, and becomes one. */
  guard<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      throw error === this.#refusal ? error : this.refusal('reading this value throws; give plain data', this.#at)
    }
  }

  /** The items of a list, which is checked for holes and getters; they themselves are not looked at. */
  items(list: unknown, place: Place): readonly unknown[] {
    if (!Array.isArray(list)) throw this.refusal(`a list is needed here, and this is ${show(list)}`, place)
    if (this.#terms.isParsed) return list
    const length = this.#sizeOf(list, place)
    this.#meet(list, length, place)
    const found: unknown[] = []
    for (let i = 0; i < length; i++) found.push(this.own(list, i, place))
    return found
  }

  /** An object with exactly these own keys, none a getter; `optional` ones may be missing. */
  fields(
    given: unknown,
    place: Place | undefined,
    required: readonly string[],
    optional: readonly string[],
  ): Readonly<Record<string, unknown>> {
    const keys = this.keys(given, place)
    for (const key of keys)
      if (!required.includes(key) && !optional.includes(key)) throw this.refusal('unknown key', under(place, key))
    for (const key of required) if (!keys.includes(key)) throw this.refusal('this key is missing', under(place, key))
    if (this.#terms.isParsed) return given as Record<string, unknown>
    const found: Record<string, unknown> = {}
    for (const key of keys) put(found, key, this.own(given as object, key, place))
    return found
  }

  /** The own keys of a plain object. */
  keys(given: unknown, place: Place | undefined): readonly string[] {
    return Object.keys(this.#plain(given, place))
  }

  /** Own property `key` of `object`, which is no getter. */
  own(object: object, key: string | number, place: Place | undefined): unknown {
    if (this.#terms.isParsed) return (object as Record<string | number, unknown>)[key]
    const property = Object.getOwnPropertyDescriptor(object, key)
    if (property !== undefined && !('value' in property))
      throw this.refusal('JSON cannot hold a getter', under(place, key))
    return property?.value
  }

  /** Copies every item of a list of arguments. */
  copyList(list: unknown, place: Place): unknown[] {
    const items = this.items(list, place)
    const copy: unknown[] = []
    for (let i = 0; i < items.length; i++) copy.push(this.copy(items[i], place, i))
    return copy
  }

  /**
   * Copies an object of the user's own keys. `__proto__` is refused among them: merging such objects must not change a
   * prototype.
   */
  copyRecord(given: unknown, place: Place): Record<string, unknown> {
    const keys = this.keys(given, place)
    this.#meet(given as object, keys.length, place)
    const copy: Record<string, unknown> = {}
    for (const key of keys) {
      if (key === '__proto__') throw this.refusal('this name is refused: it means the prototype', under(place, key))
      if (hasLoneSurrogate(key)) throw this.refusal(LONE_SURROGATE, under(place, key))
      put(copy, key, this.copy(this.own(given as object, key, place), place, key))
    }
    return copy
  }

  /** Copies one value of any depth, the part `step` of `above`. */
  copy(value: unknown, above: Place | undefined, step: string | number): unknown {
    if (!isContainer(value)) return this.#scalar(value, above, step)
    const frames = [this.#frame(value, under(above, step), 1)]
    const { copy } = frames[0] as Frame
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      if (frame.index === frame.size) {
        frames.pop()
        this.#open.delete(frame.source)
        continue
      }
      const index = frame.index++
      const key = frame.keys === undefined ? index : (frame.keys[index] as string)
      const part = this.own(frame.source, key, frame.place)
      if (isContainer(part)) {
        const inner = this.#frame(part, under(frame.place, key), frames.length + 1)
        frames.push(inner)
        put(frame.copy, key, inner.copy)
      } else put(frame.copy, key, this.#scalar(part, frame.place, key))
    }
    return copy
  }

  #frame(source: object, place: Place, depth: number): Frame {
    this.#at = place
    if (this.#open.has(source)) throw this.refusal('this value contains itself', place)
    if (depth > MAX_DATA_DEPTH) throw this.refusal(`data is nested deeper than ${MAX_DATA_DEPTH} levels`, place)
    const keys = Array.isArray(source) ? undefined : this.#keysOf(source, place)
    const size = keys === undefined ? this.#sizeOf(source as unknown[], place) : keys.length
    this.#meet(source, size, place)
    this.#open.add(source)
    return { source, keys, size, copy: keys === undefined ? [] : {}, place, index: 0 }
  }

  #keysOf(source: object, place: Place): readonly string[] {
    const keys = this.keys(source, place)
    for (const key of keys) if (hasLoneSurrogate(key)) throw this.refusal(LONE_SURROGATE, under(place, key))
    return keys
  }

  #plain(given: unknown, place: Place | undefined): object {
    this.#at = place
    if (isPlainObject(given)) return given
    if (!isContainer(given) || Array.isArray(given))
      throw this.refusal(`an object is needed here, and this is ${show(given)}`, place)
    throw this.refusal(isCanvas(given) ? A_CANVAS : NO_PLAIN_OBJECT, place)
  }

  /** The length of a list without holes. Counting keys also ends where a list only pretends to be long. */
  #sizeOf(list: readonly unknown[], place: Place): number {
    this.#at = place
    const { length } = list
    if (!this.#terms.isParsed && Object.keys(list).length !== length)
      throw this.refusal('JSON cannot hold a list with holes, or with properties besides its items', place)
    return length
  }

  #meet(container: object, size: number, place: Place): void {
    const { budget } = this.#terms
    if (budget === undefined || size === 0) return
    this.#values += size
    if (this.#values > budget.maxValues) throw this.refusal('this is more data than maxBytes allows', place)
    if (this.#met.has(container)) budget.spend(size, place)
    else this.#met.add(container)
  }

  #scalar(value: unknown, above: Place | undefined, step: string | number): unknown {
    const reason = reasonAgainst(value)
    if (reason !== undefined) throw this.refusal(reason, under(above, step))
    return value
  }
}

const LONE_SURROGATE = 'JSON cannot hold half of a surrogate pair; this text is not well-formed'
const NO_PLAIN_OBJECT =
  'JSON cannot hold this: an object with a prototype of its own, such as a Date or a Map; give plain data'
const A_CANVAS = 'plain data is needed here, and this is a canvas; give what its toJSON() returns'

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether a text has half of a surrogate pair in it: with `u`, whole pairs are other characters. */
const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text)

function reasonAgainst(scalar: unknown): string | undefined {
  switch (typeof scalar) {
    case 'string':
      return hasLoneSurrogate(scalar) ? LONE_SURROGATE : undefined
    case 'number':
      return Number.isFinite(scalar) ? undefined : `JSON cannot hold ${scalar}`
    case 'boolean':
    case 'object':
      return undefined
    case 'bigint':
      return 'JSON cannot hold a BigInt; give a number or a text'
    default:
      return `JSON cannot hold ${scalar === undefined ? 'undefined' : `a ${typeof scalar}`}`
  }
}

/** Sets an own property, whatever the name: `__proto__`, and names that all objects have, are no more than names. */
function put(target: object, key: string | number, value: unknown): void {
  if (typeof key === 'string' && key in target)
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else (target as Record<string | number, unknown>)[key] = value
}
