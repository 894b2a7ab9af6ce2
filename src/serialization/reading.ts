/**
 * Reads from values that may throw at every touch: Proxies, getters, errors that somebody has made by hand. Nothing here throws, and
 * every text has a bound. It does not know what is read for.
 */
import { inspect } from 'node:util'

/** Stands for what cannot be read or sent. */
export const UNSERIALIZABLE = '[unserializable]'

const MAX_DESCRIPTION = 1024
const DESCRIPTION = { depth: 1, customInspect: false, showProxy: true, maxStringLength: 200, maxArrayLength: 10 }

/** What `action` gives, or `otherwise` if it throws. */
export function attempt<T, U>(action: () => T, otherwise: U): T | U {
  try {
    return action()
  } catch {
    return otherwise
  }
}

export const read = (object: object, key: string): unknown => attempt(() => Reflect.get(object, key), UNSERIALIZABLE)

export const hasOwn = (object: object, key: string): boolean => attempt(() => Object.hasOwn(object, key), false)

/** Own enumerable keys, but for `__proto__`, which no object of ours shall have. */
export const ownKeys = (object: object): readonly string[] =>
  attempt(() => Object.keys(object).filter((key) => key !== '__proto__'), [])

/** `value` as a text: itself if it is one, `ifMissing` if there is none. */
export function textOf(value: unknown, ifMissing: string): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? ifMissing : describe(value)
}

/** A few words that show what `value` is. */
export const describe = (value: unknown): string =>
  attempt(() => shortened(inspect(value, DESCRIPTION), MAX_DESCRIPTION), UNSERIALIZABLE)

export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… [cut: ${text.length} characters]`
