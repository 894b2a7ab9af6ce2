/** Everything that a runtime and its worker threads may say to each other. Plain data: it crosses by structured clone. */
import type { MessagePort } from 'node:worker_threads'
import type { RunPolicy } from '../canvas/policy.js'
import type { EncodedError } from '../serialization/errors.js'
import type { Packed } from '../serialization/values.js'

/** To the worker: calls to run one after the other. */
export interface BatchMessage {
  readonly batch: number
  readonly maxDepth: number
  /** The policy of tasks that say nothing. */
  readonly defaults: RunPolicy
  readonly calls: readonly CallMessage[]
}

/** One call. */
export interface CallMessage {
  readonly taskName: string
  readonly moduleUrl: string
  readonly how: 'call' | 'map' | 'starmap'
  /** The list of arguments; with map and starmap those behind each item. */
  readonly args: Packed
  readonly items: Packed | undefined
  readonly identity: CallIdentity
  /** What the call and the composites around it say; nothing if they say nothing. */
  readonly policy: RunPolicy | undefined
  /** The cell of the thread's flags in which a cancel of this call shows. */
  readonly cell: number
  /** It may add members: it is a member of a group. */
  readonly mayAddToChord: boolean
}

/** Who a call is, for its context. */
export interface CallIdentity {
  readonly id: string
  readonly rootId: string
  readonly parentId: string | undefined
  readonly groupId: string | undefined
  readonly groupIndex: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly stamps: Readonly<Record<string, readonly unknown[]>>
  readonly attempt: number
  readonly eta: Date | undefined
  readonly expires: Date | undefined
}

/** Back from the worker. */
export interface AnswerMessage {
  /** How each call of the batch ended, in its order. */
  readonly outcomes: readonly OutcomeMessage[]
  /** How many `said` messages came before: they take another way, and may be overtaken. */
  readonly said: number
}

/** How one call ended. It always says which, so that a thrown `null` cannot pass for a value. */
export type OutcomeMessage =
  | { readonly ok: true; readonly value: Packed }
  | { readonly ok: false; readonly error: EncodedError; readonly item?: number }
  | {
      readonly ok: 'retry'
      readonly error: EncodedError
      readonly wait: number | Date
      readonly jitter: boolean
      readonly args: Packed | undefined
    }
  | { readonly ok: 'replace'; readonly canvas: Packed }
  | { readonly ok: 'ignore' }
  | { readonly ok: 'reject'; readonly requeue: boolean }

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

/** What is said to a running call: to a thread, on its own port. */
export type Told =
  | { readonly kind: 'cancel'; readonly error: EncodedError }
  | { readonly kind: 'child'; readonly child: number; readonly outcome: ChildOutcome }

/** How a child ended; the error of its own state beside the one that `get()` throws. */
export type ChildOutcome =
  | { readonly ok: true; readonly value: Packed }
  | { readonly ok: false; readonly error: EncodedError }

/** A word to one call of a batch. */
export interface ControlMessage {
  readonly batch: number
  readonly call: number
  readonly told: Told
}

/** Cells in a thread's flags: as many calls as can be in progress there at one time, parked ones included. */
export const FLAG_CELLS = 4_096
export const CANCELLED = 1

/** Said by a worker beside its answers. `celeriac` tells them from what a task posts by itself. */
export type SideMessage =
  /** The thread is there. `port` takes {@link ControlMessage}s, `flags` shows cancels to loops that never yield. */
  | { readonly celeriac: 'online'; readonly threadId: number; readonly port: MessagePort; readonly flags: Int32Array }
  /** A task module is imported for the first time in this thread; the runtime times it, since a module may never finish. */
  | { readonly celeriac: 'importing'; readonly batch: number; readonly threadId: number; readonly moduleUrl: string }
  | { readonly celeriac: 'said'; readonly batch: number; readonly call: number; readonly saying: Saying }
  /** A task left a promise behind that was rejected, and nobody handled it. */
  | { readonly celeriac: 'stray'; readonly error: EncodedError }
  | { readonly celeriac: 'imported'; readonly batch: number; readonly threadId: number }

export const isSideMessage = (message: unknown): message is SideMessage =>
  typeof message === 'object' && message !== null && Object.hasOwn(message, 'celeriac')
