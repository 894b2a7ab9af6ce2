/** Canvases over nameless tasks, and a graph as text, one line a node: what it is, and where its value goes. */
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { group } from '../../../src/canvas/group.js'
import type { AnyCanvas } from '../../../src/canvas/typing.js'
import { taskOf } from '../../../src/graph/call.js'
import { compile } from '../../../src/graph/compile.js'
import { type Graph, joinFilledBy, nextStepOf } from '../../../src/graph/graph.js'
import { defineTasks } from '../../../src/task/task.js'
import type { Loose } from '../scheduler/by-hand.js'

export interface LooseTask {
  s(...args: readonly unknown[]): Loose
  with(options: object): LooseTask
  map(items: readonly unknown[]): Loose
  starmap(items: readonly unknown[]): Loose
  chunks(items: readonly unknown[], size: number): Loose
  each(items: readonly unknown[]): Loose
}

const nothing = (): void => {}
const bodies = { a: nothing, b: nothing, c: nothing, d: nothing }

export const tasks = defineTasks('file:///drawn.js', bodies) as unknown as Readonly<
  Record<keyof typeof bodies, LooseTask>
>
export const loose = { chain, chord, group } as unknown as {
  chain(...steps: readonly (Loose | Iterable<Loose>)[]): Loose
  chord(header: Loose | readonly Loose[], body: Loose): Loose
  group(...members: readonly (Loose | Iterable<Loose>)[]): Loose
}

export const draw = (canvas: AnyCanvas): readonly string[] => drawn(compile(canvas))

export const drawn = (graph: Graph): readonly string[] =>
  Array.from({ length: graph.size }, (_, node) => `${node} ${nameOf(graph, node)}${wayOut(graph, node)}`)

function nameOf(graph: Graph, node: number): string {
  const join = graph.joins.get(node)
  if (join !== undefined) return `${join.isHeader ? 'header' : 'join'} of ${join.width}`
  const call = graph.calls[node]
  return call === undefined ? 'pass' : taskOf(call).task
}

function wayOut(graph: Graph, node: number): string {
  const join = joinFilledBy(graph, node)
  if (join >= 0) return ` fills ${join}[${graph.slot[node]}]`
  const next = nextStepOf(graph, node)
  return next < 0 ? '' : ` → ${next}`
}
