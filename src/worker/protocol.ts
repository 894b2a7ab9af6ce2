/**
 * Everything that a runtime and its worker threads may say to each other. Plain data: it crosses by structured clone. Calls travel in
 * parts, each of calls that differ in their arguments only, and arguments and values as columns, since most of what a small call costs is
 * its message.
 */
import type { TransferListItem } from 'node:worker_threads'
import type { RunPolicy } from '../canvas/policy.js'
import type { Column, Rows } from '../serialization/columns.js'
import type { EncodedError } from '../serialization/errors.js'
import type { ByteLimits } from '../serialization/size.js'
import type { Packed } from '../serialization/values.js'

/** What every thread of a pool is started with. */
export interface WorkerSetup {
  readonly maxDepth: number
  /** None if nothing is said. */
  readonly bytes?: ByteLimits | undefined
  /** The policy of tasks that say nothing. */
  readonly defaults: RunPolicy
  /** Asynchronous calls that may be in progress at one time. */
  readonly callsPerThread: number
  /** The cursors of batches: how many of its calls a batch has begun. */
  readonly cursors: Int32Array
}

/** To the worker: calls to run, in this order. */
export interface BatchMessage {
  readonly batch: number
  /** Where its cursor is. */
  readonly cursor: number
  readonly parts: readonly PartMessage[]
}

/** Calls of one task that differ in their arguments only. */
export interface PartMessage {
  readonly taskName: string
  readonly moduleUrl: string
  readonly how: 'call' | 'map' | 'starmap'
  readonly size: number
  /** A row of arguments a call; with map and starmap those behind each item. */
  readonly args: Rows
  /** Of a map or starmap, whose part is of one call: a row an item; of a starmap the item is the row. */
  readonly items: Rows | undefined
  readonly who: Who
  /** What the calls and the composites around them say; nothing if they say nothing. */
  readonly policy: RunPolicy | undefined
  /** Each call is the next step after the one before it, and gets its value in front of its arguments. */
  readonly isLinked: boolean
  /** Linked calls that do not take that value: they are immutable, or maps. */
  readonly isDeaf: boolean
  /** Values that only feed the next step need not come back. */
  readonly dropsLinks: boolean
}

/** Who the calls of a part are, for their contexts; ids are made from it when somebody asks. */
export interface Who {
  readonly idPrefix: string
  /** The workflow, or that of each call. */
  readonly workflow: number | readonly number[]
  /** The node of the first call; those of the others follow, if they are of one workflow. */
  readonly node: number
  /** The id that the call asked for; its part is of one call. */
  readonly id: string | undefined
  /** Nothing if each call is the first of its workflow. */
  readonly rootId: string | undefined
  /** Of the first call; that of a linked call is the one before it. */
  readonly parentId: string | undefined
  readonly groupId: string | undefined
  readonly groupIndex: number | undefined
  readonly headers: Readonly<Record<string, unknown>> | undefined
  readonly stamps: Readonly<Record<string, readonly unknown[]>> | undefined
  readonly attempt: number
  readonly eta: Date | undefined
  readonly expires: Date | undefined
  /** They may add members: they are members of a group. */
  readonly mayAddToChord: boolean
}

/** Cursors in a pool: as many batches as can be under way at one time, those with parked calls included. */
export const CURSORS = 16_384
/** A cursor that stands here was moved by the runtime: what has not begun is taken back. */
export const TAKEN = 2 ** 30

/** Back from the worker, in one or more pieces, each with what has ended since the one before. */
export interface AnswerMessage {
  readonly ends: readonly EndMessage[]
  /** How long they kept the thread, in ms; calls in progress side by side share the time. */
  readonly ms: number
}

/** How calls of a batch ended, by their places in it. */
export type EndMessage =
  /** They succeeded, one after the other from this place on. */
  | { readonly from: number; readonly values: Column }
  /** They succeeded, and their values stay, since they only feed the next step. */
  | { readonly from: number; readonly passed: number }
  | { readonly at: number; readonly outcome: OutcomeMessage }

/** How one call ended. It always says which, so that a thrown `null` cannot pass for a value. */
export type OutcomeMessage =
  /** `moved` lists what in it was moved. Such a value is a piece of its own, since it needs a transfer list. */
  | { readonly ok: true; readonly value: Packed; readonly moved?: readonly TransferListItem[] }
  /** A list of values, as a column. */
  | { readonly ok: true; readonly list: Column }
  | {
      readonly ok: false
      readonly error: EncodedError
      readonly item?: number
      /** The arguments, where the runtime has not seen them all. */
      readonly args?: Packed
    }
  | {
      readonly ok: 'retry'
      readonly error: EncodedError
      readonly wait: number | Date
      readonly jitter: boolean
      readonly args: Packed | undefined
    }
  | { readonly ok: 'replace'; readonly canvas: Packed }
  | { readonly ok: 'ignore'; readonly args?: Packed }
  | { readonly ok: 'reject'; readonly requeue: boolean; readonly args?: Packed }

/** What a running call says of itself. */
export type Saying =
  | { readonly kind: 'progress'; readonly value: Packed }
  | { readonly kind: 'state'; readonly state: string; readonly meta: Packed }
  /** The body begins: from here on its limits count. Said only where there is a hard one. */
  | { readonly kind: 'started' }
  /** A canvas to apply as a child; `child` numbers the children of this call. */
  | { readonly kind: 'apply'; readonly child: number; readonly id: string; readonly canvas: Packed }
  | { readonly kind: 'revoke-child'; readonly child: number; readonly reason: Packed; readonly terminate: boolean }
  | { readonly kind: 'add-to-chord'; readonly canvas: Packed }
  /** The call waits for a child and lends its thread; or goes on. */
  | { readonly kind: 'parked' | 'resumed' }
  | { readonly kind: 'warning'; readonly message: string; readonly error: EncodedError }

/** What is said to a running call. */
export type Told =
  | { readonly kind: 'cancel'; readonly error: EncodedError }
  | { readonly kind: 'child'; readonly child: number; readonly outcome: ChildOutcome }

/** How a child ended; the error of its own state beside the one that `get()` throws. */
export type ChildOutcome =
  | { readonly ok: true; readonly value: Packed }
  | { readonly ok: false; readonly error: EncodedError }

/** What is said to a thread beside its batches. */
export type PortMessage =
  | ControlMessage
  | { readonly tearDown: true }
  /** Modules that calls will need here: a thread that waits may import them. They are set up with their first call. */
  | { readonly warm: readonly string[] }

/** A word to one call of a batch. */
export interface ControlMessage {
  readonly batch: number
  readonly call: number
  readonly told: Told
}
