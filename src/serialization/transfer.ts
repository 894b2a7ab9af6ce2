/**
 * What is to be moved to another thread instead of cloned. A value is remembered as the owner of buffers, ports and streams; whoever packs
 * a value finds the owners inside it and passes on what they own, once. Nothing is moved here: that is what posting a message does.
 */
import { types } from 'node:util'
import type { TransferListItem } from 'node:worker_threads'
import type { RunPolicy } from '../canvas/policy.js'
import { ConfigurationError } from '../errors.js'
import { show } from '../option-rules.js'

const owned = new WeakMap<object, readonly TransferListItem[]>()
/** What has been given away. It may still be here, if its call waits; it is spoken for all the same. */
const given = new WeakSet<object>()
let isUsed = false

/**
 * Moves buffers, ports and the like to the other side instead of cloning them; in an argument or a result, at any depth.
 *
 * @returns `value` itself, remembered as one that owns `list`; it is unusable here once sent.
 * @throws {@link ConfigurationError} for what cannot be moved. When applied, `SerializationError`: sent twice, detached already, or on a
 *   task that may be retried or requeued.
 * @example
 * const pixels = new Uint8Array(100e6)
 * await runtime.run(blur.s(transfer(pixels, [pixels.buffer]))) // not copied
 */
export function transfer<T extends object>(value: T, list: readonly TransferListItem[]): T {
  if (typeof value !== 'object' || value === null)
    throw new ConfigurationError(`transfer: only an object can own what is moved, not ${show(value)}`, 'value', value)
  if (!Array.isArray(list))
    throw new ConfigurationError(
      `transfer: a list of what is to be moved is needed, and this is ${show(list)}`,
      'list',
      list,
    )
  for (const [i, item] of list.entries()) {
    const reason = reasonAgainstMoving(item)
    if (reason !== undefined)
      throw new ConfigurationError(`transfer: list[${i}] cannot be moved: ${reason}`, 'list', list)
  }
  isUsed = true
  owned.set(value, Object.freeze([...new Set([...(owned.get(value) ?? []), ...list])]))
  return value
}

/** What `value` owns; `undefined` if nothing. Costs nothing as long as nobody has ever transferred anything. */
export const ownedBy = (value: object): readonly TransferListItem[] | undefined =>
  isUsed ? owned.get(value) : undefined

const arrived = new WeakMap<object, readonly TransferListItem[]>()

/** A value has been moved here together with these: where it only feeds a next step, it can be moved on. */
export function noteArrived(value: unknown, list: readonly TransferListItem[]): void {
  if (typeof value !== 'object' || value === null) return
  isUsed = true
  arrived.set(value, list)
}

/** What was moved here with `value`. */
export const arrivedWith = (value: object): readonly TransferListItem[] | undefined => arrived.get(value)

/** Whether anything was ever made an owner. */
export const isTransferUsed = (): boolean => isUsed

/**
 * Why an item cannot leave any more; `undefined` if it can.
 *
 * @param isPromised - It may have been given away: this is the message for which it was.
 */
export function reasonAgainstLeaving(item: TransferListItem, isPromised = false): string | undefined {
  if (!isPromised && given.has(item))
    return 'this is transferred by another call already; send a copy, or transfer it once'
  if (isGone(item))
    return 'what is to be transferred has been transferred away, closed or locked; it has no content here'
  return undefined
}

/** Remembers that these have been given away. */
export function giveAway(items: Iterable<TransferListItem>): void {
  for (const item of items) given.add(item)
}

/**
 * Whether the policy of a call lets it run again by itself, which it cannot once its arguments have left. A task that asks for a retry by
 * `this.retry()` is not known beforehand.
 */
export function mayRunAgain({ retryFor, maxRetries, onWorkerLost }: MayRunAgain): boolean {
  return onWorkerLost === 'requeue' || (retryFor !== undefined && retryFor.length > 0 && maxRetries !== 0)
}

/** What decides about that. */
export type MayRunAgain = Pick<RunPolicy, 'retryFor' | 'maxRetries' | 'onWorkerLost'>

/** Kinds of things that can be moved, by the name of their class. */
const MOVABLE: ReadonlySet<string> = new Set([
  'ArrayBuffer',
  'MessagePort',
  'FileHandle',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
])

function reasonAgainstMoving(item: unknown): string | undefined {
  if (ArrayBuffer.isView(item)) return 'it is a view; list its buffer'
  if (types.isSharedArrayBuffer(item)) return 'shared memory is shared as it is; leave it out of the list'
  return isMovable(item) ? undefined : `it is ${show(item)}`
}

/** Whether something is of a kind that can be moved. */
export const isMovable = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && MOVABLE.has(String((item.constructor as { name?: unknown })?.name))

function isGone(item: TransferListItem): boolean {
  if (types.isArrayBuffer(item)) return item.byteLength === 0 && isDetached(item)
  const { fd = 0, locked = false } = item as { readonly fd?: number; readonly locked?: boolean }
  return fd < 0 || locked
}

// `ArrayBuffer.prototype.detached` came with Node 21.
export function isDetached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}
