/** What a canvas of one call shares with others of its kind, and what a composite hands to its parts. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import type { Loose } from '../scheduler/by-hand.js'
import { loose, tasks } from './drawing.js'

const { chain, chord, group } = loose
const { a, b, c } = tasks
const lazy = (): Loose => group(...([[a.s()].values()] as never[]))
const joinsOf = (canvas: Loose) => [...compile(canvas).joins.values()]

describe('the graph of one call', () => {
  it.each<readonly [string, Loose]>([
    ['a call', b.s(1)],
    ['a map', b.map([1])],
    ['a starmap', b.starmap([[1]])],
    ['a call that says how it runs', b.s().set({ priority: 3 })],
  ])('is that of any other, but for the call: %s', (_what, canvas) => {
    const [one, other] = [compile(a.s()), compile(canvas)]
    expect({ ...other, calls: one.calls }).toEqual(one)
    expect([other.to === one.to, other.scope === one.scope, other.calls[0]]).toEqual([true, true, canvas])
  })

  it.each<readonly [string, Loose]>([
    ['has an id', a.s().set({ taskId: 'own' })],
    ['starts later', a.s().set({ countdown: 5 })],
    ['starts at a date', a.s().set({ eta: new Date(5) })],
    ['has a callback', a.s().link(b.s())],
    ['has an errback', a.s().linkError(b.s())],
    ['is in a chain', chain(a.s())],
    ['is of chunks', a.chunks([[1]], 1)],
  ])('is its own if it %s', (_what, canvas) => {
    expect(compile(canvas).to).not.toBe(compile(a.s()).to)
  })
})

describe('a countdown', () => {
  const delayOf = (canvas: Loose): unknown => joinsOf(canvas)[0]?.lazy?.delay

  it('of a group whose members come late is kept for them, before that of what is around it', () => {
    expect([lazy(), lazy().set({ countdown: 5 }), chain(lazy()).set({ countdown: 7 })].map(delayOf)).toEqual([
      undefined,
      5,
      7,
    ])
    expect(delayOf(chain(lazy().set({ countdown: 5 })).set({ countdown: 7 }))).toBe(5)
    expect(delayOf(chain(a.s(), lazy()).set({ countdown: 7 }))).toBeUndefined()
  })

  it('of a table, or of what is around it, is that of each of its calls', () => {
    const delaysOf = (canvas: Loose): unknown => [...compile(canvas).delays]
    const table = a.each([[1], [2]])
    expect(delaysOf(chain(b.s(), table.set({ countdown: 5 })))).toEqual([
      [2, 5],
      [3, 5],
    ])
    expect(delaysOf(chain(table).set({ countdown: 7 }))).toEqual([
      [1, 7],
      [2, 7],
    ])
    expect(delaysOf(chain(b.s(), table).set({ countdown: 7 }))).toEqual([[0, 7]])
  })
})

describe('failFast', () => {
  const failFast = { failFast: true }

  it('is of the group that it is set on, and of no group inside or around', () => {
    const inner = group(b.s(), c.s())
    expect(joinsOf(group(inner, a.s()).set(failFast)).map((join) => join.failFast)).toEqual([false, true])
    expect(joinsOf(group(inner.set(failFast), a.s())).map((join) => join.failFast)).toEqual([true, false])
    expect(joinsOf(chain(inner).set(failFast)).map((join) => join.failFast)).toEqual([false])
  })

  it('of a chord is of its header, of whatever kind, and not of its body', () => {
    const body = group(b.s())
    for (const header of [group(a.s()), a.each([[1]]), lazy()])
      expect(joinsOf(chord(header, body).set(failFast)).map((join) => [join.isHeader, join.failFast])).toEqual([
        [true, true],
        [false, false],
      ])
  })
})

describe('an errback', () => {
  it('of a body whose members come late has the header in its range', () => {
    const [[node, hooks]] = [...compile(chord([a.s()], lazy().linkError(b.s()))).hooks] as never as [
      [number, readonly [object]],
    ]
    expect([node, hooks[0]]).toMatchObject([2, { from: 0, to: 2, path: 'body' }])
  })
})

describe('members that are the calls right behind their group', () => {
  it('need no list, wherever the group stands', () => {
    expect(joinsOf(chain(a.s(), group(b.s(), c.s()))).map(({ entries }) => entries)).toEqual([undefined])
  })
})

describe('an id that is asked for twice', () => {
  it('is refused by the name of the option, with its value', () => {
    const twice = chain(a.s().set({ taskId: 'same' }), b.s().set({ taskId: 'same' }))
    expect(() => compile(twice)).toThrow(expect.objectContaining({ option: 'taskId', value: 'same' }))
  })
})
