/** The law of sending: what is accepted arrives equal, what is not is refused with a SerializationError before anything is sent. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SerializationError } from '../../../src/errors.js'
import { checkSendable, pack, unpack } from '../../../src/serialization/values.js'
import { options, run } from './crossing.js'

const everything = {
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
}
const sendable = fc.anything(everything)
const unsendable = fc.constantFrom<unknown>(
  () => 1,
  Symbol('s'),
  Promise.resolve(),
  new WeakMap(),
  new Proxy({}, {}),
  [].values(),
  new URL('http://a.b/'),
)
const error = fc
  .tuple(fc.constantFrom(Error, TypeError, RangeError), fc.string(), fc.dictionary(fc.string(), sendable))
  .map(([ErrorClass, message, fields]) => Object.assign(new ErrorClass(message), { fields }))

/** Values made of everything, holding one another, and sometimes of the given parts. */
const made = (parts: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      sendable,
      parts,
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
      fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
      fc.array(tie('value')).map((members) => new Set(members)),
    ),
  }))
  return value
}
const { port1, port2 } = new MessageChannel()
const overPort = (value: unknown): unknown => {
  port1.postMessage(value)
  return receiveMessageOnPort(port2)?.message
}
const accepts = (value: unknown): boolean => {
  try {
    checkSendable(value, options)
    return true
  } catch (refusal) {
    expect(refusal).toBeInstanceOf(SerializationError)
    return false
  }
}

it('sends what structured clone sends, and it arrives equal', () => {
  fc.assert(
    fc.property(sendable, (value) => {
      expect(unpack(overPort(pack(value, options)) as ReturnType<typeof pack>, run)).toEqual(structuredClone(value))
    }),
  )
})

it('sends what holds errors, and it arrives equal', () => {
  fc.assert(
    fc.property(made(error), (value) => {
      expect(unpack(overPort(pack(value, options)) as ReturnType<typeof pack>, run)).toEqual(value)
    }),
  )
})

it('accepts implies that it can be posted and arrives equal; refuses implies a SerializationError', () => {
  fc.assert(
    fc.property(made(fc.oneof(unsendable, error)), (value) => {
      if (accepts(value)) expect(unpack(overPort(pack(value, options)) as ReturnType<typeof pack>, run)).toEqual(value)
      else expect(() => pack(value, options)).toThrow(SerializationError)
    }),
  )
})

it('refuses whatever structured clone refuses, and Proxies and objects of the platform besides', () => {
  fc.assert(
    fc.property(made(unsendable), (value) => {
      if (!accepts(value)) return
      expect(() => structuredClone(value)).not.toThrow()
    }),
  )
})

it('changes nothing', () => {
  fc.assert(
    fc.property(fc.clone(made(error), 2), ([value, before]) => {
      pack(value, options)
      expect(value).toEqual(before)
    }),
  )
})
