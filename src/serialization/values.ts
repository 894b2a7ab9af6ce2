/**
 * Arguments and results on their way through a thread border: checked before they are sent, and with the errors in them encoded as
 * thrown ones are. A value without errors goes as it is; it is not copied. Nothing here sends anything.
 */
import type { TransferListItem } from 'node:worker_threads'
import { type RunIdentity, SerializationError } from '../errors.js'
import { decodeErrors, type EncodedErrors, encodeErrors } from './errors.js'
import { restoreErrors, separateErrors } from './placeholders.js'
import { isPlainPrimitive, type SendableOptions } from './sendable.js'
import { giveAway } from './transfer.js'

/** A value that clones, and the errors that were in it. Both must be sent in one message, which is what ties them together. */
export interface Packed {
  readonly value: unknown
  readonly errors?: EncodedErrors
}

/**
 * Makes `value` ready to be sent. What is to be moved instead of cloned is given away with it, and added to `moved`, which has to be the
 * transfer list of the message.
 *
 * @throws {@link SerializationError} if it cannot be sent; its `path` begins with `options.what`.
 */
export function pack(value: unknown, options: SendableOptions, moved?: Set<TransferListItem>): Packed {
  if (isPlainPrimitive(value)) return { value }
  const { value: separated, found, transfers } = separateErrors(value, options)
  if (transfers !== undefined) moveOrRefuse(transfers, options, moved)
  if (found === undefined) return { value: separated }
  return { value: separated, errors: { placeholders: found.placeholders, encoded: encodeErrors(found.errors) } }
}

/** Where nothing can be moved, a transfer must not turn into a clone. */
function moveOrRefuse(
  transfers: ReadonlySet<TransferListItem>,
  options: SendableOptions,
  moved?: Set<TransferListItem>,
) {
  if (moved === undefined)
    throw new SerializationError('a transfer cannot be made from here; send a copy', options.what)
  giveAway(transfers)
  for (const item of transfers) moved.add(item)
}

/** Which objects are in the values of one message: structured clone would make those that are in two of them one object there. */
export class Meetings {
  #objects: Set<object> | undefined
  #wasMet = false

  /** An object is found in a value. */
  note(object: object): void {
    this.#objects ??= new Set()
    if (this.#objects.has(object)) this.#wasMet = true
    else this.#objects.add(object)
  }

  /** What has just been packed, for itself if something of it was met before. */
  apart(packed: Packed): Packed {
    if (!this.#wasMet) return packed
    this.#wasMet = false
    return structuredClone(packed)
  }

  /** As {@link apart}, of what would be copied by that instead of moved: it stays as it is. */
  keep(packed: Packed): Packed {
    this.#wasMet = false
    return packed
  }
}

/** The value again, errors included. It uses up what it is given: errors take the place of their placeholders. */
export function unpack({ value, errors }: Packed, run: RunIdentity): unknown {
  return errors === undefined ? value : restoreErrors(value, errors.placeholders, decodeErrors(errors.encoded, run))
}

/**
 * Only asks whether `value` could be sent, and what of it would be moved: whoever sends it later has to give that away now.
 *
 * @throws {@link SerializationError} if not.
 */
export function checkSendable(value: unknown, options: SendableOptions): ReadonlySet<TransferListItem> | undefined {
  return isPlainPrimitive(value) ? undefined : separateErrors(value, options).transfers
}
