import { describe, expect, it } from 'vitest'
import { seededChoice, seededIds, seededRandom } from '../../../src/testing/seeded.js'

const numbers = (seed: number): number[] => Array.from({ length: 1_000 }, seededRandom(seed))

describe('chance by a seed', () => {
  it('is the same for the same seed, and another for another, large ones too', () => {
    expect(numbers(7)).toEqual(numbers(7))
    const starts = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map((seed) => numbers(seed)[0])
    expect(new Set(starts).size).toBe(6)
  })

  it('lies between 0 and 1, all over', () => {
    const found = numbers(3)
    expect(found.every((one) => one >= 0 && one < 1)).toBe(true)
    const mean = found.reduce((a, b) => a + b) / found.length
    expect(mean).toBeGreaterThan(0.45)
    expect(mean).toBeLessThan(0.55)
  })

  it('chooses the first for seed 0, and each of them for others', () => {
    const first = seededChoice(0)
    expect(Array.from({ length: 10 }, () => first(3))).toEqual(Array(10).fill(0))
    const any = seededChoice(1)
    expect(new Set(Array.from({ length: 100 }, () => any(3)))).toEqual(new Set([0, 1, 2]))
  })

  it('gives ids that differ, the same for the same seed', () => {
    const [one, other] = [seededIds(5), seededIds(5)]
    const ids = [one(), one(), one()]
    expect(new Set(ids).size).toBe(3)
    expect([other(), other(), other()]).toEqual(ids)
  })
})
