/** Canvases of sizes that recursion and spread arguments would not survive. Those from JSON stand in json-limits.test.ts. */
import { describe, expect, it } from 'vitest'
import { isEqual } from '../../../src/canvas/equality.js'
import type { CanvasJSON, ChainJSON } from '../../../src/canvas/json.js'
import { type Made, make, tasks } from './making.js'

const { chain, group } = make
const { a, b } = tasks

function nested(levels: number, innermost: Made, around: (inner: Made, level: number) => Made): Made {
  let canvas = innermost
  for (let level = 0; level < levels; level++) canvas = around(canvas, level)
  return canvas
}
const membersOf = (canvas: Made): readonly Made[] => [...canvas.members]
const written = (canvas: Made): CanvasJSON => (canvas as unknown as { toJSON(): CanvasJSON }).toJSON()

describe.each([
  ['chain', chain, 'steps'],
  ['group', group, 'members'],
] as const)('a %s', (_name, made, parts) => {
  it('takes more canvases than a stack could hold, as an array', () => {
    expect([...made(Array.from({ length: 200_000 }, () => a.s()))[parts]]).toHaveLength(200_000)
  })
})

describe('without a stack that grows', () => {
  it('canvases 20,000 levels deep are compared', () => {
    const deep = (innermost: Made): Made => nested(20_000, innermost, (inner) => chain(inner))
    expect(isEqual(deep(a.s(1)), deep(a.s(1)))).toBe(true)
    expect(isEqual(deep(a.s(1)), deep(a.s(2)))).toBe(false)
  })

  it('partial reaches 5,000 levels deep', () => {
    const deep = nested(5_000, a.s(), (inner, level) => (level % 10 === 0 ? group(inner) : chain(inner, b.s())))
    let inside = deep.partial('p')
    while (inside.kind !== 'task') inside = (inside.kind === 'chain' ? inside.steps : membersOf(inside))[0]!
    expect(inside.args).toEqual(['p'])
  })

  it('stamps reach 10,000 levels deep', () => {
    let inside = nested(10_000, a.s(), (inner) => group(inner)).stamp({ x: 1 })
    while (inside.kind === 'group') inside = membersOf(inside)[0]!
    expect(inside.options.stamps).toEqual({ x: [1] })
  })

  it('a chain 5,000 levels deep is written, and one of 50,000 steps', () => {
    let json = written(nested(5_000, a.s(1), (inner) => chain([inner])))
    let levels = 0
    for (; json.subtask_type === 'chain'; levels++) json = json.kwargs.tasks[0]!
    expect([levels, json.args]).toEqual([5_000, [1]])
    const long = written(chain(Array.from({ length: 50_000 }, () => a.s()))) as ChainJSON
    expect(long.kwargs.tasks).toHaveLength(50_000)
  })
})
