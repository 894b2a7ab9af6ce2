/**
 * What a value is made of, as structured clone sees it: items of arrays, own enumerable text keys of objects, entries of Maps and Sets.
 * One place, so that checking a value, taking its errors out and putting them back all see the same parts. It judges nothing.
 */
import { inspect, types } from 'node:util'
import { isError } from './error-classes.js'

/** The parts of one container. With `keys`, part `i` is the property of that name; without, it is `items[i]`. */
export interface Contents {
  readonly kind: 'array' | 'object' | 'map' | 'set'
  readonly object: object
  readonly keys: readonly string[] | undefined
  /** Of a Map: key, value, key, value … */
  readonly items: readonly unknown[]
  readonly size: number
}

const NO_ITEMS: readonly unknown[] = []

/** The parts of `value`; `undefined` if it has none that could hold anything else: a Date, a buffer, an error. */
export function contentsOf(value: object): Contents | undefined {
  if (Array.isArray(value)) return contentsOfArray(value)
  if (isPlain(Object.getPrototypeOf(value))) return contentsOfObject(value)
  if (types.isMap(value)) return listed('map', value, entriesOf(value))
  if (types.isSet(value)) return listed('set', value, membersOf(value))
  return isLeaf(value) || isError(value) ? undefined : contentsOfObject(value)
}

/** Whether objects with this prototype are plain ones. */
export const isPlain = (prototype: unknown): boolean => prototype === Object.prototype || prototype === null

/** A property bag: a plain object or a class instance, of which structured clone keeps the own enumerable properties. */
export function contentsOfObject(value: object): Contents {
  const keys = Object.keys(value)
  return { kind: 'object', object: value, keys, items: NO_ITEMS, size: keys.length }
}

export function contentsOfArray(value: readonly unknown[]): Contents {
  if (hasOnlyItems(value)) return listed('array', value, value)
  const keys = Object.keys(value)
  return { kind: 'array', object: value, keys, items: NO_ITEMS, size: keys.length }
}

/** Part `index`; it runs the getter, if there is one. */
export function partAt(contents: Contents, index: number): unknown {
  if (contents.keys === undefined) return contents.items[index]
  return (contents.object as Record<string, unknown>)[contents.keys[index] as string]
}

/** How part `index` is written behind the path of its container. */
export function stepTo(contents: Contents, index: number): string {
  switch (contents.kind) {
    case 'set':
      return `.values()[${index}]`
    case 'map':
      return index % 2 === 0 ? `.keys()[${index / 2}]` : entryStep(contents.items[index - 1], (index - 1) / 2)
    default:
      return contents.keys === undefined ? `[${index}]` : propertyStep(contents.keys[index] as string)
  }
}

const propertyStep = (key: string): string => {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `.${key}`
  return /^\d+$/.test(key) ? `[${key}]` : `[${JSON.stringify(shortened(key))}]`
}
const entryStep = (key: unknown, position: number): string => {
  if (typeof key === 'string') return `.get(${JSON.stringify(shortened(key))})`
  return typeof key === 'object' ? `.values()[${position}]` : `.get(${String(key)})`
}
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

const listed = (kind: Contents['kind'], object: object, items: readonly unknown[]): Contents => ({
  kind,
  object,
  keys: undefined,
  items,
  size: items.length,
})

// A subclass may override its iterator; structured clone does not ask it, and neither do we.
function entriesOf(map: Map<unknown, unknown>): unknown[] {
  const items: unknown[] = []
  Map.prototype.forEach.call(map, (value, key) => items.push(key, value))
  return items
}
function membersOf(set: Set<unknown>): unknown[] {
  const items: unknown[] = []
  Set.prototype.forEach.call(set, (member) => items.push(member))
  return items
}

const isLeaf = (value: object): boolean =>
  ArrayBuffer.isView(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isBoxedPrimitive(value)

/** From here on listing all keys costs more than asking `inspect`, whose price does not grow with the array. */
const LONG = 128
/** V8 keeps longer arrays as hash tables, unless they are full: then walking the keys that exist is the only safe way. */
const LONGEST_DENSE = 2 ** 25
const ONLY_NAMED_PROPERTIES = {
  maxArrayLength: 0,
  depth: 0,
  customInspect: false,
  breakLength: Number.POSITIVE_INFINITY,
}

/** Whether an array has no properties besides its items; when in doubt, no. Holes count as items: they read as `undefined`. */
function hasOnlyItems(array: readonly unknown[]): boolean {
  const { length } = array
  if (length < LONG) {
    const keys = Object.keys(array)
    return keys.length === length && (length === 0 || keys[length - 1] === String(length - 1))
  }
  if (length > LONGEST_DENSE || Object.getPrototypeOf(array) !== Array.prototype) return false
  // `inspect` is the one public function that finds an array's named properties without making a text of every index, which takes
  // up to ten times as long as cloning the array. Should its wording change, arrays are only listed the slow way.
  try {
    return inspect(array, ONLY_NAMED_PROPERTIES) === `[ ... ${length} more items ]`
  } catch {
    return false
  }
}
