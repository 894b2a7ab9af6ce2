/** What is counted, against limits of size. */
import { describe, expect, it } from 'vitest'
import { SerializationError } from '../../../src/errors.js'
import { byteLimitsOf, checkSize, NO_BYTE_LIMITS } from '../../../src/serialization/size.js'

const limits = (maxResultBytes: number) => ({ maxArgumentBytes: Infinity, maxResultBytes })
const isWithin = (value: unknown, bytes: number): boolean => {
  try {
    checkSize(value, limits(bytes), 'maxResultBytes', 'value')
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError)
    return false
  }
}
const shared = { text: 'abc' }
const buffer = new ArrayBuffer(1_000)
const loop: unknown[] = []
loop.push(loop)
const error = new RangeError('four')
error.stack = 'stack'
let nested: unknown = 1
for (let i = 0; i < 100_000; i++) nested = [nested]

describe('the size of a value', () => {
  it.each<[what: string, value: unknown, bytes: number]>([
    ['a text, in UTF-8', 'aé€😀', 1 + 2 + 3 + 4],
    ['a number', 1.5, 8],
    ['nothing', undefined, 8],
    ['null', null, 8],
    ['a boolean', true, 8],
    ['a small bigint', 1n, 8],
    ['a large bigint', 1n << 799n, 100],
    ['a date', new Date(0), 8],
    ['a regular expression', /abc/, 3],
    ['a boxed text', Object('abc'), 3],
    ['a list', [1, 2], 8 + 16],
    ['an object, its names included', { ab: 1 }, 8 + 2 + 8],
    ['a Map', new Map([['ab', 1]]), 8 + 2 + 8],
    ['a Set', new Set(['ab']), 8 + 2],
    ['what is met twice, once', [shared, shared], 8 + (8 + 4 + 3) + 8],
    ['what contains itself', loop, 16],
    ['a buffer', buffer, 8 + 1_000],
    ['a view of it, all of it', new Uint8Array(buffer, 10, 1), 16 + 1_000],
    ['two views of one buffer, once', [new Uint8Array(buffer), new Uint8Array(buffer)], 8 + 16 + 1_000 + 16],
    ['shared memory, which is not copied', new SharedArrayBuffer(1_000), 8],
    ['an error, by message and stack', error, 8 + 4 + 5],
    ['what is nested deeper than a stack is long', nested, 100_000 * 8 + 8],
  ])('counts %s', (_what, value, bytes) => {
    expect([isWithin(value, bytes), isWithin(value, bytes - 1)]).toEqual([true, false])
  })

  it('is named beside the limit, with the path', () => {
    expect(() => checkSize('a'.repeat(2_000), limits(1_000), 'maxResultBytes', 'value')).toThrow(
      'this holds 2,000 bytes, and maxResultBytes is 1,000; send less, or where to find it (at value)',
    )
  })

  it('cannot be told of what throws when it is read', () => {
    const broken = {
      get x(): never {
        throw new Error('no')
      },
    }
    expect(() => checkSize(broken, limits(1_000), 'maxResultBytes', 'value')).toThrow(/reading this value throws/)
  })

  it('is not asked for without a limit', () => {
    const broken = {
      get x(): never {
        throw new Error('no')
      },
    }
    expect(() => checkSize(broken, NO_BYTE_LIMITS, 'maxResultBytes', 'value')).not.toThrow()
  })
})

describe('limits of size', () => {
  it('are none if both are infinite', () => {
    expect(byteLimitsOf({})).toBeUndefined()
    expect(byteLimitsOf({ maxArgumentBytes: Infinity, maxResultBytes: Infinity })).toBeUndefined()
  })

  it('may be one', () => {
    expect(byteLimitsOf({ maxResultBytes: 5 })).toEqual({ maxArgumentBytes: Infinity, maxResultBytes: 5 })
  })
})
