/** The calls of a graph that could start at once when it is applied: what it asks of a queue. */
import { entryOf, type Graph, nextStepOf } from './graph.js'

export function* firstCallsOf(graph: Graph): Generator<number, void, undefined> {
  const todo = [graph.entry]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    const join = graph.joins.get(node)
    if (graph.calls[node] !== undefined) yield node
    else if (join === undefined || join.width === 0) {
      // An empty chain or group hands on at once what comes in.
      const next = nextStepOf(graph, node)
      if (next >= 0) todo.push(next)
    } else for (let i = 0; i < join.width; i++) todo.push(entryOf(node, join, i))
  }
}
