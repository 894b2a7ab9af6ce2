/** Which classes cross as themselves: registration, and what a class is known by. */
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  AlreadyRegisteredError,
  CeleriacError,
  ChordError,
  ConfigurationError,
  NonErrorThrown,
  RemoteError,
  WorkerLostError,
} from '../../../src/errors.js'
import { type ErrorClass, registerErrors } from '../../../src/serialization/errors.js'
import { run, thrownAcross } from './crossing.js'

class OutOfStock extends Error {
  static made = 0
  constructor(readonly item: string) {
    super(`${item} is out of stock`)
    OutOfStock.made++
  }
  get advice(): string {
    return `grow more ${this.item}`
  }
}
registerErrors(OutOfStock)
const namedLikeTypeError = (): ErrorClass & (new (message: string) => Error) =>
  Object.defineProperty(class extends Error {}, 'name', { value: 'TypeError' })

describe('registerErrors', () => {
  it('lets an error of a registered class arrive as itself, without running its constructor', () => {
    const sent = new OutOfStock('beetroot')
    const made = OutOfStock.made
    const arrived = thrownAcross(sent) as OutOfStock
    expect(arrived).toBeInstanceOf(OutOfStock)
    expect(arrived).toMatchObject({
      message: 'beetroot is out of stock',
      item: 'beetroot',
      advice: 'grow more beetroot',
    })
    expect(arrived.stack).toBe(sent.stack)
    expect(OutOfStock.made).toBe(made)
  })

  it('takes a class that is registered already without a word', () => {
    expect(() => registerErrors(OutOfStock, OutOfStock, TypeError, ChordError)).not.toThrow()
  })

  it('refuses another class of a name that is taken', () => {
    const Other = { OutOfStock: class OutOfStock extends Error {} }.OutOfStock
    expect(() => registerErrors(Other)).toThrow(AlreadyRegisteredError)
    expect(() => registerErrors(Other)).toThrow(/another error class named "OutOfStock" is registered already; rename/)
    expect(() => registerErrors(namedLikeTypeError())).toThrow(AlreadyRegisteredError)
  })

  it('registers all of its classes or none', () => {
    class Fresh extends Error {}
    const Twin = { Fresh: class Fresh extends Error {} }.Fresh
    expect(() => registerErrors(Fresh, Twin)).toThrow(AlreadyRegisteredError)
    expect(thrownAcross(new Fresh())).toBeInstanceOf(RemoteError)
    registerErrors(Twin)
    expect(thrownAcross(new Twin())).toBeInstanceOf(Twin)
  })

  it.each([
    ['a function', () => 1],
    ['a class that is no error', class Plain {}],
    ['an error', new Error('x')],
    ['nothing', undefined],
    ['a class without a name', (() => class extends Error {})()],
  ])('refuses %s', (_, value) => {
    expect(() => registerErrors(value as unknown as ErrorClass)).toThrow(ConfigurationError)
  })

  it('lets a program register classes that are named like those of celeriac', () => {
    const Mine = { ConfigurationError: class ConfigurationError extends Error {} }.ConfigurationError
    registerErrors(Mine)
    expect(thrownAcross(new Mine('mine'))).toBeInstanceOf(Mine)
    expect(thrownAcross(new ConfigurationError('ours'))).toBeInstanceOf(ConfigurationError)
    expect(thrownAcross(new Mine('mine'))).not.toBeInstanceOf(CeleriacError)
  })

  it('shares one registry with other copies of the package', () => {
    const slot = Reflect.get(globalThis, Symbol.for('celeriac.errorClasses')) as { classes: Map<string, unknown> }
    expect(slot.classes.get('OutOfStock')).toBe(OutOfStock)
  })
})

describe('the class of an error', () => {
  it.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    'is known if it is built in: %o',
    (BuiltIn) => {
      const arrived = thrownAcross(new BuiltIn('x'))
      expect(Object.getPrototypeOf(arrived)).toBe(BuiltIn.prototype)
      expect(arrived.name).toBe(BuiltIn.name)
    },
  )

  it('is known for celeriac errors, with their fields', () => {
    const cause = new TypeError('no beetroot')
    const chord = thrownAcross(new ChordError('header failed', run, cause)) as ChordError
    expect(chord).toBeInstanceOf(ChordError)
    expect(chord).toMatchObject({ ...run, code: 'ERR_CHORD', name: 'ChordError' })
    expect(chord.cause).toBeInstanceOf(TypeError)
    const lost = thrownAcross(new WorkerLostError('gone', run, { reason: 'exit', exitCode: 3 })) as WorkerLostError
    expect(lost).toBeInstanceOf(WorkerLostError)
    expect(lost).toMatchObject({ reason: 'exit', exitCode: 3 })
    expect(thrownAcross(new NonErrorThrown('x', run, { a: 1 }))).toMatchObject({ value: { a: 1 } })
  })

  it('is RemoteError if it is not known, also for a subclass of a class that is', () => {
    class RareStock extends OutOfStock {}
    expect(thrownAcross(new RareStock('truffle'))).toBeInstanceOf(RemoteError)
    expect(thrownAcross(new RareStock('truffle'))).toMatchObject({ ...run, fields: { item: 'truffle' } })
  })

  it('is not mistaken for a built-in one of the same name', () => {
    const Impostor = namedLikeTypeError()
    expect(thrownAcross(new Impostor('x'))).toBeInstanceOf(RemoteError)
  })

  it('is known if Node made it, whose errors have their constructor behind a getter', () => {
    const prototype = Object.create(TypeError.prototype, { constructor: { get: () => TypeError } })
    const error = Object.setPrototypeOf(Object.assign(new TypeError('x'), { code: 'ERR_X' }), prototype)
    const arrived = thrownAcross(error)
    expect(Object.getPrototypeOf(arrived)).toBe(TypeError.prototype)
    expect(arrived).toMatchObject({ code: 'ERR_X' })
  })

  it('is known if it is a built-in one of another realm', () => {
    const arrived = thrownAcross(vm.runInNewContext('new TypeError("from afar")'))
    expect(arrived).toBeInstanceOf(TypeError)
    expect(arrived.message).toBe('from afar')
  })

  it('is known by its prototype, be it a function that forgot its constructor property', () => {
    function OldStyle(this: { message: string }): void {
      this.message = 'old'
    }
    OldStyle.prototype = Object.create(Error.prototype)
    const make = (): unknown => Reflect.construct(OldStyle, [])
    expect(thrownAcross(make())).toBeInstanceOf(RemoteError)
    registerErrors(OldStyle as unknown as ErrorClass)
    expect(thrownAcross(make())).toBeInstanceOf(OldStyle)
    expect(thrownAcross(make()).message).toBe('old')
  })

  it('may be abstract', () => {
    abstract class Shelf extends Error {}
    registerErrors(Shelf)
    expect(thrownAcross(Object.create(Shelf.prototype))).toBeInstanceOf(Shelf)
  })

  it('may extend DOMException, whose state only its constructor can give', () => {
    class Cancelled extends DOMException {}
    registerErrors(Cancelled)
    const arrived = thrownAcross(new Cancelled('stop', 'AbortError'))
    expect(arrived).toBeInstanceOf(Cancelled)
    expect(arrived).toMatchObject({ name: 'AbortError', message: 'stop', code: 20 })
  })
})
