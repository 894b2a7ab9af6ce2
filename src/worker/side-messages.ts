/** What a worker says beside its answers: that it is there, and what running calls say. Data only. */
import { MessagePort } from 'node:worker_threads'
import type { RunIdentity } from '../errors.js'
import type { EncodedError } from '../serialization/errors.js'
import type { Saying } from './protocol.js'

/**
 * The thread is there. Everything else goes by `port`, both ways and in order: batches and {@link PortMessage}s, answers and
 * {@link SideMessage}s. `mail` counts what is said to running calls, for loops that never yield. It is the one message that goes where tasks
 * can post, too; `celeriac` tells it from theirs.
 */
export interface OnlineMessage {
  readonly celeriac: 'online'
  readonly threadId: number
  readonly port: MessagePort
  readonly mail: Int32Array
}

/** Said by a worker beside its answers. */
export type SideMessage =
  /** A task module is imported for the first time in this thread; the runtime times it, since a module may never finish. */
  | { readonly kind: 'importing'; readonly batch: number; readonly moduleUrl: string }
  | { readonly kind: 'imported'; readonly batch: number; readonly hasTeardown: boolean }
  | { readonly kind: 'said'; readonly batch: number; readonly call: number; readonly saying: Saying }
  /** Something went wrong in the name of a call that has ended, or of none. */
  | {
      readonly kind: 'stray'
      readonly what: 'exception' | 'rejection'
      readonly error: EncodedError
      readonly run: RunIdentity | undefined
    }
  /** All modules of the thread have been torn down; what that threw. */
  | { readonly kind: 'torn-down'; readonly errors: readonly EncodedError[] }

export function isOnlineMessage(message: unknown): message is OnlineMessage {
  if (typeof message !== 'object' || message === null) return false
  const { celeriac, port, mail } = message as Partial<OnlineMessage>
  return celeriac === 'online' && port instanceof MessagePort && mail instanceof Int32Array
}
