/**
 * A batch as it is sent. Calls that differ in their arguments only share one part, and the cheapest form of the arguments is chosen part by
 * part. A call whose arguments cannot be sent fails by itself; its neighbours leave.
 *
 * `npm run bench -- dispatch` justifies the care: this is most of what a small call costs on the runtime's side.
 */
import type { TransferListItem } from 'node:worker_threads'
import { EachMembers } from '../canvas/group.js'
import { NAMES_FOR_THREADS, policyIn, portablePolicy } from '../canvas/policy.js'
import { type Invocation, invocationOf, optionsOf, taskOf } from '../graph/call.js'
import { type CallSource, type Graph, TO_NOWHERE } from '../graph/graph.js'
import { type Batch, keepsValues, type Part } from '../scheduler/batch.js'
import type { BatchEnd } from '../scheduler/messages.js'
import type { Workflow } from '../scheduler/workflow.js'
import { packedRows, type RowOptions, type Rows, rowsOf } from '../serialization/columns.js'
import { type ByteLimits, checkSize } from '../serialization/size.js'
import { isTransferUsed, mayRunAgain } from '../serialization/transfer.js'
import { Meetings } from '../serialization/values.js'
import type { BatchMessage, PartMessage, Who } from '../worker/protocol.js'

/** A batch as it is sent, and the calls that cannot be. */
export interface SentBatch {
  readonly message: BatchMessage
  /** The place in the batch of each call that is sent; nothing if all are. */
  readonly places: readonly number[] | undefined
  readonly refused: readonly BatchEnd[]
  /** What is moved with it. */
  readonly moved: ReadonlySet<TransferListItem>
}

/** What arguments may be at most. */
export interface ArgumentLimits {
  readonly maxDepth: number
  readonly bytes?: ByteLimits | undefined
}
/** As rows are made; with limits of size only if there are some. */
interface SendOptions extends RowOptions {
  readonly bytes: ByteLimits | undefined
}

/** Calls that are sent as one part. */
interface Stretch {
  readonly part: Part
  /** Offset of the first in its part. */
  readonly from: number
  readonly size: number
  /** Lone calls of one task, each the whole of its workflow. */
  readonly loose: readonly Part[] | undefined
}

export function encodeBatch(batch: Batch, cursor: number, { maxDepth, bytes }: ArgumentLimits): SentBatch {
  const moved = new Set<TransferListItem>()
  // What is moved was given away for this when its canvas was admitted.
  const options: SendOptions = {
    maxDepth: maxDepth + 1,
    what: 'args',
    meetings: new Meetings(),
    moved,
    isPromised: true,
    bytes: bytes?.maxArgumentBytes === Infinity ? undefined : bytes,
  }
  try {
    const parts = stretchesOf(batch).map((stretch) => encodeStretch(stretch, options))
    return { message: { batch: batch.number, cursor, parts }, places: undefined, refused: [], moved }
  } catch {
    moved.clear()
    return encodeEach(batch, cursor, options)
  }
}

/** One of the calls cannot be sent: each is tried by itself. */
function encodeEach(batch: Batch, cursor: number, options: SendOptions): SentBatch {
  const parts: PartMessage[] = []
  const places: number[] = []
  const refused: BatchEnd[] = []
  for (const part of batch.parts)
    for (let from = 0; from < part.size; from++) {
      const place = part.at + from
      // Steps behind one that is refused will not run.
      if (part.isLinked && places.at(-1) !== place - 1) continue
      try {
        parts.push(encodeStretch({ part, from, size: 1, loose: undefined }, options))
        places.push(place)
      } catch (error) {
        refused.push({ at: place, outcome: { ok: false, error: error as Error } })
      }
    }
  return { message: { batch: batch.number, cursor, parts }, places, refused, moved: options.moved }
}

function stretchesOf({ parts }: Batch): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Part
    const loose = isLoose(part) ? looseFrom(parts, i) : undefined
    if (loose !== undefined && loose.length > 1) {
      stretches.push({ part, from: 0, size: loose.length, loose })
      i += loose.length - 1
    } else splitPart(part, stretches)
  }
  return stretches
}

/** A call that is its whole workflow, and says nothing of itself. */
const isLoose = ({ workflow, size, attempt, isLinked }: Part): boolean =>
  size === 1 && !isLinked && attempt === 1 && workflow.isLoneCall

/** Lone calls of one task that stand together. */
function looseFrom(parts: readonly Part[], first: number): readonly Part[] {
  const { plan, workflow, node } = parts[first] as Part
  const task = taskOf(workflow.graph.calls[node] as CallSource)
  let end = first + 1
  for (; end < parts.length; end++) {
    const part = parts[end] as Part
    if (part.plan !== plan || !isLoose(part)) break
    const other = taskOf(part.workflow.graph.calls[part.node] as CallSource)
    if (other.task !== task.task || other.moduleUrl !== task.moduleUrl) break
  }
  return parts.slice(first, end)
}

/** Splits a part where one call differs from the one before it in more than its arguments. */
function splitPart(part: Part, into: Stretch[]): void {
  const { graph } = part.workflow
  let from = 0
  for (let i = 1; i <= part.size; i++) {
    if (i < part.size && isAlike(part, graph, part.node + i)) continue
    into.push({ part, from, size: i - from, loose: undefined })
    from = i
  }
}

/** Whether a call can share what is said of the one before it. */
function isAlike({ workflow, isLinked }: Part, graph: Graph, node: number): boolean {
  const [source, before] = [graph.calls[node], graph.calls[node - 1]] as [CallSource, CallSource]
  if (source !== before) {
    if (!isSignature(source) || !isSignature(before)) return false
    if (source.task !== before.task || source.moduleUrl !== before.moduleUrl || source.options !== before.options)
      return false
    if (isLinked && source.immutable !== before.immutable) return false
  } else if (!(source instanceof EachMembers)) return false
  const isMember =
    graph.isLoose === true ||
    (graph.scope[node] === graph.scope[node - 1] && graph.place[node] === (graph.place[node - 1] as number) + 1)
  if (!isMember || workflow.isPeculiar(node) || workflow.isPeculiar(node - 1)) return false
  // The last step of a chain may be a member of a group.
  return !isLinked || graph.to[node] === node + 1 || (graph.to[node] === TO_NOWHERE && workflow.header === undefined)
}

const isSignature = (source: CallSource): source is Extract<CallSource, { kind: 'task' }> =>
  'kind' in source && source.kind === 'task'

function encodeStretch(stretch: Stretch, given: SendOptions): PartMessage {
  const { part, from, size, loose } = stretch
  const options = isOnlyReader(stretch) ? { ...given, movesOn: true } : given
  const { workflow, isLinked } = part
  const node = part.node + from
  const first = invocationAt(workflow, node, isLinked)
  const policy = policyIn(optionsOf(workflow.graph, node), NAMES_FOR_THREADS)
  const rowAt = rowReader(stretch, first)
  // Of linked ones more comes in, there.
  if (options.bytes !== undefined && !isLinked) checkRows(size, rowAt, first.items, options.bytes)
  return {
    taskName: first.task.task,
    moduleUrl: first.task.moduleUrl,
    how: first.how,
    size,
    args: rowsOf(size, rowAt, options),
    items: first.items && itemRows(first, options),
    who: whoOf(stretch),
    policy: policy && portablePolicy(policy),
    isLinked,
    isDeaf: isLinked && (first.how !== 'call' || first.task.immutable),
    dropsLinks: loose === undefined && !keepsValues(part),
  }
}

function checkRows(size: number, rowAt: (i: number) => readonly unknown[], items: unknown, bytes: ByteLimits): void {
  for (let i = 0; i < size; i++)
    checkSize(items === undefined ? rowAt(i) : [rowAt(i), items], bytes, 'maxArgumentBytes', 'args')
}

/** Nobody else will read what comes in from the step before, not even another run: what was moved here with it can be moved on. */
function isOnlyReader({ part, from, size, loose }: Stretch): boolean {
  const { workflow, plan, isLinked } = part
  if (!isTransferUsed() || size !== 1 || loose !== undefined || isLinked || workflow.keep) return false
  const { graph } = workflow
  const node = part.node + from
  const { by } = workflow.input(node)
  return by >= 0 && graph.to[by] === node && !graph.hooks.has(by) && !mayRunAgain(plan.policy)
}

/** Of a linked call: without what comes in, which only its thread knows. */
function invocationAt(workflow: Workflow, node: number, isLinked: boolean): Invocation {
  return invocationOf(workflow.graph, node, isLinked ? NOTHING_IN : workflow.input(node))
}

const NOTHING_IN = { args: [], by: -1 }

/** The arguments of the calls of a stretch, without an object for each where they stand somewhere already. */
function rowReader({ part, from, loose }: Stretch, first: Invocation): (i: number) => readonly unknown[] {
  const { workflow, node, isLinked } = part
  const source = workflow.graph.calls[node + from]
  if (loose !== undefined)
    return (i) => {
      const { workflow: own, node: at } = loose[i] as Part
      return invocationAt(own, at, false).args
    }
  if (source instanceof EachMembers && Object.keys(first.task.kwargs).length === 0) {
    const place = workflow.graph.place[node + from] as number
    return (i) => source.table[place + i] as readonly unknown[]
  }
  return (i) => workflow.argsOf(node + from + i) ?? invocationAt(workflow, node + from + i, isLinked).args
}

/** Of a map each item is a row of one. A row of nothing has to be told from no row. */
function itemRows({ how, items }: Invocation, options: RowOptions): Rows {
  const list = items as readonly unknown[]
  const rowAt = how === 'map' ? (i: number) => [list[i]] : (i: number) => list[i] as readonly unknown[]
  const rowOptions = { ...options, what: 'items', maxDepth: options.maxDepth + 1 }
  const hasNothing = list.length === 0 || rowAt(0).length === 0
  return hasNothing ? packedRows(list.length, rowAt, rowOptions) : rowsOf(list.length, rowAt, rowOptions)
}

function whoOf({ part, from, size, loose }: Stretch): Who {
  const { workflow, attempt, plan, isLinked } = part
  const { graph, idPrefix, appliedAt } = workflow
  const node = part.node + from
  const options = optionsOf(graph, node)
  const group = loose === undefined ? workflow.groupOf(node) : undefined
  return {
    idPrefix,
    workflow: loose === undefined ? workflow.number : loose.map(({ workflow: { number } }) => number),
    node,
    id: size === 1 ? graph.ids.get(node) : undefined,
    rootId: loose !== undefined || workflow.isLoneCall || workflow.isLoose ? undefined : workflow.rootIdOf(node),
    parentId: isLinked ? workflow.idOf(feederOf(part, from)) : workflow.parentIdOf(workflow.input(node)),
    groupId: group?.id,
    groupIndex: group?.index,
    headers: options.headers,
    stamps: options.stamps,
    attempt,
    eta: dateOf(graph.delays.get(node), appliedAt),
    expires: dateOf(plan.policy.expires, appliedAt),
    mayAddToChord: workflow.headerOf(node) !== undefined,
  }
}

/** The step before a linked one: mostly the node before it, which need not be looked for. */
function feederOf({ node, workflow }: Part, from: number): number {
  const at = node + from
  return workflow.graph.to[at - 1] === at ? at - 1 : workflow.feederOf(at)
}

/** A point in time, given as one or as ms from applying. */
const dateOf = (time: number | Date | undefined, appliedAt: number): Date | undefined =>
  typeof time === 'number' ? (Number.isFinite(time) ? new Date(appliedAt + time) : undefined) : time
