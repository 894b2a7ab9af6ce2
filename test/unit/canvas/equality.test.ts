/** When two canvases, or the values in them, are the same. */
import { describe, expect, it } from 'vitest'
import { distinct, isEqual } from '../../../src/canvas/equality.js'
import { everyKind, type Made, make, tasks } from './making.js'

const { chain, chord, group } = make
const { a, b } = tasks

describe('equal are', () => {
  it.each(everyKind)('two canvases of kind %s, made in the same way', (_kind, made) => {
    expect(isEqual(made(), made())).toBe(true)
    expect(isEqual(made().link(b.s()), made().link(b.s()))).toBe(true)
  })

  it.each<readonly [string, unknown, unknown]>([
    ['NaN and NaN', Number.NaN, Number.NaN],
    ['lists', [1, [2, undefined]], [1, [2, undefined]]],
    ['objects, in any order of keys', { x: 1, y: { z: 2 } }, { y: { z: 2 }, x: 1 }],
    ['dates', new Date(5), new Date(5)],
    ['dates that are none', new Date(Number.NaN), new Date(Number.NaN)],
    ['each of the same rows', a.each([[1]]), a.each([[1]])],
  ])('%s', (_what, left, right) => {
    expect(isEqual(left, right)).toBe(true)
  })
})

describe('different are', () => {
  it('canvases of different kinds', () => {
    const all = everyKind.map(([, made]) => made())
    const pairs = all
      .flatMap((left) => all.map((right) => [left, right] as const))
      .filter(([left, right]) => left !== right)
    expect(pairs.filter((pair) => isEqual(...pair))).toEqual([])
  })

  it.each<readonly [string, unknown, unknown]>([
    ['calls of different tasks', a.s(), b.s()],
    ['calls with other arguments', a.s(1), a.s(2)],
    ['calls with more arguments', a.s(1), a.s(1, undefined)],
    ['a call and an immutable one', a.s(), a.si()],
    ['calls with other options objects', a.with({ x: 1 }).s(), a.with({ x: 2 }).s()],
    ['chains of other lengths', chain(a.s()), chain(a.s(), a.s())],
    ['chords with other bodies', chord([a.s()], a.s()), chord([a.s()], b.s())],
    ['a canvas with a link and one without', a.s().link(b.s()), a.s()],
    ['0 and -0', 0, -0],
    ['a number and its text', 1, '1'],
    ['null and an object', null, {}],
    ['nothing and a number', undefined, 1],
    ['boxed numbers, which are compared by identity', Object(1), Object(1)],
    ['a list and an object', [1], { 0: 1 }],
    ['objects with other keys', { x: undefined }, { y: undefined }],
    ['dates of other times', new Date(5), new Date(6)],
    ['maps, which are compared by identity', new Map(), new Map()],
    ['each of other rows', a.each([[1]]), a.each([[2]])],
  ])('%s', (_what, left, right) => {
    expect(isEqual(left, right)).toBe(false)
  })

  it.each<readonly [string, (canvas: Made) => Iterable<unknown>]>([
    ['sets', (canvas) => new Set([canvas])],
    ['generators', (canvas) => [canvas].values()],
    ['objects that hide what they hold', (canvas) => ({ [Symbol.iterator]: () => [canvas].values() })],
  ])('groups whose members come from different %s, until somebody pulls them', (_what, iterable) => {
    const lazy = (canvas: Made): Made => group(iterable(canvas))
    expect(isEqual(lazy(a.s()), lazy(b.s()))).toBe(false)
    expect(a.s().link(lazy(a.s())).link(lazy(b.s())).options.link).toHaveLength(2)
    const same = lazy(a.s())
    expect(a.s().link(same).link(same).options.link).toHaveLength(1)
  })

  it('groups whose members come from different sources and are staggered, until somebody pulls them', () => {
    const staggered = (canvas: Made): Made => group([canvas].values()).skew(1)
    expect(isEqual(staggered(a.s()), staggered(b.s()))).toBe(false)
    const same = staggered(a.s())
    expect(isEqual(same, same.set({}))).toBe(true)
  })
})

/** A value whose parts may be looked at so often, and then throw, so that a comparison without end fails and does not hang. */
function watched(mostReads: number, partsOf: (self: object) => Readonly<Record<string, unknown>>): object {
  let reads = 0
  const value = {}
  for (const [key, part] of Object.entries(partsOf(value)))
    Object.defineProperty(value, key, {
      enumerable: true,
      get() {
        if (++reads > mostReads) throw new Error('it does not come to an end')
        return part
      },
    })
  return value
}

describe('the comparison', () => {
  it('comes to an end in values that hold themselves', () => {
    const endless = (text: string): object => watched(10, (self) => ({ self, text }))
    expect(isEqual(endless('x'), endless('x'))).toBe(true)
    expect(isEqual(endless('x'), endless('y'))).toBe(false)
  })

  it('looks once at a part that is held many times', () => {
    const doubled = (levels: number): object => {
      if (levels === 0) return {}
      const half = doubled(levels - 1)
      return watched(4, () => ({ left: half, right: half }))
    }
    expect(isEqual(doubled(60), doubled(60))).toBe(true)
  })
})

describe('of canvases in a list', () => {
  const canvases = (...list: readonly Made[]): Made[] => distinct(list as never) as unknown as Made[]

  it.each<readonly [string, () => Made]>([
    ...everyKind,
    ['call with objects', () => a.s({ x: 1 }, null, [2])],
    ['call with an options object', () => a.with({ x: 1 }).s(undefined)],
  ])('equal ones of kind %s are kept once, the first of them', (_kind, made) => {
    const [first, other] = [made(), b.s('other')]
    const found = canvases(first, other, made(), b.s('other'))
    expect(found).toHaveLength(2)
    expect([found[0] === first, found[1] === other]).toEqual([true, true])
  })

  it('those that differ in an object alone are all kept', () => {
    const list = [a.s({ x: 1 }), a.s({ x: 2 }), a.s({ x: 1, y: 2 })]
    expect(canvases(...list)).toEqual(list)
  })

  /** Arguments that nobody may look into. */
  const closed = (): object => Object.defineProperty({}, 'x', { enumerable: true, get: () => expect.unreachable() })
  it.each<readonly [string, Made, Made]>([
    ['tasks', a.s(closed()), b.s(closed())],
    ['plain arguments', a.s(1, closed()), a.s(2, closed())],
    ['kinds', a.map([[closed()]]), a.starmap([[closed()]])],
  ])('those of other %s are not compared any further, since lists may be long', (_what, left, right) => {
    expect(canvases(left, right)).toHaveLength(2)
  })
})
