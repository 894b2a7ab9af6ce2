import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { adopted, cloned } from '../../../src/testing/own-realm.js'

const MADE = `({
  list: [1, [2]], map: new Map([[new Date(5), new Set([{ deep: true }])]]), bytes: new Uint8Array([1, 2]), pattern: /a/g,
  error: new RangeError('x'), none: null, nothing: undefined, bare: Object.create(null),
})`

describe('a clone of another realm', () => {
  it('becomes one of this realm, all the way down', () => {
    const foreign = runInContext(MADE, createContext())
    expect(foreign.list).not.toBeInstanceOf(Array)
    const { list, map, bytes, pattern, error, bare } = adopted(foreign)
    const [[date, set]] = [...map]
    const [inner] = [...set]
    const found = [foreign, list, list[1], map, date, set, inner, bytes, pattern, error]
    const kinds = [Object, Array, Array, Map, Date, Set, Object, Uint8Array, RegExp, RangeError]
    expect(found.map((one, i) => one instanceof kinds[i]!)).toEqual(kinds.map(() => true))
    expect([date.valueOf(), inner.deep, bytes[1], pattern.test('a')]).toEqual([5, true, 2, true])
    expect(Object.getPrototypeOf(bare)).toBeNull()
  })

  it('may refer to itself', () => {
    const foreign = runInContext('const a = { list: [] }; a.list.push(a); a', createContext())
    const own = adopted(foreign)
    expect(own).toBeInstanceOf(Object)
    expect(own.list[0]).toBe(own)
  })

  it('is not made where there is one realm only', () => {
    const value = { map: new Map([[1, [new Date(5)]]]) }
    expect(cloned(value)).toEqual(value)
    expect(cloned(value).map).not.toBe(value.map)
  })
})
