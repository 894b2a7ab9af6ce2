/**
 * What a canvas becomes before it runs: nodes and edges, as columns of numbers. Frozen plan, no state: what happened is the scheduler's.
 *
 * Three kinds of node are enough for every canvas. A *call* runs a task. A *join* hands what comes in to each member of its group and
 * collects their values as one list. A *pass* hands on what comes in (an empty chain). Every node has one way out: to the next step's
 * first node, to a slot of a join, or nowhere.
 *
 * Nodes are numbered in the order of the canvas, a join before its members, so that every canvas is a range of numbers. That is how
 * an errback knows whether a failure began inside its canvas, and costs nothing to keep.
 */
import type { Canvas } from '../canvas/canvas.js'
import type { EachMembers } from '../canvas/group.js'
import type { StoredOptions } from '../canvas/options.js'
import type { AnyChunks, AnyMap, AnySignature } from '../canvas/shape.js'
import type { AnyCanvas } from '../canvas/typing.js'

/** Where a call's task and arguments stand; of `each` and chunks, the table that all members share. */
export type CallSource = AnySignature | AnyMap | EachMembers | AnyChunks

/** A composite canvas: which nodes are inside, and where it stands in the one around it. */
export interface Scope {
  readonly kind: 'chain' | 'group' | 'chord'
  /** Index of the composite around it; -1 for the outermost. */
  readonly parent: number
  /** Its place there: which step, which member; of a chord 0 is the header and 1 the body. */
  readonly place: number
  /** Of a group: the node that collects it. Else -1. */
  readonly join: number
  /** What calls inside inherit: policy, expiry and headers of the composites around it and its own, merged; the inner ones win. */
  readonly inherited: StoredOptions | undefined
  /** Of members that were pulled later than those before them: the place of the first. Else they count from 0. */
  readonly from?: number
}

/** Members that are not there yet: they are pulled while their group runs. */
export interface LazyMembers {
  readonly members: Iterable<Canvas>
  /** A countdown or eta of the group or of what is around it, for the first calls of each. */
  readonly delay: Delay | undefined
}

/** A node that collects a group. */
export interface Join {
  readonly scope: number
  /** How many members it has in this graph; none, if they are pulled later. */
  readonly width: number
  readonly lazy?: LazyMembers
  /** The nodes where its members begin, in order; `undefined` if they are the `width` nodes right behind it, each a call. */
  readonly entries: readonly number[] | undefined
  /** The last node inside. */
  readonly last: number
  /** Collects a chord's header: what fails inside reaches the body as a `ChordError`. */
  readonly isHeader: boolean
  /** The first member that fails revokes the others. */
  readonly failFast: boolean
}

/** Callbacks and errbacks of one canvas, kept at the node that ends it. */
export interface Hook {
  /** A failure that began at one of these nodes began inside. */
  readonly from: number
  readonly to: number
  readonly link: readonly AnyCanvas[]
  readonly linkError: readonly AnyCanvas[]
  /** Where the canvas stands in the applied one. */
  readonly path: string
}

/** When a ready call may start: so many ms later, or at a point in time. */
export type Delay = number | Date

/** Where a node's value goes: a node number, or one of these. Below {@link TO_JOIN}, `TO_JOIN - join`. */
export const TO_NOWHERE = -1
export const TO_JOIN = -2

export interface Graph {
  readonly size: number
  /** Some of its calls are sent with something that is moved, not copied. */
  readonly movesValues?: boolean
  /** Its nodes are calls that have nothing to do with each other, each as if it had been applied alone. There is no exit. */
  readonly isLoose?: boolean
  readonly entry: number
  readonly exit: number
  /** The call of each node; `undefined` for joins and passes. */
  readonly calls: readonly (CallSource | undefined)[]
  readonly to: Int32Array
  /** The slot of the join that the node fills, if it fills one. */
  readonly slot: Int32Array
  /** The innermost composite around the node, -1 if there is none; a join belongs to its own group's. */
  readonly scope: Int32Array
  /** The node's place in that composite. */
  readonly place: Int32Array
  readonly scopes: readonly Scope[]
  readonly joins: ReadonlyMap<number, Join>
  readonly hooks: ReadonlyMap<number, readonly Hook[]>
  /** Ids that the canvas asks for, by node. */
  readonly ids: ReadonlyMap<number, string>
  /** How long a call waits once it is ready, by node, in ms or until a date. */
  readonly delays: ReadonlyMap<number, Delay>
  readonly callCount: number
}

/** The join that a node fills a slot of, or -1. */
export const joinFilledBy = (graph: Graph, node: number): number => {
  const to = graph.to[node] as number
  return to <= TO_JOIN ? TO_JOIN - to : -1
}

/** The node that comes next in a chain, or -1. */
export const nextStepOf = (graph: Graph, node: number): number => {
  const to = graph.to[node] as number
  return to >= 0 ? to : -1
}

/** The nodes where the members of a join begin. */
export const entryOf = (node: number, join: Join, member: number): number => join.entries?.[member] ?? node + 1 + member

/** The first call from one node to another, that one included; `undefined` if none of them is one. */
export function firstCall(graph: Graph, from: number, to: number): number | undefined {
  for (let node = from; node <= to; node++) if (graph.calls[node] !== undefined) return node
  return undefined
}

/** The first call of the body behind a header's join; if the body has none, the node where it begins. */
export function bodyOf(graph: Graph, join: number): number {
  const { last, scope } = graph.joins.get(join) as Join
  const chord = (graph.scopes[scope] as Scope).parent
  let node = last + 1
  while (node < graph.size && graph.calls[node] === undefined && isWithin(graph, node, chord)) node++
  return node < graph.size && isWithin(graph, node, chord) ? node : last + 1
}

function isWithin(graph: Graph, node: number, scope: number): boolean {
  let at = graph.scope[node] as number
  while (at > scope) at = (graph.scopes[at] as Scope).parent // what is inside has the larger number
  return at === scope
}

/** Where a node stands in the applied canvas, as a property path: `steps[1].members[0]`. */
export function pathOf(graph: Graph, node: number): string {
  if (graph.joins.has(node)) return pathOfScope(graph, graph.scope[node] as number)
  const scope = graph.scope[node] as number
  return scope < 0
    ? ''
    : joinPath(pathOfScope(graph, scope), partName(graph.scopes[scope] as Scope, graph.place[node] as number))
}

/** Where a composite stands in the applied canvas. */
export function pathOfScope(graph: Graph, scope: number): string {
  const parts: string[] = []
  for (let at = graph.scopes[scope]; at !== undefined && at.parent >= 0; at = graph.scopes[at.parent])
    parts.push(partName(graph.scopes[at.parent] as Scope, at.place))
  return parts.reverse().join('.')
}

export const joinPath = (outer: string, inner: string): string =>
  outer === '' || inner === '' ? outer + inner : `${outer}.${inner}`

function partName(scope: Scope, place: number): string {
  if (scope.kind === 'chord') return place === 0 ? 'header' : 'body'
  return `${scope.kind === 'chain' ? 'steps' : 'members'}[${place + (scope.from ?? 0)}]`
}

/** The group that a node is a direct member of, through the chains it is a step of: the group's join and the place in it. */
export function groupOfNode(graph: Graph, node: number): { readonly join: number; readonly index: number } | undefined {
  let place = graph.place[node] as number
  let at = graph.scope[node] as number
  while (at >= 0 && graph.scopes[at]?.kind === 'chain') {
    place = (graph.scopes[at] as Scope).place
    at = (graph.scopes[at] as Scope).parent
  }
  const join = graph.scopes[at]?.join ?? -1
  return join < 0 ? undefined : { join, index: place + (graph.scopes[at]?.from ?? 0) }
}
