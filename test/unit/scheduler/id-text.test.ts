/** Numbers as ids write them. */
import { describe, expect, it } from 'vitest'
import { idText } from '../../../src/scheduler/id-text.js'

describe('the text of a number', () => {
  it('is the number to base 36, whatever was asked before', () => {
    const numbers = [0, 35, 36, 1_295, 1_296, 1_297, 46_656, 1_296, 2 ** 31, 46_657, 2 ** 40 + 1, 7]
    expect(numbers.map(idText)).toEqual(numbers.map((number) => number.toString(36)))
  })
})
