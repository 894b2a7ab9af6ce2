/** How many calls of a graph could start at once when it is applied: what it asks of a queue. */
import type { Graph } from './graph.js'
import { nextStepOf } from './graph.js'

export function countFirstCalls(graph: Graph): number {
  let count = 0
  const todo = [graph.entry]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    const join = graph.joins.get(node)
    if (graph.calls[node] !== undefined) count++
    else if (join === undefined || join.width === 0) {
      // An empty chain or group hands on at once what comes in.
      const next = nextStepOf(graph, node)
      if (next >= 0) todo.push(next)
    } else if (join.entries === undefined) count += join.width
    else for (const entry of join.entries) todo.push(entry)
  }
  return count
}
