/** The graph of each kind of canvas: its nodes, where their values go, and what is kept beside them. */
import { describe, expect, it } from 'vitest'
import { optionsOf } from '../../../src/graph/call.js'
import { compile, compileCallback, compileMembers } from '../../../src/graph/compile.js'
import { bodyOf, entryOf, firstCall, type Join, pathOf } from '../../../src/graph/graph.js'
import type { Loose } from '../scheduler/by-hand.js'
import { draw, loose, tasks } from './drawing.js'

const { chain, chord, group } = loose
const { a, b, c, d } = tasks

const cases: readonly (readonly [kind: string, canvas: () => Loose, graph: readonly string[]])[] = [
  ['a call', () => a.s(), ['0 a']],
  ['a map', () => a.map([1, 2]), ['0 a']],
  ['a starmap', () => a.starmap([[1], [2]]), ['0 a']],
  ['a chain', () => chain(a.s(), b.s(), c.s()), ['0 a → 1', '1 b → 2', '2 c']],
  ['an empty chain', () => chain(), ['0 pass']],
  ['a chain with an empty one in it', () => chain(a.s(), chain(), b.s()), ['0 a → 1', '1 pass → 2', '2 b']],
  ['a group', () => group(a.s(), b.s()), ['0 join of 2', '1 a fills 0[0]', '2 b fills 0[1]']],
  ['a group of one', () => group(a.s()), ['0 join of 1', '1 a fills 0[0]']],
  ['an empty group', () => group(), ['0 join of 0']],
  ['a chord', () => chord([a.s(), b.s()], c.s()), ['0 header of 2 → 3', '1 a fills 0[0]', '2 b fills 0[1]', '3 c']],
  ['a chord of nothing', () => chord([], a.s()), ['0 header of 0 → 1', '1 a']],
  ['chunks', () => a.chunks([[1], [2], [3]], 2), ['0 join of 2', '1 a fills 0[0]', '2 a fills 0[1]']],
  ['chunks of nothing', () => a.chunks([], 2), ['0 join of 0']],
  ['chunks in one slice', () => a.chunks([[1], [2]], Number.POSITIVE_INFINITY), ['0 join of 1', '1 a fills 0[0]']],
  ['each', () => a.each([[1], [2]]), ['0 join of 2', '1 a fills 0[0]', '2 a fills 0[1]']],
  ['each of nothing', () => a.each([]), ['0 join of 0']],
  [
    'a chord of chunks',
    () => chord(a.chunks([[1], [2]], 1), b.s()),
    ['0 header of 2 → 3', '1 a fills 0[0]', '2 a fills 0[1]', '3 b'],
  ],
  [
    'a group after a group',
    () => chain(group(a.s(), b.s()), group(c.s(), d.s())),
    ['0 join of 2 → 3', '1 a fills 0[0]', '2 b fills 0[1]', '3 join of 2', '4 c fills 3[0]', '5 d fills 3[1]'],
  ],
  [
    'a group of chains and groups',
    () => group(chain(a.s(), b.s()), group(c.s()), chain(), d.s()),
    [
      '0 join of 4',
      '1 a → 2',
      '2 b fills 0[0]',
      '3 join of 1 fills 0[1]',
      '4 c fills 3[0]',
      '5 pass fills 0[2]',
      '6 d fills 0[3]',
    ],
  ],
  [
    'a chord whose body is a chord',
    () => chord([a.s()], chord([b.s()], c.s())),
    ['0 header of 1 → 2', '1 a fills 0[0]', '2 header of 1 → 4', '3 b fills 2[0]', '4 c'],
  ],
  [
    'a chord in a header',
    () => chord([chord([a.s()], b.s()), c.s()], d.s()),
    ['0 header of 2 → 5', '1 header of 1 → 3', '2 a fills 1[0]', '3 b fills 0[0]', '4 c fills 0[1]', '5 d'],
  ],
  [
    'chains of chains',
    () => chain(chain(a.s(), chain(b.s())), chain(chain(c.s()), d.s())),
    ['0 a → 1', '1 b → 2', '2 c → 3', '3 d'],
  ],
]

describe('the graph of', () => {
  it.each(cases)('%s', (_kind, canvas, graph) => {
    expect(draw(canvas())).toEqual(graph)
  })

  it.each<readonly [string, () => Loose, readonly [number, number, number, number]]>([
    ['a call', () => a.s(), [1, 0, 0, 1]],
    ['a chain', () => chain(a.s(), b.s()), [2, 0, 1, 2]],
    ['a group', () => group(a.s(), b.s()), [3, 0, 0, 2]],
    ['a chord', () => chord([a.s()], b.s()), [3, 0, 2, 2]],
    ['a chord whose body is a group', () => chord([a.s()], group(b.s())), [4, 0, 2, 2]],
    ['an empty chain', () => chain(), [1, 0, 0, 0]],
  ])(
    '%s says its size, where it begins and ends, and how many calls it has',
    (_kind, canvas, [size, entry, exit, callCount]) => {
      expect(compile(canvas())).toMatchObject({ size, entry, exit, callCount })
    },
  )
})

describe('a join', () => {
  const joinOf = (canvas: Loose, node = 0): Join => compile(canvas).joins.get(node) as Join
  const entriesOf = (canvas: Loose): readonly number[] => {
    const join = joinOf(canvas)
    return Array.from({ length: join.width }, (_, i) => entryOf(0, join, i))
  }

  it.each<readonly [string, () => Loose, readonly number[], boolean]>([
    ['calls in a row', () => group(a.s(), b.map([1]), c.s()), [1, 2, 3], false],
    ['chains of one call', () => group(chain(a.s()), b.s()), [1, 2], false],
    ['a chain of two first', () => group(chain(a.s(), b.s()), c.s()), [1, 3], true],
    ['a chain of two last', () => group(a.s(), b.s(), chain(c.s(), d.s())), [1, 2, 3], true],
    ['a chain of two in the middle', () => group(a.s(), chain(b.s(), c.s()), d.s()), [1, 2, 4], true],
    ['an empty chain', () => group(a.s(), chain()), [1, 2], true],
    ['an empty group', () => group(group(), a.s()), [1, 2], true],
    ['groups', () => group(group(a.s()), group(b.s())), [1, 3], true],
  ])('knows where its members begin: %s', (_what, canvas, entries, isList) => {
    expect(entriesOf(canvas())).toEqual(entries)
    expect(joinOf(canvas()).entries !== undefined).toBe(isList)
  })

  it('knows its last node', () => {
    expect(joinOf(group(a.s(), chain(b.s(), group(c.s())))).last).toBe(4)
    expect(joinOf(chain(group(), a.s())).last).toBe(0)
  })
})

describe('callbacks and errbacks', () => {
  const hooksOf = (canvas: Loose) =>
    [...compile(canvas).hooks].map(([node, hooks]) => [node, ...hooks.map(({ from, to, path }) => [from, to, path])])
  const errback = d.s('errback')

  it('are kept at the node that ends their canvas, with the range of its nodes', () => {
    expect(hooksOf(a.s().linkError(errback))).toEqual([[0, [0, 0, '']]])
    expect(hooksOf(chain(a.s(), chain(b.s(), c.s()).linkError(errback), d.s()))).toEqual([[2, [1, 2, 'steps[1]']]])
    expect(hooksOf(chain(a.s(), group(b.s(), c.s()).linkError(errback)))).toEqual([[1, [1, 3, 'steps[1]']]])
    expect(hooksOf(chain(a.s(), b.each([[1], [2]]).linkError(errback)))).toEqual([[1, [1, 3, 'steps[1]']]])
    expect(hooksOf(chain().linkError(errback))).toEqual([[0, [0, 0, '']]])
  })

  it('of canvases that end at the same node stand there together, the inner ones first', () => {
    const canvas = chain(a.s(), b.s().linkError(errback)).linkError(errback)
    expect(hooksOf(canvas)).toEqual([[1, [1, 1, 'steps[1]'], [0, 1, '']]])
  })

  it('of a body have the header in their range, from its join on', () => {
    const body = (canvas: Loose): unknown => hooksOf(chain(a.s(), chord([b.s()], canvas.linkError(errback))))
    expect(body(c.s())).toEqual([[3, [1, 3, 'steps[1].body']]])
    expect(body(chain(c.s(), d.s()))).toEqual([[4, [1, 4, 'steps[1].body']]])
    expect(body(c.chunks([[1]], 1))).toEqual([[3, [1, 4, 'steps[1].body']]])
    expect(body(chain())).toEqual([[3, [1, 3, 'steps[1].body']]])
  })

  it('hold what was linked', () => {
    const [hook] = compile(a.s().link(b.s()).linkError(errback)).hooks.get(0)!
    expect([hook?.link, hook?.linkError]).toEqual([[b.s()], [errback]])
  })

  it('are compiled once, however often they run', () => {
    expect(compileCallback(errback)).toBe(compileCallback(errback))
    expect(compileCallback(errback)).not.toBe(compileCallback(d.s('another')))
  })
})

describe('ids', () => {
  it('are kept at the node that ends their canvas', () => {
    const canvas = chain(a.s().set({ taskId: 'first' }), chord([b.s()], c.s()).set({ taskId: 'body' }))
    expect([...compile(canvas).ids]).toEqual([
      [0, 'first'],
      [3, 'body'],
    ])
  })

  it('asked for by a canvas win over those of the call that ends it', () => {
    const canvas = chain(a.s(), b.s().set({ taskId: 'inner' })).set({ taskId: 'outer' })
    expect([...compile(canvas).ids]).toEqual([[1, 'outer']])
  })

  it('may not be asked for twice', () => {
    const twice = group(a.s().set({ taskId: 'same' }), b.s().set({ taskId: 'same' }))
    expect(() => compile(twice)).toThrow('two calls of the canvas ask for the id "same"')
  })

  it('may be asked for by a canvas and by the call that ends it', () => {
    const canvas = chain(a.s(), b.s().set({ taskId: 'same' })).set({ taskId: 'same' })
    expect([...compile(canvas).ids]).toEqual([[1, 'same']])
  })
})

describe('members that are pulled late', () => {
  it('are not pulled when the canvas is compiled: their group is a join that is to get them', () => {
    let pulled = 0
    const lazy = group({
      *[Symbol.iterator]() {
        pulled++
        yield a.s()
      },
    })
    expect(draw(lazy)).toEqual(['0 join of 0'])
    expect(compile(lazy).joins.get(0)?.lazy?.members).toBe((lazy as unknown as { members: unknown }).members)
    expect(pulled).toBe(0)
  })

  it('are compiled together, and their places count on', () => {
    const around = { inherited: { priority: 3 }, delay: 5, failFast: true, from: 7 }
    const graph = compileMembers([a.s(), chain(b.s(), a.s())], around)
    expect([1, 2, 3].map((node) => pathOf(graph, node))).toEqual([
      'members[7]',
      'members[8].steps[0]',
      'members[8].steps[1]',
    ])
    expect([...graph.delays]).toEqual([
      [1, 5],
      [2, 5],
    ])
    expect(optionsOf(graph, 3)).toEqual({ priority: 3 })
    expect(graph.joins.get(0)?.failFast).toBe(true)
  })
})

describe('the first call', () => {
  it('from one node to another is found, if there is one', () => {
    const graph = compile(chain(group(a.s()), chain(), b.s()))
    expect([firstCall(graph, 0, 3), firstCall(graph, 1, 1), firstCall(graph, 2, 3), firstCall(graph, 2, 2)]).toEqual([
      1,
      1,
      3,
      undefined,
    ])
  })

  it.each<readonly [string, () => Loose, number]>([
    ['a call', () => b.s(), 3],
    ['a chain', () => chain(b.s(), c.s()), 3],
    ['a chain that begins with nothing', () => chain(chain(), group(), b.s()), 5],
    ['a group', () => group(group(b.s())), 5],
    ['a chord', () => chord([b.s()], c.s()), 4],
    ['an empty chain, where there is none', () => chain(), 3],
    ['empty groups, where there is none', () => group(group(), group()), 3],
  ])('of a body that is %s', (_what, body, node) => {
    const graph = compile(chain(a.s(), chord([a.s()], body()), d.s()))
    expect(bodyOf(graph, 1)).toBe(node)
    expect(bodyOf(compile(chain(a.s(), chord([a.s()], body()))), 1)).toBe(node)
  })
})

describe('what is no canvas', () => {
  it('cannot be compiled', () => {
    expect(() => compile({ kind: 'dance' } as never)).toThrow('unexpected {"kind":"dance"}')
  })
})
