/**
 * How many bytes a value holds, for limits: what is in it, not what V8 makes of it, so that the figure is the same on every Node. Nobody who
 * sets no limit pays for this. It does not judge whether a value can cross.
 *
 * Counted are: texts and names of properties in UTF-8; 8 for each number, date, `true`, `null`, container and reference to what was counted before; the
 * bytes of buffers, each once, all of a buffer for a view of it; of errors their message and stack. Shared memory is not: it is not copied.
 */
import { types } from 'node:util'
import { SerializationError } from '../errors.js'
import { contentsOf, partAt } from './contents.js'
import { isError } from './error-classes.js'
import { UNREADABLE } from './refusals.js'

/** Most bytes that may cross; `Infinity`: no limit. */
export interface ByteLimits {
  readonly maxArgumentBytes: number
  readonly maxResultBytes: number
}
export const NO_BYTE_LIMITS: ByteLimits = Object.freeze({ maxArgumentBytes: Infinity, maxResultBytes: Infinity })

/** Nothing if there is no limit. */
export const byteLimitsOf = (given: Partial<ByteLimits>): ByteLimits | undefined => {
  const { maxArgumentBytes = Infinity, maxResultBytes = Infinity } = given
  const isUnlimited = maxArgumentBytes === Infinity && maxResultBytes === Infinity
  return isUnlimited ? undefined : { maxArgumentBytes, maxResultBytes }
}

const WORD = 8

/** @throws {@link SerializationError} for a value with more bytes than the limit; it names both, and its path is `what`. */
export function checkSize(value: unknown, limits: ByteLimits, limit: keyof ByteLimits, what: string): void {
  const most = limits[limit]
  if (most === Infinity) return
  const size = sizeOf(value, what)
  if (size > most)
    throw new SerializationError(
      `this holds ${size.toLocaleString('en')} bytes, and ${limit} is ${most.toLocaleString('en')}; send less, or where to find it`,
      what,
    )
}

function sizeOf(value: unknown, what: string): number {
  try {
    return new Weighing().of(value)
  } catch (cause) {
    throw new SerializationError(UNREADABLE, what, { cause }) // a getter that let itself be read a moment ago
  }
}

class Weighing {
  readonly #seen = new Set<unknown>()
  readonly #todo: object[] = []

  of(value: unknown): number {
    let size = this.#own(value)
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) size += this.#inside(next)
    return size
  }

  /** Of one value without its parts. */
  #own(value: unknown): number {
    if (typeof value === 'string') return Buffer.byteLength(value)
    if (typeof value === 'bigint') return Math.max(WORD, value.toString(16).length / 2)
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return WORD
    this.#seen.add(value)
    if (isError(value)) return WORD + Buffer.byteLength(String(value.message)) + Buffer.byteLength(String(value.stack))
    if (ArrayBuffer.isView(value)) return WORD + this.#own(value.buffer)
    if (types.isSharedArrayBuffer(value)) return WORD
    if (types.isArrayBuffer(value)) return WORD + value.byteLength
    if (types.isRegExp(value)) return Buffer.byteLength(value.source)
    if (types.isStringObject(value)) return Buffer.byteLength(String.prototype.valueOf.call(value))
    this.#todo.push(value)
    return WORD
  }

  /** Of the parts of a container. */
  #inside(container: object): number {
    const contents = contentsOf(container)
    if (contents === undefined) return 0
    let size = 0
    for (let i = 0; i < contents.size; i++) {
      if (contents.keys !== undefined) size += Buffer.byteLength(contents.keys[i] as string)
      const part = partAt(contents, i)
      size += typeof part === 'number' ? WORD : this.#own(part)
    }
    return size
  }
}
