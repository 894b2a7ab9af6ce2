/** What `runtime.revoke` and `runtime.result` may be given. It knows no workflow: whether an id is one that runs is asked elsewhere. */
import { ConfigurationError } from '../errors.js'
import { show } from '../option-rules.js'
import type { AsyncResult } from '../result/async-result.js'

/** An id, or a handle. */
export type RevokeTarget = string | AsyncResult<unknown>

/** An id that is to be revoked: that call alone, or the whole of what a handle stands for. */
export interface RevokedId {
  readonly id: string
  readonly scope: 'call' | 'subtree'
}

/** @throws {@link ConfigurationError} for what is neither an id nor a handle, nor holds only such. */
export function revokedIds(target: RevokeTarget | Iterable<RevokeTarget>): readonly RevokedId[] {
  return isMany(target) ? [...target].map(revokedId) : [revokedId(target)]
}

const isMany = (target: unknown): target is Iterable<RevokeTarget> =>
  typeof target === 'object' && target !== null && Symbol.iterator in target

function revokedId(target: RevokeTarget): RevokedId {
  if (typeof target === 'string') return { id: target, scope: 'call' }
  if (typeof target === 'object' && typeof target?.id === 'string') return { id: target.id, scope: 'subtree' }
  throw new ConfigurationError(`revoke takes ids and results, and this is ${show(target)}`, 'target', target)
}

/** @throws {@link ConfigurationError} for what is no text. */
export function requireId(id: unknown): asserts id is string {
  if (typeof id !== 'string') throw new ConfigurationError(`result takes an id, and this is ${show(id)}`, 'id', id)
}
