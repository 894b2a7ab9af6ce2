/** Encoding never fails and never grows without bound; decoding does no harm. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NonErrorThrown, RemoteError } from '../../../src/errors.js'
import { decodeError, type EncodedError, registerErrors } from '../../../src/serialization/errors.js'
import { hostileProxy, nested, revokedProxy, run, thrownAcross } from './crossing.js'

const throwing = (error: object, ...keys: readonly string[]): object => {
  for (const key of keys)
    Object.defineProperty(error, key, {
      enumerable: true,
      configurable: true,
      get: () => {
        throw new Error(`${key} is not yours`)
      },
    })
  return error
}
const chainOf = (length: number): Error => {
  let error = new Error('0')
  for (let i = 1; i < length; i++) error = new Error(String(i), { cause: error })
  return error
}
const causesOf = (error: Error): number => (error.cause instanceof Error ? 1 + causesOf(error.cause) : 0)
const growing = (): Error =>
  Object.defineProperties(new Error('x'), {
    cause: { get: growing },
    errors: { get: () => [growing(), growing()] },
    field: { get: growing, enumerable: true },
  })

describe('encoding', () => {
  const hard: Readonly<Record<string, () => unknown>> = {
    'a revoked Proxy': revokedProxy,
    'a Proxy that throws': () => hostileProxy({}),
    'a Proxy of an error': () => new Proxy(new TypeError('inside'), {}),
    'a Proxy of an error that throws': () => hostileProxy(new Error('x')),
    'a Proxy of a function': () => hostileProxy(() => 1),
    'an error with such a Proxy inside': () =>
      Object.assign(new Error('x'), { cause: revokedProxy(), errors: revokedProxy() }),
    'an error that lists such Proxies': () => new AggregateError([revokedProxy(), hostileProxy({})]),
    'an error with getters that throw': () =>
      throwing(new Error('x'), 'stack', 'message', 'name', 'cause', 'errors', 'field', 'code'),
    'a frozen error': () => Object.freeze(Object.assign(new Error('x'), { a: 1 })),
    'an error without a prototype': () => Object.setPrototypeOf(new Error('x'), null),
    'an error that inherits from a Proxy': () => Object.create(hostileProxy(Error.prototype)),
    'an error with odd parts': () =>
      Object.assign(new Error('x'), { name: 1, message: {}, stack: [], code: () => 1, errors: 5 }),
    'values too deep to clone': () => nested(100_000),
    'an error with values too deep to clone': () => Object.assign(new Error('x'), { deep: nested(100_000) }),
    'an error of which there is more every time': growing,
    'an instance that only looks like an error': () => Object.create(Error.prototype),
  }
  it.each(Object.keys(hard))('does not fail for %s', (name) => {
    expect(thrownAcross(hard[name]!())).toBeInstanceOf(Error)
  })

  it('tells what can be read of an error that does not let itself be read', () => {
    const arrived = thrownAcross(throwing(new TypeError('x'), 'message', 'field'))
    expect(arrived).toBeInstanceOf(TypeError)
    expect(arrived).toMatchObject({ message: '[unserializable]', field: '[unserializable]' })
  })

  it('cuts a long message, and the stack behind it keeps its frames', () => {
    const sent = new Error('m'.repeat(50_000_000))
    const arrived = thrownAcross(sent)
    expect(arrived.message).toHaveLength(8192 + '… [cut: 50000000 characters]'.length)
    expect(arrived.message).toMatch(/m… \[cut: 50000000 characters\]$/)
    expect(arrived.stack).toContain('errors-total.test')
    expect(arrived.stack?.length).toBeLessThan(17_000)
  })

  it('cuts a long stack', () => {
    const arrived = thrownAcross(Object.assign(new Error('x'), { stack: 's'.repeat(100_000) }))
    expect(arrived.stack).toMatch(/^s{16384}… \[cut: 100000 characters\]$/)
  })

  it('keeps 16 causes of a chain of 10,000', () => {
    const arrived = thrownAcross(chainOf(10_000))
    expect(arrived.message).toBe('9999')
    expect(causesOf(arrived)).toBe(16)
  })

  it('keeps the first 1,000 of many errors', () => {
    const many = Array.from({ length: 3000 }, (_, i) => new Error(String(i)))
    const { errors } = thrownAcross(new AggregateError(many)) as AggregateError
    expect(errors).toHaveLength(1000)
    expect(errors[999].message).toBe('999')
  })

  it('stays within bounds for errors that list errors that list errors', () => {
    const leaves = (): AggregateError => new AggregateError(Array.from({ length: 300 }, () => new Error('leaf')))
    const arrived = thrownAcross(new AggregateError(Array.from({ length: 300 }, leaves))) as AggregateError
    const inner: number[] = arrived.errors.map((error) => error.errors.length)
    expect(inner.reduce((sum, length) => sum + length, arrived.errors.length)).toBe(10_000)
  })

  it('stays shallow for errors that all refer to one another', () => {
    const all = Array.from({ length: 1000 }, (_, i) => new Error(String(i)))
    all.forEach((error, i) => {
      error.cause = all[i + 1]
    })
    expect((thrownAcross(new AggregateError(all)) as AggregateError).errors).toHaveLength(1000)
  })

  it('does not write on the error', () => {
    const sent = Object.assign(new Error('x', { cause: new Error('y') }), { list: [new Error('z')] })
    const [cause, inner] = [sent.cause, sent.list[0]]
    thrownAcross(sent)
    expect(sent.cause).toBe(cause)
    expect(sent.list[0]).toBe(inner)
    expect(Reflect.ownKeys(sent).sort()).toEqual(['cause', 'list', 'message', 'stack'])
  })

  it('gives something that clones, and decodes to an error, for any value', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withBigInt: true,
          withSparseArray: true,
        }),
        (value) => {
          const arrived = thrownAcross(value)
          expect(arrived).toBeInstanceOf(NonErrorThrown)
          expect((arrived as NonErrorThrown).value).toEqual(structuredClone(value))
        },
      ),
    )
  })

  it('does so for any error', () => {
    class Known extends Error {}
    class Stranger extends Error {}
    registerErrors(Known)
    const classOf = fc.constantFrom<new (message: string) => Error>(Error, TypeError, Known, Stranger)
    const { error } = fc.letrec<{ error: Error; part: unknown }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        fc.anything(),
        fc.constantFrom(Symbol('s'), () => 1),
        tie('error'),
      ),
      error: fc
        .record({
          make: classOf,
          message: fc.string(),
          // Assigned below, where `__proto__` would change the class.
          own: fc.dictionary(
            fc.string().filter((key) => key !== '__proto__'),
            tie('part'),
          ),
          special: fc.record(
            {
              name: tie('part'),
              cause: tie('part'),
              errors: fc.oneof(tie('part'), fc.array(tie('part'))),
              code: tie('part'),
            },
            { requiredKeys: [] },
          ),
        })
        .map(({ make, message, own, special }) => Object.assign(new make(message), own, special)),
    }))
    fc.assert(
      fc.property(error, (sent) => {
        const arrived = thrownAcross(sent)
        if (sent instanceof Stranger) expect(arrived).toBeInstanceOf(RemoteError)
        else expect(Object.getPrototypeOf(arrived)).toBe(Object.getPrototypeOf(sent))
        if (typeof sent.message === 'string') expect(arrived.message).toBe(sent.message)
        if (typeof sent.name === 'string') expect(arrived.name).toBe(sent.name)
      }),
    )
  })
})

describe('decoding', () => {
  const encoded = (more: object): EncodedError =>
    ({
      kind: 'error',
      name: 'Error',
      className: 'Error',
      message: 'm',
      stack: 's',
      fields: {},
      ...more,
    }) as EncodedError
  const hostile = JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": 5, "toString": 6, "stack": 7, "message": 8}',
  )

  it('makes own properties of hostile names and pollutes nothing', () => {
    const arrived = decodeError(encoded({ fields: hostile }), run)
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype)
    expect(Object.getOwnPropertyDescriptor(arrived, 'constructor')?.value).toBe(5)
    expect(Object.keys(arrived).sort()).toEqual(['constructor', 'toString'])
    expect([arrived.message, arrived.stack]).toEqual(['m', 's'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Error.prototype.constructor).toBe(Error)
  })

  it('does so in the fields of a RemoteError', () => {
    const { fields } = decodeError(encoded({ className: 'Nobody', fields: hostile }), run) as RemoteError
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(Object.keys(fields).sort()).toEqual(['constructor', 'toString'])
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', ''])('knows no class named "%s"', (className) => {
    expect(decodeError(encoded({ className }), run)).toBeInstanceOf(RemoteError)
  })

  it('does not follow causes deeper than encoding ever goes', () => {
    let deep = encoded({})
    for (let i = 0; i < 100_000; i++) deep = encoded({ cause: deep })
    expect(causesOf(decodeError(deep, run))).toBe(16)
  })
})
