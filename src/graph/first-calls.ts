/** The nodes of a graph that come first when it is applied: calls that could start at once, and groups that would pull their members. */
import { entryOf, type Graph, nextStepOf } from './graph.js'

/** What it asks of a queue. Members that are pulled later ask for themselves. */
export function* firstCallsOf(graph: Graph): Generator<number, void, undefined> {
  for (const node of firstNodesOf(graph)) if (graph.calls[node] !== undefined) yield node
}

/** Who gets what is applied. */
export function* firstNodesOf(graph: Graph): Generator<number, void, undefined> {
  const todo = [graph.entry]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    const join = graph.joins.get(node)
    if (graph.calls[node] !== undefined || join?.lazy !== undefined) yield node
    else if (join === undefined || join.width === 0) {
      // An empty chain or group hands on at once what comes in.
      const next = nextStepOf(graph, node)
      if (next >= 0) todo.push(next)
    } else for (let i = 0; i < join.width; i++) todo.push(entryOf(node, join, i))
  }
}
