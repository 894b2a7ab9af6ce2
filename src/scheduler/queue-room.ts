/** How many calls wait to start: what `maxQueue` is about. It refuses nothing: who asks does. */
import type { Dispatcher } from './dispatcher.js'
import type { Gate } from './gate.js'

/** Calls by the limit of their task. */
export type Gated = ReadonlyMap<Gate, number>
const NONE: Gated = new Map()

/** How many calls would wait to start with so many more: some without limits, and some of tasks that have them, of which few may start at once. */
export function waitingWith(dispatcher: Dispatcher, at: number, free: number, added: Gated = NONE): number {
  const { ready, gated, gates, lanes, callsPerThread } = dispatcher
  let [held, passing] = [0, 0]
  const meet = (gate: Gate, calls: number): void => {
    const starting = Math.min(calls, gate.room(at))
    passing += starting
    held += calls - starting
  }
  for (const gate of gates) meet(gate, gate.ready + (added.get(gate) ?? 0))
  for (const [gate, calls] of added) if (!gates.has(gate)) meet(gate, calls)
  const busy = ready - gated + passing + activeOf(dispatcher) + free
  return held + Math.max(busy - lanes.length * callsPerThread, 0)
}

/** How many members groups may pull: no more than half of the queue is theirs, so that something can still be applied. */
export function roomForIntakes(dispatcher: Dispatcher, maxQueue: number): number {
  if (maxQueue === Infinity) return Infinity
  const { ready, lanes, callsPerThread } = dispatcher
  return Math.floor(maxQueue / 2) + lanes.length * callsPerThread - activeOf(dispatcher) - ready
}

const activeOf = ({ lanes }: Dispatcher): number => lanes.reduce((sum, lane) => sum + Math.max(lane.active, 0), 0)
