/** How far a call is, as its handle shows it: what it last said, or of map, starmap and chunks how many of its items are done. */
import { EachMembers } from '../canvas/group.js'
import type { CallSource } from '../graph/graph.js'
import { joinFilledBy } from '../graph/graph.js'
import type { Workflow } from '../scheduler/workflow.js'

/** Items that are done, and all there are. */
interface ItemProgress {
  readonly done: number
  readonly total: number
}

export function progressOf(workflow: Workflow, node: number): unknown {
  const { calls, joins } = workflow.graph
  if (calls[node] !== undefined) return itemsOf(workflow, node) ?? workflow.progress.get(node)
  const last = joins.get(node)?.last ?? node
  return isChunks(calls[node + 1]) ? sumOf(workflow, node, last) : undefined
}

const isChunks = (source: CallSource | undefined): boolean =>
  source !== undefined && !(source instanceof EachMembers) && source.kind === 'chunks'

/** The slices of chunks stand right behind their join. */
function sumOf(workflow: Workflow, join: number, last: number): ItemProgress | undefined {
  if (joinFilledBy(workflow.graph, join + 1) !== join) return undefined
  let [done, total] = [0, 0]
  for (let node = join + 1; node <= last; node++) {
    const items = itemsOf(workflow, node)
    if (items === undefined) return undefined
    done += items.done
    total += items.total
  }
  return Object.freeze({ done, total })
}

/** Items are counted when their call has succeeded: it runs them in one go. */
function itemsOf(workflow: Workflow, node: number): ItemProgress | undefined {
  const total = itemCount(workflow.graph.calls[node] as CallSource, workflow.graph.place[node] as number)
  return total === undefined ? undefined : Object.freeze({ done: workflow.succeeded(node) ? total : 0, total })
}

function itemCount(source: CallSource, place: number): number | undefined {
  if (source instanceof EachMembers || source.kind === 'task') return undefined
  const { length } = source.items as readonly unknown[]
  if (source.kind !== 'chunks') return length
  return source.size === Infinity ? length : Math.min(source.size, length - place * source.size)
}
