/** What is left of calls that have run. */
import { describe, expect, it } from 'vitest'
import type { Canvas } from '../../../src/canvas/canvas.js'
import { taskOf } from '../../../src/graph/call.js'
import { compile } from '../../../src/graph/compile.js'
import { forgetArguments } from '../../../src/graph/spent.js'
import { defineTasks } from '../../../src/task/task.js'
import type { Loose } from '../scheduler/by-hand.js'
import { loose, tasks } from './drawing.js'

const { chain, group } = loose
const { a, b } = tasks
const elsewhere = defineTasks('file:///elsewhere.js', { a: () => 1 })

const spent = (canvas: Loose) => {
  const graph = compile(canvas as unknown as Canvas)
  forgetArguments(graph)
  return graph.calls
}

describe('a call that is spent', () => {
  it('is of its task and module still, without arguments, kwargs and options', () => {
    const calls = spent(group(a.with({ x: 1 }).s(1), elsewhere.a.s() as unknown as Loose, b.s(2).set({ priority: 1 })))
    expect(calls.flatMap((call) => (call === undefined ? [] : [call]))).toMatchObject([
      { task: 'a', moduleUrl: 'file:///drawn.js', args: [], kwargs: {}, options: {}, immutable: true },
      { task: 'a', moduleUrl: 'file:///elsewhere.js', args: [], kwargs: {}, options: {}, immutable: true },
      { task: 'b', moduleUrl: 'file:///drawn.js', args: [], kwargs: {}, options: {}, immutable: true },
    ])
  })

  it('shares what is left with its neighbours of the same task', () => {
    const [first, second, third, fourth] = spent(chain(a.s(1), a.s(2), b.s(), b.s()))
    expect([first === second, second === third, third === fourth]).toEqual([true, false, true])
  })

  it('keeps its items, if it has some, for their number', () => {
    const canvas = group(a.map([1, 2]), a.chunks([[1], [2]], 1), a.each([[1]]))
    const calls = spent(canvas)
    expect(calls).toEqual(compile(canvas as unknown as Canvas).calls)
    expect(calls.flatMap((call) => (call === undefined ? [] : [taskOf(call).task]))).toEqual(['a', 'a', 'a', 'a'])
  })
})
