/**
 * What may cross a thread border, decided before anything is sent, so that posting it cannot fail and the other side can read it. Both
 * would be worse than an error: a worker dies of a message that it cannot clone, a message that cannot be read is lost without a word.
 *
 * The walk goes in the order in which V8 writes a value, so the depth counted here is the depth of V8's own recursion, also in values
 * that contain themselves. It changes nothing and keeps nothing. It cannot see through a getter that gives something else next time.
 */
import { types } from 'node:util'
import type { TransferListItem } from 'node:worker_threads'
import { SerializationError } from '../errors.js'
import { type Contents, contentsOf, contentsOfArray, contentsOfObject, isPlain, stepTo } from './contents.js'
import { isError } from './error-classes.js'
import { isOfPlatform, reasonAgainst, TOO_DEEP, UNREADABLE } from './refusals.js'
import { arrivedWith, isDetached, isMovable, isTransferUsed, ownedBy, reasonAgainstLeaving } from './transfer.js'

export interface SendableOptions {
  /** Most levels of nesting: a text has none, `[]` one, `[[]]` two. At most 512 can be read everywhere. */
  readonly maxDepth: number
  /** What the value is, the first word of every path: `args[0]`, `value`. */
  readonly what: string
  /** What it transfers was given away for this very message before. Default `false`: what was given away is refused. */
  readonly isPromised?: boolean
  /** What was moved here with a value is moved on. Default `false`: it is cloned. */
  readonly movesOn?: boolean
  /** Notes down every object on the way. */
  readonly meetings?: { note(object: object): void }
}

/** What was seen on the way through a value that may cross. */
export interface Finding {
  readonly holdsErrors: boolean
  /** Objects of classes not seen before, which must be cloned once as a trial. */
  readonly unproven: readonly Unproven[]
  /** What is to be moved instead of cloned. */
  readonly transfers: ReadonlySet<TransferListItem>
}
interface Unproven {
  readonly object: object
  readonly path: string
  /** Objects with this prototype need no further trial; none if each must be tried. */
  readonly prototype: object | undefined
}

/** A container that the walk is inside of. */
interface Frame {
  readonly contents: Contents
  readonly above: Frame | undefined
  readonly depth: number
  index: number
  /** Whether it is among the containers seen: only those that hold objects can be met again in a harmful way. */
  isSeen: boolean
}

interface Walk {
  readonly options: SendableOptions
  frame: Frame | undefined
  holdsErrors: boolean
  unproven: Unproven[] | undefined
  /** What is to be moved, and objects that can only cross if they turn out to be among those. */
  transfers: Set<TransferListItem> | undefined
  movedOrRefused: Unproven[] | undefined
  refusal: SerializationError | undefined
}

const NO_TRANSFERS: ReadonlySet<TransferListItem> = new Set()
const NOTHING: Finding = { holdsErrors: false, unproven: [], transfers: NO_TRANSFERS }
/** Prototypes of classes whose instances are known to clone. */
const proven = new WeakSet<object>()

/** Whether `value` crosses as it is, without a look inside. */
export const isPlainPrimitive = (value: unknown): boolean => {
  const type = typeof value
  return type === 'object' ? value === null : type !== 'function' && type !== 'symbol'
}

/** Looks through `value`. @throws {@link SerializationError} if it must not be sent; the path says what of it. */
export function inspectValue(value: unknown, options: SendableOptions): Finding {
  if (isPlainPrimitive(value)) return NOTHING
  const walk: Walk = {
    options,
    frame: undefined,
    holdsErrors: false,
    unproven: undefined,
    transfers: undefined,
    movedOrRefused: undefined,
    refusal: undefined,
  }
  try {
    follow(walk, value)
  } catch (error) {
    if (error === walk.refusal) throw error
    throw refused(walk, UNREADABLE, error)
  }
  const { holdsErrors, unproven, transfers, movedOrRefused } = walk
  for (const { object, path } of movedOrRefused ?? [])
    if (!transfers?.has(object as TransferListItem)) throw new SerializationError(reasonAgainst(object), path)
  if (!holdsErrors && unproven === undefined && transfers === undefined) return NOTHING
  return { holdsErrors, unproven: unproven ?? [], transfers: transfers ?? NO_TRANSFERS }
}

/** Clones what has not been proven to clone. @throws {@link SerializationError} if it cannot be. */
export function proveCloneable(value: unknown, { unproven, transfers }: Finding): void {
  try {
    // What is moved would be gone after a trial: then each object is tried for itself.
    if (transfers.size === 0) structuredClone(value)
    else for (const { object } of unproven) structuredClone(object)
  } catch (cause) {
    const culprit = unproven.find(({ object }) => !clones(object)) ?? (unproven[0] as Unproven)
    throw new SerializationError(reasonAgainst(culprit.object), culprit.path, { cause })
  }
  for (const { prototype } of unproven) if (prototype !== undefined) proven.add(prototype)
}

const clones = (value: object): boolean => {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

function follow(walk: Walk, value: unknown): void {
  let seen: Set<unknown> | undefined
  enter(walk, value as object)
  for (let frame = walk.frame; frame !== undefined; frame = walk.frame) {
    const child = nextObject(frame)
    if (child === undefined) {
      walk.frame = frame.above
      continue
    }
    if (!frame.isSeen) {
      seen ??= new Set()
      seen.add(frame.contents.object)
      frame.isSeen = true
    }
    if (!seen?.has(child)) enter(walk, child)
  }
}

/** The next part that is no plain primitive; `undefined` at the end. This loop is where the time goes. */
function nextObject(frame: Frame): object | undefined {
  const { keys, items, object, size } = frame.contents
  while (++frame.index < size) {
    const part = keys === undefined ? items[frame.index] : Reflect.get(object, keys[frame.index] as string)
    if (typeof part === 'object' ? part !== null : typeof part === 'function' || typeof part === 'symbol')
      return part as object
  }
  return undefined
}

/** Judges one object and, if it has parts, goes into it. */
function enter(walk: Walk, value: object): void {
  if (typeof value !== 'object' || types.isProxy(value)) throw refused(walk, reasonAgainst(value))
  if (isTransferUsed()) noteOwned(walk, value)
  const depth = (walk.frame?.depth ?? 0) + 1
  if (depth > walk.options.maxDepth) throw refused(walk, TOO_DEEP(walk.options.maxDepth))
  walk.options.meetings?.note(value)
  const contents = admit(walk, value)
  if (contents !== undefined) walk.frame = { contents, above: walk.frame, depth, index: -1, isSeen: false }
}

/** @throws {@link SerializationError} for what has left already. */
function noteOwned(walk: Walk, value: object): void {
  const list = ownedBy(value) ?? (walk.options.movesOn === true ? arrivedWith(value) : undefined)
  for (const item of list ?? []) {
    const reason = reasonAgainstLeaving(item, walk.options.isPromised)
    if (reason !== undefined) throw refused(walk, reason)
    walk.transfers ??= new Set()
    walk.transfers.add(item)
  }
}

function admit(walk: Walk, value: object): Contents | undefined {
  if (Array.isArray(value)) return contentsOfArray(value)
  const prototype = Object.getPrototypeOf(value) as object | null
  if (!isPlain(prototype)) return admitSpecial(walk, value, prototype as object)
  if (prototype === null ? types.isModuleNamespaceObject(value) : types.isArgumentsObject(value))
    throw refused(walk, reasonAgainst(value))
  return contentsOfObject(value)
}

/** Anything that is neither an array nor a plain object. */
function admitSpecial(walk: Walk, value: object, prototype: object): Contents | undefined {
  if (proven.has(prototype)) return contentsOfObject(value)
  if (isError(value)) {
    walk.holdsErrors = true
    return undefined
  }
  if (types.isSymbolObject(value)) throw refused(walk, reasonAgainst(value))
  if (ArrayBuffer.isView(value)) admitBuffer(walk, value, value.buffer)
  else if (types.isAnyArrayBuffer(value)) admitBuffer(walk, value, value)
  const contents = contentsOf(value)
  if (contents?.kind !== 'object') return contents
  if (isTransferUsed() && isMovable(value)) {
    walk.movedOrRefused ??= []
    walk.movedOrRefused.push({ object: value, path: pathOf(walk), prototype })
    return undefined
  }
  if (isOfPlatform(value)) throw refused(walk, reasonAgainst(value))
  doubt(walk, value, prototype)
  return contents
}

/** Refuses what was transferred away. Only of a resizable buffer can a view be out of bounds, which only a trial tells. */
function admitBuffer(walk: Walk, value: object, buffer: ArrayBufferLike): void {
  if (types.isSharedArrayBuffer(buffer)) return
  if (buffer.byteLength === 0 && isDetached(buffer as ArrayBuffer))
    throw refused(walk, reasonAgainst(value, 'detached'))
  if (value !== buffer && (buffer as { resizable?: boolean }).resizable === true) doubt(walk, value, undefined)
}

function doubt(walk: Walk, object: object, prototype: object | undefined): void {
  walk.unproven ??= []
  if (prototype === undefined || !walk.unproven.some((other) => other.prototype === prototype))
    walk.unproven.push({ object, path: pathOf(walk), prototype })
}

function refused(walk: Walk, reason: string, cause?: unknown): SerializationError {
  walk.refusal = new SerializationError(reason, pathOf(walk), cause === undefined ? undefined : { cause })
  return walk.refusal
}

const STEPS_SHOWN = 24

/** Where the walk is, with the middle left out if it is far from home. */
function pathOf({ options, frame }: Walk): string {
  const steps: string[] = []
  for (let at = frame; at !== undefined; at = at.above) steps.push(stepTo(at.contents, at.index))
  steps.reverse()
  if (steps.length > STEPS_SHOWN) steps.splice(STEPS_SHOWN / 2, steps.length - STEPS_SHOWN, '…')
  return options.what + steps.join('')
}
