/** Why a value cannot cross a thread border, in words that say what to send instead. It does not look for such values. */
import { types } from 'node:util'

/** A getter threw, or something else on the way to the value. */
export const UNREADABLE = 'reading this value throws; send plain data instead of a getter'

export const TOO_DEEP = (maxDepth: number): string =>
  `the value is nested deeper than ${maxDepth} levels, more than a thread can read; flatten it, or send it as JSON text`

/** Why `value` in particular cannot cross. */
export function reasonAgainst(value: unknown, state?: 'detached'): string {
  if (state === 'detached')
    return 'this buffer was transferred away and has no content here; send a copy, made before the transfer'
  const { what, advice } = described(value)
  return `${what} cannot be sent to another thread; ${advice}`
}

function described(value: unknown): { readonly what: string; readonly advice: string } {
  if (typeof value === 'function')
    return { what: 'a function', advice: 'send data, and call the function where it is defined' }
  if (typeof value === 'symbol') return { what: 'a symbol', advice: 'send a text' }
  if (types.isProxy(value)) return { what: 'a Proxy', advice: 'send a plain copy of what it stands for' }
  if (types.isPromise(value)) return { what: 'a promise', advice: 'await it first' }
  const name = tagOf(value)
  if (/Generator|Iterator/.test(name)) return { what: article(name), advice: 'collect it into an array first' }
  if (name === 'URL' || name === 'URLSearchParams') return { what: article(name), advice: 'send its text, String(it)' }
  if (name === 'WeakMap') return { what: 'a WeakMap', advice: 'send a Map' }
  if (name === 'WeakSet') return { what: 'a WeakSet', advice: 'send a Set' }
  if (name === 'WeakRef') return { what: 'a WeakRef', advice: 'send what it refers to' }
  if (name === 'Arguments') return { what: 'an arguments object', advice: 'send an array, [...it]' }
  return { what: name === 'Object' ? 'an object of this class' : article(name), advice: 'send plain data made from it' }
}

const article = (name: string): string => `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`

function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1)
  } catch {
    return 'Object'
  }
}

/** Classes of the platform, besides those that contents.ts knows, whose objects clone into working ones on every Node. */
const CLONEABLE = new Set(['Object', 'Blob', 'CryptoKey'])

/**
 * Whether `value` is an object of the platform, such as a URL, a Request, a WeakMap: one whose state is out of sight. What becomes of it
 * differs from one version of Node to the next (`{}`, something that works, or an error in the middle of posting), so all are refused.
 */
export function isOfPlatform(value: object): boolean {
  for (let above = Object.getPrototypeOf(value); above !== null; above = Object.getPrototypeOf(above)) {
    const made: unknown = Object.getOwnPropertyDescriptor(above, 'constructor')?.value
    if (typeof made !== 'function' || made.prototype !== above || typeof made.name !== 'string') continue
    // Classes only: reading just any global may run a getter that warns, or loads much.
    if (/^[A-Z]/.test(made.name) && !CLONEABLE.has(made.name) && Reflect.get(globalThis, made.name) === made)
      return true
  }
  return false
}
