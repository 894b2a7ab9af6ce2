/**
 * How a canvas is made: one frozen value for every kind, with the methods that all kinds share. The functions beside this file check
 * what they are given and then make their kind here; nothing else makes a canvas.
 */
import type { Canvas, CanvasRunner, Chain, Chord, Chunks, Group, MapCanvas, Signature, Starmap } from './canvas.js'
import { defaultRunner } from './canvas.js'
import { addEqualOnce } from './equality.js'
import { listOfItems, listsOfArguments } from './items.js'
import type { CanvasJSON } from './json.js'
import { MappedMembers } from './mapped-members.js'
import {
  CANVAS_MARK,
  type CallOptions,
  mergeOptions,
  NO_OPTIONS,
  requireCanvas,
  type StoredOptions,
  storedOptions,
} from './options.js'
import { countdownsOf } from './skew.js'
import { type Remake, stamped } from './stamp.js'
import { toJSON } from './to-json.js'
import type { AnyCanvas } from './typing.js'

/** The fields of each kind, as the maker of that kind gives them. */
export type Fields =
  | SignatureFields
  | { readonly kind: 'chain'; readonly steps: readonly Canvas[] }
  | { readonly kind: 'group'; readonly members: Iterable<Canvas> }
  | { readonly kind: 'chord'; readonly header: Canvas; readonly body: Canvas }
  | { readonly kind: 'map' | 'starmap'; readonly task: AnySignature; readonly items: readonly unknown[] }
  | { readonly kind: 'chunks'; readonly task: AnySignature; readonly items: readonly unknown[]; readonly size: number }

export type AnySignature = Signature<any, unknown>
export type AnyMap = MapCanvas<any, unknown> | Starmap<any, unknown>
export type AnyChunks = Chunks<any, unknown>

/** What makes up a signature. */
export interface SignatureFields {
  readonly kind: 'task'
  readonly task: string
  readonly moduleUrl: string
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly immutable: boolean
}

/** The value behind every canvas. Its public face is the interface of its kind: this class only carries fields and methods. */
class CanvasValue {
  declare readonly kind: Canvas['kind']
  declare readonly options: StoredOptions

  constructor(fields: Fields | undefined, options: StoredOptions) {
    if (fields !== undefined) Object.assign(this, fields)
    this.options = options
    if (fields !== undefined) Object.freeze(this)
  }

  get [CANVAS_MARK](): true {
    return true
  }

  pipe(next: AnyCanvas): AnyCanvas {
    requireCanvas(next, 'next')
    const steps = [face(this), face(next)].flatMap((step) => (isPlainChain(step) ? step.steps : [step]))
    return makeChain(steps)
  }

  link(callback: AnyCanvas): AnyCanvas {
    requireCanvas(callback, 'link')
    return withOptions(face(this), { link: addEqualOnce(this.options.link ?? [], callback) })
  }

  linkError(errback: AnyCanvas): AnyCanvas {
    requireCanvas(errback, 'linkError')
    return withOptions(face(this), { linkError: addEqualOnce(this.options.linkError ?? [], errback) })
  }

  set(options: CallOptions): AnyCanvas {
    return withOptions(face(this), storedOptions('set', options))
  }

  stamp(stamps: unknown, options?: unknown): AnyCanvas {
    return stamped(face(this), stamps, options, remake)
  }

  partial(...args: readonly unknown[]): AnyCanvas {
    return withFirstArgs(face(this), args)
  }

  delay(): unknown {
    return runner().apply(face(this))
  }

  applyAsync(options: unknown): unknown {
    return runner().apply(face(this), options)
  }

  toJSON(): CanvasJSON {
    return toJSON(face(this))
  }
}

/** A signature can also be mapped. Kinds with methods of their own are the only subclasses that are not errors. */
class SignatureValue extends CanvasValue {
  declare readonly task: string
  declare readonly moduleUrl: string
  declare readonly args: readonly unknown[]
  declare readonly kwargs: Readonly<Record<string, unknown>>
  declare readonly immutable: boolean

  /** Field by field: there may be a million of them, and it takes a third of the time. */
  constructor(fields: SignatureFields, options: StoredOptions) {
    super(undefined, options)
    const own = this as { -readonly [K in keyof SignatureFields]: SignatureFields[K] }
    own.kind = 'task'
    own.task = fields.task
    own.moduleUrl = fields.moduleUrl
    own.args = fields.args
    own.kwargs = fields.kwargs
    own.immutable = fields.immutable
    Object.freeze(this)
  }

  map(items: Iterable<unknown>): AnyCanvas {
    return makeMap('map', face(this) as AnySignature, listOfItems(items))
  }
  starmap(items: Iterable<readonly unknown[]>): AnyCanvas {
    return makeMap('starmap', face(this) as AnySignature, listsOfArguments(items))
  }
}

/** A group can also be skewed. */
class GroupValue extends CanvasValue {
  skew(start: number, stop?: number, step?: number): AnyCanvas {
    const countdowns = countdownsOf(start, stop, step)
    const group = face(this) as Group<any, unknown>
    const delayed = (member: Canvas, place: number): Canvas => withOptions(member, { countdown: countdowns(place) })
    const { members } = group
    return withFields(group, {
      members: Array.isArray(members) ? Object.freeze(members.map(delayed)) : new MappedMembers(members, delayed),
    })
  }
}

// A value and its face are one object: the interfaces add only phantom types, and fields that the maker has given.
const face = (value: CanvasValue | AnyCanvas): Canvas => value as unknown as Canvas
const runner = (): CanvasRunner => defaultRunner()
const isPlainChain = (canvas: Canvas): canvas is Chain<any, unknown> =>
  canvas.kind === 'chain' && canvas.options === NO_OPTIONS

/** The identity: what comes in goes on to the step behind it. */
const isEmptyChain = (canvas: Canvas): boolean => canvas.kind === 'chain' && canvas.steps.length === 0

const make = <C>(fields: Fields, options: StoredOptions = NO_OPTIONS): C => newValue(fields, options) as unknown as C

function newValue(fields: Fields, options: StoredOptions): CanvasValue {
  switch (fields.kind) {
    case 'task':
      return new SignatureValue(fields, options)
    case 'group':
      return new GroupValue(fields, options)
    default:
      return new CanvasValue(fields, options)
  }
}

export const makeSignature = (fields: SignatureFields, options?: StoredOptions): AnySignature => make(fields, options)
export const makeChain = (steps: readonly Canvas[], options?: StoredOptions): Chain<any, unknown> =>
  make({ kind: 'chain', steps: Object.freeze(steps) }, options)
export const makeGroup = (members: Iterable<Canvas>, options?: StoredOptions): Group<any, unknown> =>
  make({ kind: 'group', members }, options)
export const makeChord = (header: Canvas, body: Canvas, options?: StoredOptions): Chord<any, unknown> =>
  make({ kind: 'chord', header, body }, options)
export const makeMap = (
  kind: 'map' | 'starmap',
  task: AnySignature,
  items: readonly unknown[],
  options?: StoredOptions,
): MapCanvas<any, unknown> | Starmap<any, unknown> => make({ kind, task, items: Object.freeze(items) }, options)
export const makeChunks = (
  task: AnySignature,
  items: readonly unknown[],
  size: number,
  options?: StoredOptions,
): Chunks<any, unknown> => make({ kind: 'chunks', task, items: Object.freeze(items), size }, options)

/** The same canvas with other options. */
export function withOptions(canvas: Canvas, options: StoredOptions): Canvas {
  if (options === NO_OPTIONS) return canvas
  const { options: earlier, ...fields } = canvas as Canvas & { readonly options: StoredOptions }
  return make(fields as Fields, mergeOptions(earlier, options))
}

/** The same canvas with some of its fields replaced, and these options. */
const remake: Remake = (canvas, replaced, options) => {
  const { options: _, ...fields } = canvas as Canvas & { readonly options: StoredOptions }
  return make({ ...fields, ...replaced } as unknown as Fields, options)
}

/** The same canvas with some of its fields replaced; options stay. */
function withFields<C extends Canvas>(canvas: C, replaced: Partial<Record<string, unknown>>): Canvas {
  return remake(canvas, replaced, canvas.options as StoredOptions) as C
}

/**
 * Rebuilds `canvas` with its *first calls* changed: of a chain those of its first step, of a group or header those of every member.
 * Without recursion, since canvases may be nested thousands deep.
 */
function mapFirstCalls(canvas: Canvas, change: (signature: AnySignature) => Canvas): Canvas {
  const done: Canvas[] = []
  const todo: (Canvas | { readonly rebuild: Canvas; readonly parts: number })[] = [canvas]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if ('rebuild' in next) done.push(rebuilt(next.rebuild, done.splice(done.length - next.parts)))
    else if (isLazyGroup(next))
      done.push(
        withFields(next, { members: new MappedMembers(next.members, (member) => mapFirstCalls(member, change)) }),
      )
    else {
      const parts = firstParts(next)
      if (parts === undefined) done.push(next.kind === 'task' ? change(next) : next)
      else {
        todo.push({ rebuild: next, parts: parts.length })
        for (let i = parts.length - 1; i >= 0; i--) todo.push(parts[i] as Canvas)
      }
    }
  }
  return done[0] as Canvas
}

/** Its members are not there yet: they are changed when they are pulled. */
const isLazyGroup = (canvas: Canvas): canvas is Group<any, unknown> =>
  canvas.kind === 'group' && !Array.isArray(canvas.members) && !('table' in canvas.members)

/** The parts of a composite that get what comes into it; `undefined` for what is not composed of such parts. */
function firstParts(canvas: Canvas): readonly Canvas[] | undefined {
  switch (canvas.kind) {
    case 'chain':
      return canvas.steps.slice(0, 1 + canvas.steps.findIndex((step) => !isEmptyChain(step)))
    case 'group':
      return [...canvas.members]
    case 'chord':
      return [canvas.header]
    default:
      return undefined
  }
}

/** A chain, group or chord with other first parts. */
function rebuilt(canvas: Canvas, parts: readonly Canvas[]): Canvas {
  switch (canvas.kind) {
    case 'chain':
      return withFields(canvas, { steps: Object.freeze([...parts, ...canvas.steps.slice(parts.length)]) })
    case 'group':
      return withFields(canvas, { members: Object.freeze([...parts]) })
    default:
      return withFields(canvas, { header: parts[0] })
  }
}

const withFirstArgs = (canvas: Canvas, args: readonly unknown[]): Canvas =>
  args.length === 0
    ? canvas
    : mapFirstCalls(canvas, (signature) =>
        signature.immutable ? signature : withFields(signature, { args: Object.freeze([...args, ...signature.args]) }),
      )
