/** Errors inside data travel as thrown ones do, wherever they are. */
import { describe, expect, it } from 'vitest'
import { RemoteError, SerializationError } from '../../../src/errors.js'
import { registerErrors } from '../../../src/serialization/errors.js'
import { pack, unpack } from '../../../src/serialization/values.js'
import { options, run, sentAcross } from './crossing.js'

class Burnt extends Error {
  constructor(
    readonly dish: string,
    options?: ErrorOptions,
  ) {
    super(`${dish} burnt`, options)
  }
}
registerErrors(Burnt)
const soup = (): Burnt => new Burnt('soup', { cause: new TypeError('no water') })

describe('an error in a value', () => {
  it('may be the value itself', () => {
    const sent = soup()
    expect(sentAcross(sent)).toStrictEqual(sent)
    expect(sentAcross(sent)).toBeInstanceOf(Burnt)
  })

  it.each([
    ['a list', [1, soup()]],
    ['a list with holes and names', Object.assign([], { 1: soup(), 3: 1, named: soup() })],
    ['a long list with holes', [soup(), ...new Array(1000), 5]],
    ['an object', { failure: { error: soup(), args: [1, 2] } }],
    [
      'a Map value',
      new Map([
        ['a', soup()],
        ['b', new Error('b')],
      ]),
    ],
    [
      'a Map key',
      new Map<unknown, unknown>([
        ['first', 1],
        [soup(), [soup()]],
        ['last', 2],
      ]),
    ],
    ['a Set', new Set<unknown>([1, soup(), [2]])],
    ['an object without a prototype', Object.assign(Object.create(null), { error: soup() })],
  ])('arrives in %s', (_, value) => {
    expect(sentAcross(value)).toEqual(value)
  })

  it('arrives in a class instance, which loses its class as ever', () => {
    class Report {
      constructor(readonly error: Error) {}
    }
    expect(sentAcross(new Report(soup()))).toStrictEqual({ error: soup() })
  })

  it('arrives under any name', () => {
    const value = JSON.parse('{"__proto__": {"at": 0}, "constructor": {"at": 0}}', (key, at) =>
      key === 'at' ? soup() : at,
    )
    const arrived = sentAcross(value) as object
    expect(Object.getPrototypeOf(arrived)).toBe(Object.prototype)
    expect(Object.keys(arrived)).toEqual(['__proto__', 'constructor'])
    expect(Object.getOwnPropertyDescriptor(arrived, '__proto__')?.value.at).toBeInstanceOf(Burnt)
  })

  it('arrives as a RemoteError if its class is not known', () => {
    class Odd extends Error {}
    const [arrived] = sentAcross([Object.assign(new Odd('odd'), { code: 7 })]) as [RemoteError]
    expect(arrived).toBeInstanceOf(RemoteError)
    expect(arrived).toMatchObject({ ...run, message: 'odd', fields: { code: 7 } })
  })

  it('may be something that structured clone refuses in an error', () => {
    expect(sentAcross([new Error('x', { cause: () => 1 })])).toEqual([new Error('x', { cause: '[Function: cause]' })])
  })

  it('is the same error wherever it is', () => {
    const error = soup()
    const [first, { again }, other] = sentAcross([error, { again: error }, new Burnt('stew', { cause: error })]) as [
      Error,
      { again: Error },
      Error,
    ]
    expect(again).toBe(first)
    expect(other.cause).toBe(first)
  })

  it('leaves the value and everything beside it untouched', () => {
    const beside = { big: new Uint8Array(10), list: [1, 2] }
    const error = soup()
    const value = { deep: [{ error }], beside }
    const packed = pack(value, options)
    expect(value).toStrictEqual({ deep: [{ error }], beside })
    expect(value.deep[0]?.error).toBe(error)
    expect(packed.value).not.toBe(value)
    expect((packed.value as typeof value).beside).toBe(beside)
  })

  it('leaves the shape of the value as it was: what was shared is shared, what contained itself does', () => {
    const holder: Record<string, unknown> = { error: soup() }
    holder.self = holder
    const list: unknown[] = [holder, { holder }, new Map([[holder, holder]])]
    list.push(list)
    const arrived = sentAcross({ list, holder }) as {
      list: [typeof holder, { holder: object }, Map<object, object>, object]
      holder: typeof holder
    }
    expect(arrived.holder.error).toBeInstanceOf(Burnt)
    expect(arrived.holder.self).toBe(arrived.holder)
    expect(arrived.list[0]).toBe(arrived.holder)
    expect(arrived.list[1].holder).toBe(arrived.holder)
    expect(arrived.list[2].get(arrived.holder)).toBe(arrived.holder)
    expect(arrived.list[3]).toBe(arrived.list)
  })

  it('is found behind a getter that makes a new one every time', () => {
    const value = {
      get made(): unknown {
        return { error: soup() }
      },
    }
    expect(sentAcross(value)).toEqual({ made: { error: soup() } })
  })

  it('does not hide what cannot be sent beside it', () => {
    expect(() => pack([soup(), () => 1], options)).toThrow(SerializationError)
    expect(() => pack([soup(), [].values()], options)).toThrow(SerializationError)
  })

  it('cannot be forged by data that looks like a placeholder or an encoded error', () => {
    const forged = { kind: 'error', className: 'Error', name: 'Error', message: 'forged', fields: {} }
    const value = [{}, soup(), { value: 1, errors: { placeholders: [{}], encoded: [forged] } }, forged]
    expect(sentAcross(value)).toEqual(value)
  })

  it('is one of many without trouble', () => {
    const value = Array.from({ length: 20_000 }, (_, i) => ({
      i,
      error: new Error(String(i), { cause: new Error('why') }),
    }))
    const arrived = sentAcross(value) as typeof value
    expect(arrived).toHaveLength(20_000)
    expect(arrived[19_999]?.error.message).toBe('19999')
    expect(arrived[19_999]?.error.cause).toBeInstanceOf(Error)
  })

  it('may be 512 levels deep', () => {
    let value: unknown = soup()
    for (let i = 0; i < 511; i++) value = { in: value }
    expect(sentAcross(value)).toEqual(value)
    expect(() => pack([value], options)).toThrow(/deeper than 512/)
  })

  it('is back in its place when the same thread unpacks what it has packed', () => {
    const value = { error: soup(), list: [1] }
    expect(unpack(pack(value, options), run)).toEqual(value)
    expect(value.error).toBeInstanceOf(Burnt)
  })
})
