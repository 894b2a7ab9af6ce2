/** Spoils dicts and texts a little: most of each stays as it was, so that what is wrong is met far inside. */
import type { Random } from '../simulator/random.js'
import { boom, nested, polluting, STRANGE_VALUES } from './strange.js'

type Holder = Record<string | number, unknown>

const rude = new WeakSet<object>()
const rudely = (target: object, traps: ProxyHandler<object>): object => {
  const proxy = new Proxy(target, traps)
  rude.add(proxy)
  return proxy
}

const KEYS = 'task args kwargs options subtask_type immutable tasks header body it n link link_error'.split(' ')
const NAMES = [
  ...KEYS,
  ...'task_id headers countdown eta expires max_retries time_limit chord_size stamped_headers reply_to'.split(' '),
  ...['__proto__', 'constructor', 'x', '\ud800', ''],
]
const TASKS = ['chain', 'celery.chain', 'celery.group', 'celery.chord', 'celery.map', 'celery.chunks', 'no.such.task']

/** Spoils what it is given, by chance. */
export class Spoiler {
  readonly #random: Random
  readonly #strange: readonly ((around: unknown) => unknown)[]

  /**
   * @param seeds - Texts of dicts that are right.
   * @param values - What else may stand anywhere.
   */
  constructor(random: Random, seeds: readonly string[], values: readonly unknown[]) {
    this.#random = random
    this.#strange = [
      ...[...STRANGE_VALUES, ...TASKS, ...values].map((value) => () => value),
      polluting,
      () => Object.create({ task: 'any' }),
      () => Object.defineProperty({}, 'task', { get: boom, enumerable: true, configurable: true }),
      () => rudely({}, { ownKeys: boom }),
      () => rudely([1], { getOwnPropertyDescriptor: boom }),
      () => rudely({}, { getPrototypeOf: boom }),
      () => nested(600),
      () => JSON.parse(random.pick(seeds)),
      (around) => around,
      (around) => [around, around],
    ]
  }

  /** Changes one place of a dict: another value, another key, one less, two alike, two exchanged. */
  spoil(whole: object): void {
    const random = this.#random
    const { holder, key } = this.#somewhere(whole)
    const other = this.#somewhere(whole)
    const set = (name: string, value: unknown): void => {
      Reflect.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
    }
    switch (random.below(5)) {
      case 0:
        return set(key, random.pick(this.#strange)(whole))
      case 1:
        return set(random.pick(NAMES), random.pick(this.#strange)(holder))
      case 2:
        Reflect.deleteProperty(holder, key)
        return
      case 3:
        return set(random.pick(NAMES), Object.getOwnPropertyDescriptor(holder, key)?.value)
      default:
        return set(key, Object.getOwnPropertyDescriptor(other.holder, other.key)?.value)
    }
  }

  /** Changes some letters of a text: other ones, fewer, more, a piece twice. */
  garble(text: string): string {
    const random = this.#random
    const from = random.below(text.length)
    const to = Math.min(text.length, from + random.below(12))
    switch (random.below(4)) {
      case 0:
        return text.slice(0, from) + random.pick(LETTERS) + text.slice(to)
      case 1:
        return text.slice(0, from) + text.slice(to)
      case 2:
        return text.slice(0, to) + text.slice(from)
      default:
        return text.slice(0, from) + random.pick(LETTERS).repeat(random.below(2_000)) + text.slice(from)
    }
  }

  /** A random container inside of `whole`, and one of its keys. What cannot be looked into is left alone. */
  #somewhere(whole: object): { holder: Holder; key: string } {
    let holder = whole as Holder
    for (;;) {
      const key = this.#random.pick([...keysOf(holder), ''])
      const inner = key === '' ? undefined : Object.getOwnPropertyDescriptor(holder, key)?.value
      if (keysOf(inner).length === 0 || this.#random.chance(0.2)) return { holder, key }
      holder = inner as Holder
    }
  }
}

const LETTERS = [
  ...['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', '\ud800', '-', '0'],
  ...['1e400', 'null', 'true', '"__proto__":'],
]

/** What many inputs share must stay as it is. */
const SHARED = new WeakSet<object>(
  STRANGE_VALUES.filter((value) => typeof value === 'object' && value !== null) as object[],
)

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return rude.has(value) || SHARED.has(value) || Object.isFrozen(value) ? [] : Object.keys(value)
}
