/** Values that do not belong where they are put: what a careless or hostile caller may give. */
import type { Random } from '../simulator/random.js'

export const boom = (): never => {
  throw new TypeError('boom')
}

/** Primitive and made-up values that say nothing about where they stand. */
export const STRANGE_VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  2 ** 31,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1n,
  '',
  ' ',
  '5',
  '__proto__',
  'constructor',
  'toString',
  '\ud800',
  'x'.repeat(10_000),
  Symbol('s'),
  boom,
  class extends Error {},
  new Map(),
  new Set(['a']),
  new Date(0),
  new Date(Number.NaN),
  new Date(8.64e15),
  /x/,
  Promise.resolve(1),
  new Uint8Array(2),
  [],
  [[]],
  {},
  [undefined],
  new Array(3),
  Object.create(null),
  Object.create({ inherited: 1 }),
  { [Symbol.toStringTag]: 'Date' },
  { [Symbol.toStringTag]: 'AbortSignal' },
  { length: 2 },
  { [Symbol.iterator]: 1 },
  { valueOf: boom },
  { toString: boom },
]

/** An own `__proto__`, which a careless copy would make the prototype. */
export const polluting = (): object =>
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')

/** Data in so many levels. */
export function nested(levels: number): unknown {
  let data: unknown = 1
  for (let i = 0; i < levels; i++) data = i % 2 ? [data] : { data }
  return data
}

export const strange = (random: Random): unknown => (random.chance(0.05) ? polluting() : random.pick(STRANGE_VALUES))

/** What a polluted prototype would show. */
export const prototypes = (): unknown =>
  [Object.prototype, Array.prototype, Function.prototype, Error.prototype].map((one) =>
    Reflect.ownKeys(one).map((key) => [key, Object.getOwnPropertyDescriptor(one, key)?.value]),
  )
