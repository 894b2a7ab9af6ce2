/**
 * One applied canvas and how far it has come: a status and a value for each node of its graph, in columns. The scheduler writes it,
 * handles read it. It decides nothing.
 */

import { rememberFailure, type TaskFailure } from '../canvas/failure.js'
import { type Input, taskOf } from '../graph/call.js'
import { bodyOf, firstCall, type Graph, groupOfNode, joinFilledBy, joinPath, pathOf } from '../graph/graph.js'
import { checkMove, codeOf, type FinalStatus, isFinalCode, STATUSES, type Status } from './lifecycle.js'

/** What went wrong, shared by every node that fails because of it. */
export interface Failure {
  /** What the awaited result rejects with, and what errbacks outside of a chord see; of a chord whose header failed, the `ChordError`. */
  readonly error: Error
  /** The node where it began; of a `ChordError`, the header's join. */
  readonly origin: number
  /** The failure behind a `ChordError`. */
  readonly cause?: Failure
  /** The arguments of the call that failed; none if no call did. */
  readonly args?: readonly unknown[]
  /** Which item failed, of map, starmap and chunks. */
  readonly item?: number | undefined
  /** 1 for the first run; 0 if nothing ran. */
  readonly attempt: number
}

/** How a node ended. */
export type End =
  | { readonly status: 'succeeded'; readonly value: unknown }
  | { readonly status: 'failed' | 'revoked'; readonly failure: Failure }

/** A join that is filling up. */
export interface Filling {
  missing: number
  readonly values: unknown[]
  /** The first failed member in member order, so far. */
  failed: { readonly slot: number; readonly node: number } | undefined
}

/** Who started a workflow: a node of another one, whose callback or errback it is. */
export interface Origin {
  readonly workflow: Workflow
  readonly node: number
  /** Where its canvas stands in the one that started it. */
  readonly path: string
}

/** A workflow started by a callback, at the node that ends it. */
export interface ChildRef {
  readonly workflow: Workflow
  readonly node: number
}

/** Stands for a value that nobody asked to keep. */
export const DROPPED: unique symbol = Symbol('dropped')

const SUCCEEDED = codeOf('succeeded')

/** What a workflow is made from. */
export interface Plan {
  readonly graph: Graph
  /** Keep values that only feed the next step. */
  readonly keep: boolean
  /** The stack at the place of submission, made into text only when somebody looks. */
  readonly submittedAt: { readonly stack?: string }
}

export class Workflow {
  readonly number: number
  readonly graph: Graph
  readonly keep: boolean
  readonly origin: Origin | undefined
  /** The outermost workflow of callbacks of callbacks. */
  readonly root: Workflow
  readonly submittedAt: { readonly stack?: string }
  /** Text in front of the ids that are made here. */
  readonly idPrefix: string

  /** Nodes that are not final yet. */
  left: number
  /** Of a root: its own workflow and those of callbacks that are not finished. */
  open = 0
  /** Of a root: calls of its own and of callbacks. */
  callsInAll = 0
  /** The member that ended last, by join: it is the parent of what comes next. */
  readonly closers = new Map<number, number>()
  /** What has come through passes. */
  readonly passed = new Map<number, Input>()
  readonly fillings = new Map<number, Filling>()
  readonly watched = new Set<number>()
  readonly #children = new Map<number, ChildRef[]>()
  readonly #statuses: Uint8Array
  /** What came in until a node is final, then its value or its {@link Failure}. */
  readonly #values: unknown[]
  #feeders: Int32Array | undefined

  constructor(submit: Plan, number: number, idPrefix: string, origin?: Origin) {
    this.number = number
    this.graph = submit.graph
    this.keep = submit.keep
    this.submittedAt = submit.submittedAt
    this.origin = origin
    this.root = origin?.workflow.root ?? this
    this.idPrefix = idPrefix
    this.left = submit.graph.size
    this.#statuses = new Uint8Array(submit.graph.size)
    this.#values = new Array(submit.graph.size)
  }

  status(node: number): Status {
    return STATUSES[this.#statuses[node] as number] as Status
  }

  isFinal(node: number): boolean {
    return isFinalCode(this.#statuses[node] as number)
  }

  succeeded(node: number): boolean {
    return this.#statuses[node] === SUCCEEDED
  }

  /** The value of a node that succeeded, or {@link DROPPED}. */
  value(node: number): unknown {
    return this.#values[node]
  }

  /** What came into a node that is not final yet. */
  input(node: number): Input {
    return this.#values[node] as Input
  }

  failure(node: number): Failure {
    return this.#values[node] as Failure
  }

  move(node: number, status: Status): void {
    const code = codeOf(status)
    checkMove(this.#statuses[node] as number, code, () => `node ${node} of workflow ${this.number}`)
    this.#statuses[node] = code
  }

  feed(node: number, input: Input): void {
    this.#values[node] = input
  }

  end(node: number, end: End): void {
    this.move(node, end.status satisfies FinalStatus)
    this.#values[node] = end.status === 'succeeded' ? end.value : end.failure
    this.left--
  }

  /** Lets go of a value that has gone where it was needed. */
  drop(node: number): void {
    this.#values[node] = DROPPED
  }

  /** Lets go of the values of a join's members: they are in its list now. */
  dropMembers(join: number): void {
    const last = this.graph.joins.get(join)?.last ?? join
    for (let node = join + 1; node <= last; node++) if (joinFilledBy(this.graph, node) === join) this.drop(node)
  }

  addChild(node: number, child: ChildRef): void {
    const children = this.#children.get(node)
    if (children === undefined) this.#children.set(node, [child])
    else children.push(child)
  }

  children(node: number): readonly ChildRef[] {
    return this.#children.get(node) ?? []
  }

  idOf(node: number): string {
    return this.graph.ids.get(node) ?? `${this.idPrefix}${this.number.toString(36)}-${node.toString(36)}`
  }

  /** The node that has this id, if one does. */
  nodeOf(id: string): number | undefined {
    for (const [node, claimed] of this.graph.ids) if (claimed === id) return node
    const node = Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36)
    return node < this.graph.size && this.idOf(node) === id ? node : undefined
  }

  taskNameOf(node: number): string {
    const last = this.graph.joins.get(node)?.last ?? node
    const call = firstCall(this.graph, node, last)
    const source = call === undefined ? undefined : this.graph.calls[call]
    return source === undefined ? '' : taskOf(source).task
  }

  /** The id of the first call of all that belongs together. */
  rootId(): string {
    const { graph } = this.root
    return this.root.idOf(firstCall(graph, 0, graph.size - 1) ?? 0)
  }

  /** The id of the call whose end started this one. */
  parentIdOf(input: Input): string | undefined {
    if (input.by >= 0) return this.idOf(input.by)
    return this.origin?.workflow.idOf(this.origin.node)
  }

  groupOf(node: number): { readonly id: string; readonly index: number } | undefined {
    const group = groupOfNode(this.graph, node)
    return group && { id: this.idOf(group.join), index: group.index }
  }

  /** Where a node stands in the canvas that was applied in the first place. */
  pathOf(node: number): string {
    return joinPath(this.origin?.path ?? '', pathOf(this.graph, node))
  }

  /** The node whose value a step gets, or -1; found by one look at all edges, and kept, since few ask. */
  feederOf(node: number): number {
    this.#feeders ??= feedersOf(this.graph)
    return this.#feeders[node] as number
  }

  /** All that is known of a failure, as an errback and `failureOf` see it. */
  describe(failure: Failure): TaskFailure {
    const { error, origin, args = [], attempt } = failure
    const node = failure.cause === undefined ? origin : bodyOf(this.graph, origin)
    const described: TaskFailure = {
      taskId: this.idOf(node),
      taskName: this.taskNameOf(node),
      args,
      error,
      traceback: [error.stack, this.submittedAt.stack?.replace(/^.*\n/, 'submitted:\n')].filter(Boolean).join('\n'),
      path: joinPath(this.pathOf(node), failure.item === undefined ? '' : `items[${failure.item}]`),
      attempt,
    }
    rememberFailure(described)
    return described
  }
}

function feedersOf(graph: Graph): Int32Array {
  const feeders = new Int32Array(graph.size).fill(-1)
  for (let node = 0; node < graph.size; node++) {
    const next = graph.to[node] as number
    if (next >= 0) feeders[next] = node
  }
  return feeders
}

/** The failure behind all chord errors. */
export function unwrapped(failure: Failure): Failure {
  let inner = failure
  while (inner.cause !== undefined) inner = inner.cause
  return inner
}
