/** Sizes that recursion would not survive, and lists of numbers as long as they need. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { pathOf } from '../../../src/graph/graph.js'
import { IntColumn } from '../../../src/graph/int-column.js'
import { ByHand, type Loose, statusesOf } from '../scheduler/by-hand.js'
import { loose, tasks } from './drawing.js'

const { chain, chord, group } = loose
const { a, b } = tasks

function nested(levels: number, wrap: (inner: Loose) => Loose): Loose {
  let canvas = a.s()
  for (let level = 0; level < levels; level++) canvas = wrap(canvas)
  return canvas
}

describe('a canvas may be', () => {
  it('a chain of 100,000 steps', () => {
    const graph = compile(chain(Array.from({ length: 100_000 }, () => a.s())))
    expect([graph.size, graph.exit, graph.to[99_998]]).toEqual([100_000, 99_999, 99_999])
  })

  it('an each of 1,000,000 members', () => {
    const graph = compile(a.each(Array.from({ length: 1_000_000 }, (_, i) => [i])))
    expect([graph.size, graph.callCount, graph.slot[1_000_000]]).toEqual([1_000_001, 1_000_000, 999_999])
  })

  it.each<readonly [string, (inner: Loose) => Loose, number]>([
    ['chains', (inner) => chain(inner), 1],
    ['chains with steps before', (inner) => chain(b.s(), inner), 5_001],
    ['chains with steps behind', (inner) => chain(inner, b.s()), 5_001],
  ])('5,000 %s deep', (_what, wrap, size) => {
    const graph = compile(nested(5_000, wrap))
    expect(graph.size).toBe(size)
    expect(pathOf(graph, graph.exit)).toMatch(/^steps\[/)
  })

  it.each<readonly [string, (inner: Loose) => Loose]>([
    ['groups', (inner) => group(inner, b.s())],
    ['bodies', (inner) => chord([b.s()], inner)],
    ['headers', (inner) => chord([inner], b.s())],
    ['chains that end in groups', (inner) => chain(b.s(), group(inner))],
  ])('500 %s deep', (_what, wrap) => {
    expect(compile(nested(500, wrap)).callCount).toBe(501)
  })
})

describe('such a canvas', () => {
  it('runs and fails through without a stack overflow', () => {
    const hand = new ByHand()
    const canvas = chain(
      nested(500, (inner) => group(inner)),
      nested(5_000, (inner) => chain(inner, b.s())),
    )
    const workflow = hand.submit(canvas)
    hand.fail('a')
    expect(new Set(statusesOf(workflow))).toEqual(new Set(['failed']))
  })
})

describe('a column of numbers', () => {
  it('grows as it must, and gives back what was put in', () => {
    const column = new IntColumn()
    const numbers = Array.from({ length: 1_000 }, (_, i) => i - 500)
    for (const number of numbers) column.push(number)
    column.set(3, 77)
    expect([...column.values()]).toEqual(numbers.with(3, 77))
  })

  it('is empty at first', () => {
    expect([...new IntColumn().values()]).toEqual([])
  })
})
