/** Whose call a thread died under, as far as its batches tell. It decides nothing about what becomes of them. */
import type { BatchUnderWay } from './batch-under-way.js'
import type { Ran } from './executor.js'

/** Any of its batches may be it: their calls ran side by side. */
const ANY = Infinity

/**
 * The number of the batch that a thread died under. Calls begin in turn: when one of a later batch has begun, those before it have ended, unless they run
 * side by side. If none had begun the first takes the blame: else another thread would die for it, for ever.
 */
export function diedUnder(there: readonly BatchUnderWay[], callsPerThread: number): number {
  const begun = there.flatMap(({ begun, batch }) => (begun > 0 ? [batch] : []))
  if (begun.length === 0) return there[0]?.batch.number ?? ANY
  if (callsPerThread > 1 || begun.some(({ lenders }) => lenders.size > 0)) return ANY
  return Math.max(...begun.map(({ number }) => number))
}

/** How far a batch had come of whose calls so many had begun, when its thread died under that one. */
export function ranOf({ batch }: BatchUnderWay, begun: number, under: number): Ran {
  const isIt = under === batch.number
  return { begun: isIt ? Math.max(begun, 1) : begun, isUnder: isIt || under === ANY }
}
