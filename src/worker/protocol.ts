/** Everything that a runtime and its worker threads may say to each other. Plain data: it crosses by structured clone. */
import type { EncodedError } from '../serialization/errors.js'
import type { Packed } from '../serialization/values.js'

/** To the worker: calls to run one after the other. */
export interface BatchMessage {
  readonly batch: number
  readonly maxDepth: number
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
}

/** Who a call is, for its context. */
export interface CallIdentity {
  readonly id: string
  readonly rootId: string
  readonly parentId: string | undefined
  readonly groupId: string | undefined
  readonly groupIndex: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly attempt: number
}

/** Back from the worker: how each call of the batch ended, in its order. */
export type AnswerMessage = readonly OutcomeMessage[]

/** How one call ended. It always says which, so that a thrown `null` cannot pass for a value. */
export type OutcomeMessage =
  | { readonly ok: true; readonly value: Packed }
  | { readonly ok: false; readonly error: EncodedError; readonly item?: number }

/** Said by a worker beside its answers. `celeriac` tells them from what a task posts by itself. */
export type SideMessage =
  | { readonly celeriac: 'online'; readonly threadId: number }
  /** A task module is imported for the first time in this thread; the runtime times it, since a module may never finish. */
  | { readonly celeriac: 'importing'; readonly batch: number; readonly threadId: number; readonly moduleUrl: string }
  /** A task left a promise behind that was rejected, and nobody handled it. */
  | { readonly celeriac: 'stray'; readonly error: EncodedError }
  | { readonly celeriac: 'imported'; readonly batch: number; readonly threadId: number }

export const isSideMessage = (message: unknown): message is SideMessage =>
  typeof message === 'object' && message !== null && Object.hasOwn(message, 'celeriac')
