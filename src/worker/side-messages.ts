/** What a worker says beside its answers: that it is there, what running calls say, and pieces of answers. Data only. */
import type { MessagePort } from 'node:worker_threads'
import type { RunIdentity } from '../errors.js'
import type { EncodedError } from '../serialization/errors.js'
import type { Saying } from './protocol.js'
import type { WireAnswer } from './wire.js'

/** Said by a worker beside its answers. `celeriac` tells them from what a task posts by itself. */
export type SideMessage =
  /** The thread is there. `port` takes {@link PortMessage}s; `mail` counts them, for loops that never yield, and tells behind that whether there is something to tear down. */
  | { readonly celeriac: 'online'; readonly threadId: number; readonly port: MessagePort; readonly mail: Int32Array }
  /** A task module is imported for the first time in this thread; the runtime times it, since a module may never finish. */
  | { readonly celeriac: 'importing'; readonly batch: number; readonly threadId: number; readonly moduleUrl: string }
  | { readonly celeriac: 'said'; readonly batch: number; readonly call: number; readonly saying: Saying }
  /** A piece of an answer, before its last. */
  | { readonly celeriac: 'ended'; readonly batch: number; readonly answer: WireAnswer }
  /** Something went wrong in the name of a call that has ended, or of none. */
  | {
      readonly celeriac: 'stray'
      readonly what: 'exception' | 'rejection'
      readonly error: EncodedError
      readonly run: RunIdentity | undefined
    }
  /** All modules of the thread have been torn down; what that threw. */
  | { readonly celeriac: 'torn-down'; readonly threadId: number; readonly errors: readonly EncodedError[] }
  | { readonly celeriac: 'imported'; readonly batch: number; readonly threadId: number }

/** Cells of `mail`: how many messages were sent, and whether there is something to tear down. */
export const MAIL_CELLS = 2
export const HAS_TEARDOWN = 1

export const isSideMessage = (message: unknown): message is SideMessage =>
  typeof message === 'object' && message !== null && Object.hasOwn(message, 'celeriac')
