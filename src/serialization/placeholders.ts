/**
 * Takes the errors out of a value before it is sent, and puts errors back in after. Where one was stands an empty object, and the same
 * object stands in a list beside the value: within one message structured clone keeps identity, so nothing in a user's data can be
 * mistaken for a placeholder. It does not know what an error becomes on its way.
 */
import type { TransferListItem } from 'node:worker_threads'
import { assertNever, SerializationError } from '../errors.js'
import { type Contents, contentsOf, partAt } from './contents.js'
import { isError } from './error-classes.js'
import { UNREADABLE } from './refusals.js'
import { inspectValue, isPlainPrimitive, proveCloneable, type SendableOptions } from './sendable.js'

/** A value that clones, and the errors that were in it, each beside its placeholder. */
export interface Separated {
  readonly value: unknown
  readonly found?: { readonly placeholders: object[]; readonly errors: Error[] }
  /** What in it is to be moved instead of cloned. */
  readonly transfers?: ReadonlySet<TransferListItem>
}

/** Checks `value` and takes its errors out; the value itself is not changed. @throws {@link SerializationError} if it cannot be sent. */
export function separateErrors(value: unknown, options: SendableOptions): Separated {
  const finding = inspectValue(value, options)
  const separated = finding.holdsErrors ? replacedOrRefused(value as object, options) : { value }
  if (finding.unproven.length > 0) proveCloneable(separated.value, finding)
  return finding.transfers.size === 0 ? separated : { ...separated, transfers: finding.transfers }
}

/** A getter that let itself be read a moment ago may throw now. */
function replacedOrRefused(value: object, { what }: SendableOptions): Separated {
  try {
    return replaceErrors(value)
  } catch (cause) {
    throw new SerializationError(UNREADABLE, what, { cause })
  }
}

/** A container with its parts, each read once: a getter may give another object every time. */
interface Snapshot {
  readonly contents: Contents
  readonly parts: readonly unknown[]
}

function replaceErrors(root: object): Separated {
  const placeholders = new Map<Error, object>()
  const swapError = (error: Error): object => {
    const known = placeholders.get(error) ?? {}
    placeholders.set(error, known)
    return known
  }
  const snapshots = snapshotsFrom(root)
  const copies = new Map<unknown, object>()
  for (const object of holdersOfErrors(snapshots))
    copies.set(object, emptyLike((snapshots.get(object) as Snapshot).contents))
  const swap = (part: unknown): unknown => (isError(part) ? swapError(part) : (copies.get(part) ?? part))
  const value = swap(root)
  for (const [object, copy] of copies) {
    const { contents, parts } = snapshots.get(object as object) as Snapshot
    refill(contents, copy, parts.map(swap))
  }
  return { value, found: { placeholders: [...placeholders.values()], errors: [...placeholders.keys()] } }
}

function snapshotsFrom(root: object): Map<object, Snapshot> {
  const snapshots = new Map<object, Snapshot>()
  const todo: unknown[] = [root]
  while (todo.length > 0) {
    const next = todo.pop()
    if (isPlainPrimitive(next) || snapshots.has(next as object)) continue
    const contents = contentsOf(next as object)
    if (contents === undefined) continue
    const parts = partsOf(contents)
    snapshots.set(next as object, { contents, parts })
    for (let i = parts.length - 1; i >= 0; i--) todo.push(parts[i])
  }
  return snapshots
}

/** Holes stay holes. */
function partsOf(contents: Contents): unknown[] {
  const parts = new Array<unknown>(contents.size)
  for (let i = 0; i < parts.length; i++)
    if (contents.keys !== undefined || i in contents.items) parts[i] = partAt(contents, i)
  return parts
}

/** The containers from which an error can be reached: they are copied, and everything else stays as it is. */
function holdersOfErrors(snapshots: ReadonlyMap<object, Snapshot>): Set<object> {
  const holders = new Map<unknown, object[]>()
  const reached = new Set<object>()
  for (const [object, { parts }] of snapshots) {
    for (const part of parts) {
      if (isError(part)) reached.add(object)
      else if (!isPlainPrimitive(part)) {
        const known = holders.get(part)
        if (known === undefined) holders.set(part, [object])
        else known.push(object)
      }
    }
  }
  for (const object of reached) for (const holder of holders.get(object) ?? []) reached.add(holder) // a Set goes on with what is added
  return reached
}

function emptyLike({ kind, object }: Contents): object {
  switch (kind) {
    case 'array':
      return new Array((object as readonly unknown[]).length)
    case 'map':
      return new Map()
    case 'set':
      return new Set()
    case 'object':
      return {}
    default:
      return assertNever(kind)
  }
}

/** Puts `parts` into `target`, a container of that kind, in the order and under the names of `contents`. */
function refill({ kind, keys }: Contents, target: object, parts: readonly unknown[]): void {
  if (kind === 'map') {
    const map = target as Map<unknown, unknown>
    map.clear()
    for (let i = 0; i < parts.length; i += 2) map.set(parts[i], parts[i + 1])
  } else if (kind === 'set') {
    const set = target as Set<unknown>
    set.clear()
    for (const part of parts) set.add(part)
  } else {
    // Not assigned: `__proto__` is a name like any other in data.
    parts.forEach((part, i) => {
      const name = keys === undefined ? i : (keys[i] as string)
      Object.defineProperty(target, name, { value: part, enumerable: true, writable: true, configurable: true })
    })
  }
}

/** Puts errors, or what came of them, where their placeholders are; the containers around them are changed in place. */
export function restoreErrors(value: unknown, placeholders: readonly object[], errors: readonly unknown[]): unknown {
  const swaps = new Map<unknown, unknown>(placeholders.map((placeholder, index) => [placeholder, errors[index]]))
  const swap = (part: unknown): unknown => (swaps.has(part) ? swaps.get(part) : part)
  if (swaps.has(value) || isPlainPrimitive(value)) return swap(value)
  // All parts are read before any is put back: an error that is back in its place must not be walked into.
  for (const { contents, parts } of snapshotsFrom(value as object).values())
    if (parts.some((part) => swaps.has(part))) refill(contents, contents.object, parts.map(swap))
  return value
}
