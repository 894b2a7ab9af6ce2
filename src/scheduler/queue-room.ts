/** How many calls wait to start: what `maxQueue` is about. It refuses nothing: who asks does. */
import type { Dispatcher } from './dispatcher.js'

/** How many calls would wait to start with so many more, of which some are held back by a limit of their task. */
export function waitingWith(dispatcher: Dispatcher, free: number, held: number): number {
  const { ready, gated, lanes, callsPerThread } = dispatcher
  return gated + held + Math.max(ready - gated + activeOf(dispatcher) + free - lanes.length * callsPerThread, 0)
}

/** How many members groups may pull: no more than half of the queue is theirs, so that something can still be applied. */
export function roomForIntakes(dispatcher: Dispatcher, maxQueue: number): number {
  if (maxQueue === Infinity) return Infinity
  const { ready, lanes, callsPerThread } = dispatcher
  return Math.floor(maxQueue / 2) + lanes.length * callsPerThread - activeOf(dispatcher) - ready
}

const activeOf = ({ lanes }: Dispatcher): number => lanes.reduce((sum, lane) => sum + Math.max(lane.active, 0), 0)
