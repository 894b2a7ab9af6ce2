/**
 * What a handle asks of whoever keeps the work: the runtime fills this. One source per applied workflow; a node is a
 * number in it.
 */
import type { RevokeOptions, TaskState } from './async-result.js'

/** How a node ended. `error` is what `get()` throws, already unwrapped; `ownError` is that of the node's own state. */
export type NodeEnd =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Error; readonly ownError: Error; readonly traceback: string | undefined }

/** A node of a workflow, perhaps of another one than the handle's (a callback's). */
export interface NodeRef {
  readonly source: ResultSource
  readonly node: number
}

/** The members of a group, in order. They may become more as long as they are not complete. */
export interface Members {
  readonly length: number
  readonly isComplete: boolean
  /** The node that ends a member. */
  at(index: number): NodeRef
}

export interface ResultSource {
  idOf(node: number): string
  stateOf(node: number): TaskState
  /** How the node ended; `undefined` while it has not. */
  endOf(node: number): NodeEnd | undefined
  /**
   * Calls back once, in the turn in which the node ends; at once if it has. Gives a function that takes the request
   * back, and does nothing once it was met. May be asked from within such a callback.
   */
  whenEnded(node: number, callback: () => void): () => void
  /** The members of a group; `undefined` if the node is no group. */
  membersOf(node: number): Members | undefined
  /** Calls back whenever a group has got more members, or is complete; until the function that it gives is called. */
  whenGrown(node: number, callback: () => void): () => void
  /** `meta` of the last `updateState`. */
  infoOf(node: number): unknown
  /** The last value given to `progress()`. */
  progressOf(node: number): unknown
  revoke(node: number, options: RevokeOptions): void
  /** Lets go of the value or error of a node that has ended. */
  forget(node: number): void
  parentOf(node: number): NodeRef | undefined
  childrenOf(node: number): readonly NodeRef[]
  /**
   * Calls back after `ms`, which are at most 2³¹ - 1; gives a function that cancels it. It keeps the process alive only
   * while work is pending.
   */
  after(ms: number, callback: () => void): () => void
}
