/**
 * Thousands of spoilt dicts and texts: each is a canvas or a typed refusal, in bounded time, and leaves nothing behind.
 */
import { describe, expect, it } from 'vitest'
import type { Canvas } from '../../../src/canvas/canvas.js'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { isEqual } from '../../../src/canvas/equality.js'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { group } from '../../../src/canvas/group.js'
import { InvalidCanvasError } from '../../../src/errors.js'
import { defineTasks } from '../../../src/task/task.js'

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000)
const SEED = Number(process.env.FUZZ_SEED ?? 1_234_567)

const tasks = defineTasks('file:///tasks.js', {
  any: (...args: unknown[]) => args,
  named: (x: unknown, o: { a?: unknown }) => [x, o],
})
const { any, named } = tasks

const seeds = [
  any.s(1, 'two', [3, { four: null }]),
  named.with({ a: { b: [true] } }).s(),
  chain(any.s(1), any.s(), group(any.s(), any.si(2))).link(any.s()),
  chord([any.s(1), chain(any.s(), any.s())], any.s().linkError(any.si())).set({ taskId: 'id', headers: { tenant: 1 } }),
  chord(group(any.s()).link(any.s()), chord([any.map([1, 2])], any.s())),
  group(any.starmap([[1], [2, 3]]), any.chunks([[1], [2]], 1), any.each([[1], [2]])),
].map((canvas) => JSON.stringify(canvas))

/** Numbers between 0 and 1, the same for the same seed: mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
const random = generator(SEED)
const below = (limit: number): number => Math.floor(random() * limit)
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T

type Holder = Record<string | number, unknown>
const boom = (): never => {
  throw new TypeError('boom')
}
const nest = (levels: number): unknown => {
  let data: unknown = 1
  for (let i = 0; i < levels; i++) data = i % 2 ? [data] : { data }
  return data
}
const rude = new WeakSet<object>()
const rudely = (target: object, traps: ProxyHandler<object>): object => {
  const proxy = new Proxy(target, traps)
  rude.add(proxy)
  return proxy
}
const STRANGE: readonly ((around: unknown) => unknown)[] = [
  ...[
    undefined,
    null,
    true,
    0,
    -0,
    -1,
    1.5,
    1e300,
    NaN,
    Infinity,
    1n,
    '',
    'chain',
    'celery.chain',
    'celery.map',
    'toString',
  ].map((value) => () => value),
  ...['__proto__', 'no.such.task', '\ud800', '\udc00a', Symbol('s'), boom, new Map(), new Date(0), any.s(), any].map(
    (value) => () => value,
  ),
  () => [],
  () => ({}),
  () => [[]],
  () => Array(3),
  () => Object.create({ task: 'any' }),
  () => Object.create(null),
  () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
  () => Object.defineProperty({}, 'task', { get: boom, enumerable: true, configurable: true }),
  () => rudely({}, { ownKeys: boom }),
  () => rudely([1], { getOwnPropertyDescriptor: boom }),
  () => nest(600),
  () => JSON.parse(oneOf(seeds)),
  (around) => around,
  (around) => [around, around],
]
const KEYS = [
  'task',
  'args',
  'kwargs',
  'options',
  'subtask_type',
  'immutable',
  'tasks',
  'header',
  'body',
  'it',
  'n',
  'link',
]
const NAMES = [
  ...KEYS,
  'link_error',
  'task_id',
  'headers',
  'countdown',
  'eta',
  'expires',
  'max_retries',
  'time_limit',
  'chord_size',
  '__proto__',
  'constructor',
  'x',
  '\ud800',
  '',
]

/** A random container inside of `whole`, and one of its keys. What cannot be looked into is left alone. */
function somewhere(whole: object): { holder: Holder; key: string } {
  let holder = whole as Holder
  for (;;) {
    const key = oneOf([...keysOf(holder), ''])
    const inner = key === '' ? undefined : Object.getOwnPropertyDescriptor(holder, key)?.value
    if (keysOf(inner).length === 0 || random() < 0.2) return { holder, key }
    holder = inner as Holder
  }
}
const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !rude.has(value) && !Object.isFrozen(value) ? Object.keys(value) : []

/** Changes one place of a dict: another value, another key, one less, two alike, two exchanged. */
function spoil(whole: object): void {
  const { holder, key } = somewhere(whole)
  const other = somewhere(whole)
  const set = (name: string, value: unknown): void => {
    Reflect.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
  }
  switch (below(5)) {
    case 0:
      return set(key, oneOf(STRANGE)(whole))
    case 1:
      return set(oneOf(NAMES), oneOf(STRANGE)(holder))
    case 2:
      Reflect.deleteProperty(holder, key)
      return
    case 3:
      return set(oneOf(NAMES), Object.getOwnPropertyDescriptor(holder, key)?.value)
    default:
      return set(key, Object.getOwnPropertyDescriptor(other.holder, other.key)?.value)
  }
}

/** Changes some letters of a text: other ones, fewer, more, a piece twice. */
function garble(text: string): string {
  const from = below(text.length)
  const to = Math.min(text.length, from + below(12))
  const letters = [
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '\u0000',
    '\ud800',
    '1e400',
    '-',
    'null',
    'true',
    '"__proto__":',
    '0',
  ]
  switch (below(4)) {
    case 0:
      return text.slice(0, from) + oneOf(letters) + text.slice(to)
    case 1:
      return text.slice(0, from) + text.slice(to)
    case 2:
      return text.slice(0, to) + text.slice(from)
    default:
      return text.slice(0, from) + oneOf(letters).repeat(below(2_000)) + text.slice(from)
  }
}

const globalKeys = (): unknown =>
  [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one))
const outcomes = { canvas: 0, refusal: 0 }

/** The canvas that `json` describes, if it is not refused. */
function accepted(json: unknown): Canvas | undefined {
  try {
    return fromJSON(json, { tasks })
  } catch (error) {
    if (!(error instanceof InvalidCanvasError)) throw new Error(`seed ${SEED}: this is no refusal`, { cause: error })
    expect(typeof error.path).toBe('string')
    return undefined
  }
}

function tryOne(json: unknown): void {
  const canvas = accepted(json)
  if (canvas === undefined) outcomes.refusal++
  else {
    outcomes.canvas++
    // What was accepted can be written, and comes back the same.
    expect(isEqual(fromJSON(canvas.toJSON(), { tasks }), canvas)).toBe(true)
  }
}

describe(`${INPUTS} spoilt inputs`, () => {
  it('are each a canvas or a refusal', () => {
    const before = globalKeys()
    const start = performance.now()
    for (let i = 0; i < INPUTS; i++) {
      const seed = oneOf(seeds)
      if (i % 2) {
        const whole = JSON.parse(seed) as object
        for (let times = 1 + below(3); times > 0; times--) spoil(whole)
        tryOne(whole)
      } else {
        let text = seed
        for (let times = 1 + below(3); times > 0; times--) text = garble(text)
        tryOne(text)
      }
    }
    expect(globalKeys()).toEqual(before)
    expect('polluted' in {}).toBe(false)
    expect(outcomes.canvas).toBeGreaterThan(INPUTS / 50)
    expect(outcomes.refusal).toBeGreaterThan(INPUTS / 2)
    // 50 ms for each would be the limit; all of them together take some seconds.
    expect(performance.now() - start).toBeLessThan(INPUTS * 50)
  })
})
