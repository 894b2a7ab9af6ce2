/** A column of numbers that grows: what was put in comes out, one by one or many in one go. */
import { describe, expect, it } from 'vitest'
import { IntColumn } from '../../../src/graph/int-column.js'

const valuesOf = (fill: (column: IntColumn) => void): readonly number[] => {
  const column = new IntColumn()
  fill(column)
  return [...column.values()]
}

describe('a column', () => {
  it('holds what was put in, however much, and nothing else', () => {
    for (const count of [0, 1, 7, 8, 9, 100])
      expect(
        valuesOf((column) => {
          for (let i = 0; i < count; i++) column.push(i)
        }),
      ).toEqual(Array.from({ length: count }, (_, i) => i))
  })

  it('takes a number many times, and a range, behind what it has', () => {
    for (const count of [0, 1, 8, 9, 1_000])
      expect(
        valuesOf((column) => {
          column.push(7)
          column.pushTimes(5, count)
          column.pushRange(count)
          column.push(9)
        }),
      ).toEqual([7, ...Array(count).fill(5), ...Array.from({ length: count }, (_, i) => i), 9])
  })

  it('can be changed in place', () => {
    expect(
      valuesOf((column) => {
        column.pushRange(3)
        column.set(1, 7)
      }),
    ).toEqual([0, 7, 2])
  })
})
