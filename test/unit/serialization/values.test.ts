/** What may be sent, what may not, and what is said about it. */
import { createSecretKey } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { SerializationError } from '../../../src/errors.js'
import { checkSendable, pack } from '../../../src/serialization/values.js'
import { hostileProxy, nested, options, revokedProxy, sentAcross } from './crossing.js'

class Point {
  readonly #secret = 1
  constructor(
    readonly x: number,
    readonly y: unknown = 0,
  ) {}
  get sum(): number {
    return this.x + this.#secret
  }
}
class Names extends Map<string, number> {
  override *[Symbol.iterator](): MapIterator<[string, number]> {
    yield* [['made up', 1]] as [string, number][]
  }
}

const refusalOf = (value: unknown, what = 'value'): SerializationError => {
  try {
    pack(value, { maxDepth: 512, what })
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError)
    return error as SerializationError
  }
  throw new Error('it was not refused')
}
function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}
function outOfBounds(): Uint8Array {
  const buffer = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }])
  const view = new Uint8Array(buffer, 4, 4)
  Reflect.apply(Reflect.get(buffer, 'resize'), buffer, [2])
  return view
}
const throwing = {
  get broken(): unknown {
    throw new RangeError('not today')
  },
}
function args(..._: unknown[]): IArguments {
  // biome-ignore lint/complexity/noArguments: it is what is tested
  return arguments
}

describe('a value that may be sent', () => {
  it.each([
    [undefined],
    [null],
    [true],
    [0],
    [-0],
    [Number.NaN],
    [10n],
    ['text'],
    [[]],
    [[1, 'a', null]],
    [{}],
    [{ a: 1, b: { c: [] } }],
    [new Date(0)],
    [/a/gi],
    [new Map([['a', { b: 1 }]])],
    [new Set([[1]])],
    [new Uint8Array([1, 2])],
    [new ArrayBuffer(0)],
    [new DataView(new ArrayBuffer(2))],
    [Object(1)],
    [Object('text')],
    [new SharedArrayBuffer(2)],
    [Object.assign([1], { named: 2 })],
    ['a-b'.match(/-/)],
    [Object.assign([], { 1: 'a', 3: 'b' })],
    [Object.create(null)],
  ])('is sent as it is, without a copy: %o', (value) => {
    const packed = pack(value, options)
    expect(packed).toEqual({ value })
    expect(packed.value).toBe(value)
    expect(sentAcross(value)).toEqual(structuredClone(value))
  })

  it('is an instance of a class by its own enumerable properties', () => {
    expect(sentAcross({ points: [new Point(1), new Point(2)] })).toStrictEqual({
      points: [
        { x: 1, y: 0 },
        { x: 2, y: 0 },
      ],
    })
    expect(sentAcross(new EventEmitter())).toMatchObject({ _eventsCount: 0 })
    expect(sentAcross(new Names([['a', 1]]))).toEqual(new Map([['a', 1]]))
    expect(sentAcross(Buffer.from('ab'))).toEqual(new Uint8Array([97, 98]))
  })

  it('is an object of the platform that clones into a working one', async () => {
    expect(await (sentAcross(new Blob(['ab'])) as Blob).text()).toBe('ab')
    expect(sentAcross([createSecretKey(Buffer.from('k'))])).toHaveLength(1)
  })

  it('may contain itself', () => {
    const value: { self?: unknown; list: unknown[]; map: Map<unknown, unknown> } = { list: [], map: new Map() }
    value.self = value
    value.list.push(value.list, value)
    value.map.set(value.map, value)
    const arrived = sentAcross(value) as typeof value
    expect(arrived.self).toBe(arrived)
    expect(arrived.list[0]).toBe(arrived.list)
    expect(arrived.map.get(arrived.map)).toBe(arrived)
  })

  it('may share parts by the million', () => {
    let value: unknown = ['x']
    for (let i = 0; i < 300; i++) value = [value, value]
    expect(() => checkSendable(value, options)).not.toThrow()
  })
})

describe('a value that may not be sent', () => {
  it.each([
    ['a function', () => 1, /^a function cannot be sent to another thread; send data, and call/],
    ['a class', Point, /^a function/],
    ['a symbol', Symbol('s'), /^a symbol cannot be sent/],
    ['a boxed symbol', Object(Symbol('s')), /^a Symbol cannot be sent/],
    ['a promise', Promise.resolve(1), /^a promise cannot be sent to another thread; await it first/],
    ['a WeakMap', new WeakMap(), /^a WeakMap cannot be sent to another thread; send a Map/],
    ['a WeakSet', new WeakSet(), /^a WeakSet/],
    ['a WeakRef', new WeakRef({}), /^a WeakRef/],
    ['a generator', (function* () {})(), /^a Generator cannot be sent to another thread; collect it into an array/],
    ['an iterator', [1].values(), /^an Array Iterator/],
    ['the keys of a Map', new Map().keys(), /^a Map Iterator/],
    ['a URL', new URL('http://a.b/'), /^a URL cannot be sent to another thread; send its text/],
    ['URLSearchParams', new URLSearchParams('a=1'), /^a URLSearchParams/],
    ['Headers', new Headers(), /^a Headers cannot be sent to another thread; send plain data/],
    ['a File', new File(['a'], 'a.txt'), /^a File/],
    ['an AbortSignal', new AbortController().signal, /^an AbortSignal/],
    ['a TextEncoder', new TextEncoder(), /^a TextEncoder/],
    ['a subclass of a class of the platform', new (class Mine extends URL {})('http://a.b/'), /^a URL/],
    ['a number format', new Intl.NumberFormat(), /^an Intl.NumberFormat/],
    [
      'WebAssembly memory',
      Reflect.construct(Reflect.get(Reflect.get(globalThis, 'WebAssembly'), 'Memory'), [{ initial: 1 }]),
      /^a WebAssembly.Memory/,
    ],
    ['arguments', args(1, 2), /^an arguments object cannot be sent to another thread; send an array/],
    ['what inherits from a Date', Object.create(Date.prototype), /cannot be sent to another thread; send plain data/],
    ['a transferred buffer', detached(), /^this buffer was transferred away and has no content here/],
  ])('is %s', (_, value, message) => {
    expect(refusalOf(value).message).toMatch(message)
    expect(refusalOf(value).message).toMatch(/ \(at value\)$/)
    expect(refusalOf({ list: [1, value] })).toMatchObject({ code: 'ERR_SERIALIZATION', path: 'value.list[1]' })
    expect(() => checkSendable([value], options)).toThrow(SerializationError)
  })

  it('is a Proxy, of whatever', () => {
    for (const proxy of [
      new Proxy({}, {}),
      new Proxy([], {}),
      hostileProxy({}),
      revokedProxy(),
      new Proxy(new Error(), {}),
    ]) {
      expect(refusalOf(proxy).message).toMatch(/^a Proxy cannot be sent/)
      expect(refusalOf([proxy]).path).toBe('value[0]')
    }
    expect(refusalOf(Object.create(hostileProxy({}))).message).toMatch(/^reading this value throws/)
  })

  it('is a module, as `import *` gives it', async () => {
    expect(refusalOf({ ns: await import('node:path') }).path).toBe('value.ns')
  })

  it('is a view of a buffer that was transferred away, or that became too small for it', () => {
    const buffer = new ArrayBuffer(8)
    const views = [new Uint8Array(buffer, 2), new DataView(buffer, 1)]
    structuredClone(buffer, { transfer: [buffer] })
    for (const view of views) expect(refusalOf({ view })).toMatchObject({ path: 'value.view' })
    expect(refusalOf({ ok: new Uint8Array(2), view: outOfBounds() })).toMatchObject({ path: 'value.view' })
  })

  it('has a getter that throws, which is the cause', () => {
    const refusal = refusalOf([1, { a: throwing }])
    expect(refusal).toMatchObject({ path: 'value[1].a.broken', cause: new RangeError('not today') })
    expect(refusal.message).toBe(
      'reading this value throws; send plain data instead of a getter (at value[1].a.broken)',
    )
  })

  it('has something of that kind far inside, and the path says where', () => {
    const fn = (): number => 1
    expect(refusalOf([{ user: { name: fn } }], 'args').path).toBe('args[0].user.name')
    expect(refusalOf({ items: [0, 1, 2, fn] }).path).toBe('value.items[3]')
    expect(refusalOf({ 'two words': fn }).path).toBe('value["two words"]')
    expect(refusalOf({ 7: fn }).path).toBe('value[7]')
    expect(refusalOf(new Map([['key', [fn]]])).path).toBe('value.get("key")[0]')
    expect(
      refusalOf(
        new Map<unknown, unknown>([
          [1, 1],
          [fn, 1],
        ]),
      ).path,
    ).toBe('value.keys()[1]')
    expect(refusalOf(new Map([[{}, fn]])).path).toBe('value.values()[0]')
    expect(refusalOf(new Set([1, fn])).path).toBe('value.values()[1]')
    expect(refusalOf(new Point(1, { fn })).path).toBe('value.y.fn')
    expect(refusalOf(Object.assign([1], { fn })).path).toBe('value.fn')
    expect(refusalOf(Object.assign(new Array(5000).fill(0), { fn })).path).toBe('value.fn')
    expect(refusalOf(Object.assign([], { 4000000000: fn })).path).toBe('value[4000000000]')
    expect(refusalOf(JSON.parse('{"__proto__": {"a": 1}}', (key, value) => (key === 'a' ? fn : value))).path).toBe(
      'value.__proto__.a',
    )
  })

  it('is refused every time, also if a class was seen before', () => {
    class Bag {
      constructor(readonly content: unknown) {}
    }
    expect(sentAcross(new Bag(1))).toEqual({ content: 1 })
    for (let i = 0; i < 2; i++) expect(refusalOf([new Bag(new Bag(() => 1))]).path).toBe('value[0].content.content')
    for (let i = 0; i < 2; i++) expect(refusalOf([new Bag(1), [].values()]).path).toBe('value[1]')
  })
})

describe('depth', () => {
  it('is none for a text, one for a list, and two for a list in a list', () => {
    for (const [value, depth] of [
      ['text', 0],
      [[], 1],
      [[[1]], 2],
      [{ a: [new Map([[{}, 1]])] }, 4],
    ] as const) {
      expect(() => checkSendable(value, { maxDepth: depth, what: 'value' })).not.toThrow()
      if (depth > 0)
        expect(() => checkSendable(value, { maxDepth: depth - 1, what: 'value' })).toThrow(SerializationError)
    }
  })

  it('may be 512', () => {
    expect(sentAcross(nested(512))).toEqual(nested(512))
    expect(refusalOf(nested(513)).message).toMatch(
      /^the value is nested deeper than 512 levels, more than a thread can read; flatten/,
    )
  })

  it('is counted without recursion, and the path is cut', () => {
    const refusal = refusalOf(nested(1_000_000))
    expect(refusal.path).toMatch(/^value\.in\[0\].*…/)
    expect(refusal.path.length).toBeLessThan(120)
  })

  it('is that of the recursion that clones the value, not the shortest way in', () => {
    const nodes = Array.from({ length: 2000 }, (): { next?: object } => ({}))
    nodes.forEach((node, i) => {
      if (i < 1999) node.next = nodes[i + 1]!
    })
    expect(refusalOf(nodes).message).toMatch(/deeper than 512/)
    expect(() => checkSendable(nodes.reverse(), options)).not.toThrow()
  })
})
