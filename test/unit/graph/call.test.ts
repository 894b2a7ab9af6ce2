/** What a call node runs: the task, how, with which arguments and options. */
import { describe, expect, it } from 'vitest'
import { withOptions } from '../../../src/canvas/shape.js'
import {
  type Input,
  inheritedByReplacement,
  invocationOf,
  optionsOf,
  stampsOf,
  taskOf,
} from '../../../src/graph/call.js'
import { compile } from '../../../src/graph/compile.js'
import type { Loose } from '../scheduler/by-hand.js'
import { loose, tasks } from './drawing.js'

const { chain, chord, group } = loose
const { a, b } = tasks
const NOTHING: Input = { args: [], by: -1 }

const invoked = (canvas: Loose, node: number, input: Input = NOTHING) => {
  const { how, task, args, items } = invocationOf(compile(canvas), node, input)
  return { how, task: task.task, args, items }
}

describe('a call', () => {
  it('has what comes in before its own arguments, and the options object last', () => {
    const input = { args: ['in'], kwargs: { y: 2 }, by: -1 }
    expect(invoked(a.with({ x: 1, y: 1 }).s('own'), 0, input)).toEqual({
      how: 'call',
      task: 'a',
      args: ['in', 'own', { x: 1, y: 2 }],
      items: undefined,
    })
  })

  it('keeps a key of the name __proto__ that comes in a key, and takes nothing over from it', () => {
    const input = { args: [], kwargs: JSON.parse('{"__proto__": {"polluted": true}}'), by: -1 }
    const [merged] = invoked(a.with({ x: 1 }).s(), 0, input).args as [object]
    expect(Object.keys(merged)).toEqual(['x', '__proto__'])
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect('polluted' in merged).toBe(false)
  })

  it('has its own arguments as they are, if nothing comes in', () => {
    const signature = a.s(1, 2)
    expect(invoked(signature, 0).args).toBe((signature as unknown as { args: unknown }).args)
  })

  it('has only its own arguments if it is immutable', () => {
    const immutable = (a as unknown as { si(...args: unknown[]): Loose }).si('own')
    expect(invoked(immutable, 0, { args: ['in'], kwargs: { y: 2 }, by: -1 }).args).toEqual(['own'])
  })
})

describe('a call of many items', () => {
  it('is a map, with the bound arguments apart', () => {
    const bound = a.with({ x: 1 }).s('bound') as unknown as { map(items: unknown[]): Loose }
    expect(invoked(bound.map([1, 2]), 0, { args: ['in'], by: -1 })).toEqual({
      how: 'map',
      task: 'a',
      args: ['bound', { x: 1 }],
      items: [1, 2],
    })
  })

  it('is a starmap', () => {
    expect(invoked(a.starmap([[1, 2]]), 0)).toEqual({ how: 'starmap', task: 'a', args: [], items: [[1, 2]] })
  })

  it('is a slice of chunks', () => {
    const chunks = a.chunks([[1], [2], [3]], 2)
    expect([1, 2].map((node) => invoked(chunks, node).items)).toEqual([[[1], [2]], [[3]]])
    expect(invoked(chunks, 1).how).toBe('starmap')
    expect(invoked(a.chunks([[1], [2]], Number.POSITIVE_INFINITY), 1).items).toEqual([[1], [2]])
  })

  it('is a row of the table of each', () => {
    const each = a.with({ x: 1 }).each([[1], [2, 3]])
    expect(invoked(each, 2, { args: ['in'], by: -1 })).toEqual({
      how: 'call',
      task: 'a',
      args: [2, 3, { x: 1 }],
      items: undefined,
    })
  })
})

describe('the task behind a call', () => {
  it('is found for every kind', () => {
    const canvas = group(a.s(), a.map([1]), a.starmap([[1]]), a.each([[1]]), a.chunks([[1]], 1))
    const calls = compile(canvas).calls.filter((call) => call !== undefined)
    expect(calls.map((call) => taskOf(call).task)).toEqual(['a', 'a', 'a', 'a', 'a'])
  })
})

describe('headers', () => {
  const headersIn = (canvas: Loose): readonly unknown[] => {
    const graph = compile(canvas)
    return graph.calls.flatMap((call, node) => (call === undefined ? [] : [optionsOf(graph, node).headers ?? {}]))
  }
  const having = (canvas: Loose, headers: object): Loose => canvas.set({ headers })

  it('are none, unless given', () => {
    expect(headersIn(chain(a.s(), b.each([[1]])))).toEqual([{}, {}])
  })

  it('of a call are its own', () => {
    expect(headersIn(having(a.s(), { own: 1 }))).toEqual([{ own: 1 }])
  })

  it('of a composite hold for every call inside, and those further in win', () => {
    const inner = having(group(having(a.s(), { own: 1 }), b.s()), { place: 'group', group: 1 })
    expect(headersIn(having(chain(inner, having(a.s(), { place: 'step' })), { place: 'chain', chain: 1 }))).toEqual([
      { place: 'group', group: 1, chain: 1, own: 1 },
      { place: 'group', group: 1, chain: 1 },
      { place: 'step', chain: 1 },
    ])
  })

  it('of a chord hold for header and body; those of chunks, each and map for their calls', () => {
    const header = having(a.chunks([[1]], 1), { of: 'chunks' })
    const body = group(having(b.each([[1]]), { of: 'each' }), having(b.map([1]), { of: 'map' }), b.s())
    expect(headersIn(having(chord(header, body), { of: 'chord' }))).toEqual(
      ['chunks', 'each', 'map', 'chord'].map((of) => ({ of })),
    )
  })
})

describe('stamps', () => {
  const stamped = (canvas: Loose, stamps: object): Loose =>
    (canvas as unknown as { stamp(stamps: object): Loose }).stamp(stamps)
  /** The canvas as it runs in place of that call. */
  const replacing = (call: Loose, canvas: Loose) => {
    const graph = compile(call)
    return compile(withOptions(canvas, inheritedByReplacement(canvas, graph, 0)))
  }

  it('of a call are its own, and none unless given', () => {
    const graph = compile(chain(a.s(), stamped(b.s(), { x: 1 })))
    expect([stampsOf(graph, 0), stampsOf(graph, 1)]).toEqual([undefined, { x: [1] }])
  })

  it('of a table hold for all its calls', () => {
    const graph = compile(stamped(a.each([[1], [2]]), { x: 1 }))
    expect([stampsOf(graph, 1), stampsOf(graph, 2)]).toEqual([{ x: [1] }, { x: [1] }])
  })

  it('of a call that is replaced go on to what replaces it, whose own win', () => {
    const graph = replacing(stamped(a.s(), { x: 1, y: 1 }), chain(stamped(b.s(), { y: 2 }), b.s()))
    expect([stampsOf(graph, 0), stampsOf(graph, 1)]).toEqual([
      { x: [1], y: [2] },
      { x: [1], y: [1] },
    ])
    expect(optionsOf(graph, 0).stamps).toEqual({ x: [1], y: [2] })
  })

  it('of a replacement are its own if the call had none', () => {
    expect(stampsOf(replacing(a.s(), stamped(b.s(), { y: 2 })), 0)).toEqual({ y: [2] })
    expect(stampsOf(replacing(stamped(a.s(), { y: 1 }), stamped(b.s(), { y: 2 })), 0)).toEqual({ y: [2] })
  })
})
