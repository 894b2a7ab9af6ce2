/** The nodes of a graph that come first when it is applied: calls that could start at once, and groups that would pull their members. */
import { entryOf, type Graph, joinFilledBy, nextStepOf } from './graph.js'

/** What it asks of a queue. Members that are pulled later ask for themselves. */
export function* firstCallsOf(graph: Graph): Generator<number, void, undefined> {
  for (const node of firstNodesOf(graph)) if (graph.calls[node] !== undefined) yield node
}

/** Who gets what is applied. */
export function* firstNodesOf(graph: Graph): Generator<number, void, undefined> {
  const todo = [graph.entry]
  /** Of each join, members that do not end at once. */
  const missing = new Map<number, number>()
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    const join = graph.joins.get(node)
    if (graph.calls[node] !== undefined || join?.lazy !== undefined) yield node
    else if (join === undefined || join.width === 0) {
      const next = nextBehind(graph, node, missing)
      if (next >= 0) todo.push(next)
    } else {
      missing.set(node, join.width)
      for (let i = 0; i < join.width; i++) todo.push(entryOf(node, join, i))
    }
  }
}

/** What an empty chain or group hands on to at once: the next step, or the one behind a group of which it is the last to end at once. */
function nextBehind(graph: Graph, node: number, missing: Map<number, number>): number {
  for (let at = node; ; ) {
    const next = nextStepOf(graph, at)
    if (next >= 0) return next
    const join = joinFilledBy(graph, at)
    if (join < 0) return -1
    const left = (missing.get(join) as number) - 1
    missing.set(join, left)
    if (left > 0) return -1
    at = join
  }
}
