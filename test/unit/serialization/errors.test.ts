/** What of an error is kept on its way. */
import { readFileSync } from 'node:fs'
import { inspect, types } from 'node:util'
import { describe, expect, it } from 'vitest'
import { NonErrorThrown, RemoteError } from '../../../src/errors.js'
import { decodeError, encodeError, registerErrors } from '../../../src/serialization/errors.js'
import { run, thrownAcross } from './crossing.js'

class ParseError extends Error {
  override name = 'ParseError'
  constructor(
    message: string,
    readonly details: unknown,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
registerErrors(ParseError)
class Unknown extends Error {
  override name = 'UnknownError'
  code = 'E_UNKNOWN'
}
const caught = (action: () => unknown): unknown => {
  try {
    return action()
  } catch (error) {
    return error
  }
}

describe('an error that arrives', () => {
  it('is a real error with the stack of where it was thrown', () => {
    const sent = new TypeError('bad')
    const arrived = thrownAcross(sent)
    expect(types.isNativeError(arrived)).toBe(true)
    expect(arrived.stack).toBe(sent.stack)
    expect(inspect(arrived)).toBe(inspect(sent))
    expect(Object.keys(arrived)).toEqual([])
  })

  it('equals the one that was sent, own enumerable properties included', () => {
    const sent = new ParseError('line 3', { line: 3, seen: new Set(['a']) }, { cause: new RangeError('far') })
    const arrived = thrownAcross(sent)
    expect(arrived).toStrictEqual(sent)
    expect(Object.getOwnPropertyDescriptor(arrived, 'name')).toEqual(Object.getOwnPropertyDescriptor(sent, 'name'))
    expect(Object.keys(arrived)).toEqual(Object.keys(sent))
  })

  it('keeps the code, errno and path of a system error', () => {
    const sent = caught(() => readFileSync('/no/such/file')) as NodeJS.ErrnoException
    const arrived = thrownAcross(sent) as NodeJS.ErrnoException
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype)
    expect({ ...arrived }).toEqual({ errno: sent.errno, code: 'ENOENT', syscall: 'open', path: '/no/such/file' })
  })

  it('is an Error that has its own name if it was one', () => {
    const arrived = thrownAcross(Object.assign(new Error('x'), { name: 'ValueError' }))
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype)
    expect(arrived.name).toBe('ValueError')
    expect(Object.hasOwn(arrived, 'name')).toBe(true)
  })

  it('is a RemoteError with all that is known if its class is not', () => {
    const sent = Object.assign(new Unknown('odd', { cause: new TypeError('why') }), { retryable: true })
    const arrived = thrownAcross(sent) as RemoteError
    expect(arrived).toBeInstanceOf(RemoteError)
    expect(arrived).toMatchObject({
      ...run,
      name: 'UnknownError',
      message: 'odd',
      code: 'ERR_REMOTE',
      stack: sent.stack,
    })
    expect(arrived.fields).toEqual({ code: 'E_UNKNOWN', retryable: true })
    expect(arrived.cause).toBeInstanceOf(TypeError)
    expect(arrived.errors).toBeUndefined()
  })

  it('keeps a code that comes from the class', () => {
    class Teapot extends Error {
      get code(): number {
        return 418
      }
    }
    expect(thrownAcross(new Teapot('x'))).toMatchObject({ fields: { code: 418 } })
  })

  it('stays the RemoteError that it was, of its first run', () => {
    const first = decodeError(encodeError(new Unknown('odd')), { taskId: 'child', taskName: 'inner', attempt: 1 })
    const again = thrownAcross(first) as RemoteError
    expect(again).toBeInstanceOf(RemoteError)
    expect(again).toMatchObject({ taskId: 'child', taskName: 'inner', attempt: 1, name: 'UnknownError' })
    expect(again.fields).toEqual({ code: 'E_UNKNOWN' })
    expect(again.stack).toBe(first.stack)
  })

  it('keeps the name and code of a DOMException', () => {
    const sent = new DOMException('stopped', 'AbortError')
    const arrived = thrownAcross(sent)
    expect(arrived).toBeInstanceOf(DOMException)
    expect(arrived).toMatchObject({ name: 'AbortError', message: 'stopped', code: 20, stack: sent.stack })
  })

  it('has the fields that clone, and a mark in place of others', () => {
    const sent = Object.assign(new Error('x'), { fn: () => 1, promise: Promise.resolve(), when: new Date(5), big: 5n })
    expect({ ...thrownAcross(sent) }).toEqual({
      fn: '[unserializable]',
      promise: '[unserializable]',
      when: new Date(5),
      big: 5n,
    })
  })

  it('keeps errors in its fields', () => {
    const inner = new ParseError('inner', 1)
    const arrived = thrownAcross(Object.assign(new Error('x'), { all: [{ inner }], inner })) as Error & {
      inner: unknown
      all: [{ inner: unknown }]
    }
    expect(arrived.inner).toStrictEqual(inner)
    expect(arrived.all[0].inner).toBe(arrived.inner)
  })
})

describe('the cause of an error', () => {
  it('is kept whatever it is', () => {
    expect(thrownAcross(new Error('x', { cause: 'a text' })).cause).toBe('a text')
    expect(thrownAcross(new Error('x', { cause: { status: 500 } })).cause).toEqual({ status: 500 })
    const withNone = thrownAcross(new Error('x', { cause: undefined }))
    expect(Object.hasOwn(withNone, 'cause')).toBe(true)
    expect(Object.hasOwn(thrownAcross(new Error('x')), 'cause')).toBe(false)
  })

  it('is described if it cannot be cloned', () => {
    expect(thrownAcross(new Error('x', { cause: function why() {} })).cause).toBe('[Function: why]')
  })

  it('is not what a method of that name is', () => {
    class Verbose extends Error {}
    Object.defineProperty(Verbose.prototype, 'cause', { value: () => 'a method' })
    expect('cause' in encodeError(new Verbose('x'))).toBe(false)
  })

  it('may be the error itself', () => {
    const sent = new Error('x')
    sent.cause = new TypeError('y', { cause: sent })
    const arrived = thrownAcross(sent)
    expect((arrived.cause as Error).cause).toBe(arrived)
  })
})

describe('the errors of an error', () => {
  it('are kept, each of its class, with what was rejected without an error', () => {
    const arrived = thrownAcross(
      new AggregateError([new TypeError('a'), 'text', new Unknown('b')], 'all'),
    ) as AggregateError
    expect(arrived).toBeInstanceOf(AggregateError)
    expect(arrived.errors[0]).toBeInstanceOf(TypeError)
    expect(arrived.errors[1]).toBe('text')
    expect(arrived.errors[2]).toBeInstanceOf(RemoteError)
    expect(Object.keys(arrived)).toEqual([])
  })

  it('stay the same error if they are the same', () => {
    const one = new Error('one')
    const arrived = thrownAcross(new AggregateError([one, one], 'all', { cause: one })) as AggregateError
    expect(arrived.errors[0]).toBe(arrived.errors[1])
    expect(arrived.cause).toBe(arrived.errors[0])
  })

  it('are errors in a RemoteError, whatever was rejected', () => {
    class Several extends AggregateError {}
    const arrived = thrownAcross(new Several([new TypeError('a'), 7])) as RemoteError
    expect(arrived.errors?.[0]).toBeInstanceOf(TypeError)
    expect(arrived.errors?.[1]).toBeInstanceOf(NonErrorThrown)
    expect(arrived.fields).toEqual({})
  })

  it('are a field like any other if they are no errors', () => {
    const errors = [{ path: 'a', message: 'is missing' }]
    expect(thrownAcross(Object.assign(new Error('x'), { errors }))).toMatchObject({ errors })
    expect(thrownAcross(Object.assign(new Unknown('x'), { errors }))).toMatchObject({ fields: { errors } })
  })
})

describe('something thrown that is no error', () => {
  it.each([[undefined], [null], [0], [''], ['text'], [12n], [{ a: [1] }], [new Map([[1, 2]])]])(
    'arrives as NonErrorThrown with the value: %o',
    (value) => {
      const arrived = thrownAcross(value) as NonErrorThrown
      expect(arrived).toBeInstanceOf(NonErrorThrown)
      expect(arrived.value).toEqual(value)
      expect(arrived).toMatchObject(run)
      expect(arrived.message).toContain('task "kitchen.cook" threw ')
    },
  )

  it.each([
    [Symbol('s'), 'Symbol(s)'],
    [function cook() {}, '[Function: cook]'],
    [Promise.resolve(1), 'Promise { 1 }'],
    [new WeakMap(), 'WeakMap { <items unknown> }'],
  ])('is described if it cannot be cloned: %o', (value, description) => {
    expect(thrownAcross(value)).toMatchObject({ value: description })
  })

  it('keeps the errors in it', () => {
    const error = new ParseError('inner', 1)
    const arrived = thrownAcross({ status: 500, error }) as NonErrorThrown
    expect(arrived.value).toStrictEqual({ status: 500, error })
  })
})
