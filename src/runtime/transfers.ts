/** What the calls of a canvas would move, collected while it is admitted: each thing can leave once, and with a call that runs once. It moves nothing. */
import type { TransferListItem } from 'node:worker_threads'
import type { Application } from '../canvas/options.js'
import { ConfigurationError, SerializationError } from '../errors.js'
import { type MayRunAgain, mayRunAgain, transfer } from '../serialization/transfer.js'

export class Transfers {
  readonly items = new Set<TransferListItem>()

  /** A call moves these. @throws {@link SerializationError} if another one does, or the call may run again. */
  add(found: ReadonlySet<TransferListItem> | undefined, policy: () => MayRunAgain, path: () => string): void {
    if (found === undefined || found.size === 0) return
    if (mayRunAgain(policy()))
      throw new SerializationError(
        'what is transferred is gone after the first run, and this call may be retried or requeued; send a copy',
        path(),
      )
    for (const item of found) {
      if (this.items.has(item))
        throw new SerializationError('this would be transferred twice; send copies, or transfer it once', path())
      this.items.add(item)
    }
  }
}

/** Makes the arguments of an application the owner of what its option `transfer` lists. @throws {@link ConfigurationError} if none can be. */
export function ownListed({ transfer: list, args, kwargs }: Application): void {
  if (list === undefined || list.length === 0) return
  const owner = [...args, ...Object.values(kwargs)].find((value) => typeof value === 'object' && value !== null)
  if (owner === undefined)
    throw new ConfigurationError('option "transfer" is for what is in "args", and there is no object', 'transfer', list)
  transfer(owner as object, list)
}
