/** The cheapest form of many small values. */
import { describe, expect, it } from 'vitest'
import { ColumnBuilder, columnOf, packedRows, rowsOf } from '../../../src/serialization/columns.js'
import { Meetings } from '../../../src/serialization/values.js'

const options = () => ({ maxDepth: 10, what: 'args' as const, meetings: new Meetings(), moved: new Set<never>() })
const rows = (...all: readonly (readonly unknown[])[]) =>
  rowsOf(all.length, (i) => all[i] as readonly unknown[], options())

describe('a column', () => {
  it('is one block if all values are numbers', () => {
    expect(columnOf([1, -0, Number.NaN])).toEqual(Float64Array.of(1, -0, Number.NaN))
  })

  it('is the list itself if one is not', () => {
    const values = [1, 'two']
    expect(columnOf(values)).toBe(values)
  })
})

describe('rows of arguments', () => {
  it('are one block if all are numbers and there are many', () => {
    expect(rows([1, 2], [3, 4], [5, 6], [7, 8])).toEqual({ width: 2, values: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) })
  })

  it('are a flat list if all are primitives', () => {
    expect(rows([1, 'a'], [2, 'b'])).toEqual({ width: 2, values: [1, 'a', 2, 'b'] })
  })

  it('are packed one by one if they differ in length, or hold objects', () => {
    expect(rows([1], [2, 3])).toMatchObject({ rows: [{ value: [1] }, { value: [2, 3] }] })
    expect(rows([{ a: 1 }])).toMatchObject({ rows: [{ value: [{ a: 1 }] }] })
  })

  it('are nothing at all for one call without arguments', () => {
    expect(rows([])).toEqual({ width: 0, values: [] })
    expect(rows([])).toBe(rows([]))
  })

  it('refuse what cannot be sent', () => {
    expect(() => rows([() => 0])).toThrow(expect.objectContaining({ name: 'SerializationError' }))
  })

  it('keep what is the same object in several rows apart', () => {
    const shared = { a: 1 }
    const { rows: packed } = packedRows(2, () => [shared], options()) as { rows: readonly { value: unknown }[] }
    expect(structuredClone(packed).map(({ value }) => value)).toEqual([[shared], [shared]])
  })
})

describe('a column that grows', () => {
  it('is a block while all that came are numbers, and begins anew', () => {
    const column = new ColumnBuilder()
    for (let i = 0; i < 8; i++) column.push(i)
    expect(column.take()).toBeInstanceOf(Float64Array)
    column.push('a')
    expect(column.length).toBe(1)
    expect(column.take()).toEqual(['a'])
  })
})
