/** Where nodes stand in their canvas, as property paths, and which group they are members of. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { groupOfNode, joinPath, pathOf } from '../../../src/graph/graph.js'
import type { Loose } from '../scheduler/by-hand.js'
import { loose, tasks } from './drawing.js'

const { chain, chord, group } = loose
const { a, b, c, d } = tasks

const pathsOf = (canvas: Loose): readonly string[] => {
  const graph = compile(canvas)
  return Array.from({ length: graph.size }, (_, node) => pathOf(graph, node))
}

describe('the path', () => {
  it.each<readonly [string, () => Loose, readonly string[]]>([
    ['a call alone', () => a.s(), ['']],
    ['a group alone', () => group(a.s()), ['', 'members[0]']],
    ['steps', () => chain(a.s(), chain(), b.s()), ['steps[0]', 'steps[1]', 'steps[2]']],
    ['a chord', () => chord([a.s(), b.s()], c.s()), ['header', 'header.members[0]', 'header.members[1]', 'body']],
    ['chunks', () => a.chunks([[1], [2]], 1), ['', 'members[0]', 'members[1]']],
    ['each', () => chain(a.each([[1]])), ['steps[0]', 'steps[0].members[0]']],
    [
      'nested canvases',
      () => chain(a.s(), group(b.s(), chord([c.s()], chain(d.s(), a.map([1]))))),
      [
        'steps[0]',
        'steps[1]',
        'steps[1].members[0]',
        'steps[1].members[1].header',
        'steps[1].members[1].header.members[0]',
        'steps[1].members[1].body.steps[0]',
        'steps[1].members[1].body.steps[1]',
      ],
    ],
  ])('of %s', (_what, canvas, paths) => {
    expect(pathsOf(canvas())).toEqual(paths)
  })

  it('inside another is joined by a dot, if there are two', () => {
    expect([joinPath('steps[0]', 'body'), joinPath('', 'body'), joinPath('body', ''), joinPath('', '')]).toEqual([
      'steps[0].body',
      'body',
      'body',
      '',
    ])
  })

  it('really leads there', () => {
    const canvas = chain(a.s(), group([b.s(), chord([c.s()], d.s())]))
    const graph = compile(canvas)
    const found = Array.from({ length: graph.size }, (_, node) => at(canvas, pathOf(graph, node)))
    expect(found.filter((part) => part.kind === 'task')).toEqual(graph.calls.filter((call) => call !== undefined))
  })
})

/** The part of a canvas that a path leads to. */
function at(canvas: Loose, path: string): Loose {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
  return keys.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], canvas) as Loose
}

describe('a node is a member', () => {
  const groupsOf = (canvas: Loose): readonly unknown[] => {
    const graph = compile(canvas)
    return Array.from({ length: graph.size }, (_, node) => groupOfNode(graph, node))
  }

  it('of no group, alone or in chains', () => {
    expect(groupsOf(a.s())).toEqual([undefined])
    expect(groupsOf(chain(a.s(), chain(b.s())))).toEqual([undefined, undefined])
  })

  it('of the group around it, through chains, at the place of its chain', () => {
    const [, ...found] = groupsOf(group(a.s(), chain(chain(b.s(), c.s()), d.s())))
    expect(found).toEqual([0, 1, 1, 1].map((index) => ({ join: 0, index })))
  })

  it('not of the group around its chord, if it is the body', () => {
    expect(groupsOf(group(chord([a.s()], b.s()))).slice(2)).toEqual([{ join: 1, index: 0 }, undefined])
  })
})
