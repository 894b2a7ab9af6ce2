/**
 * A canvas as plain cloneable data, and back: for canvases that a running task applies or puts in its place. A flat list, since a canvas
 * may be nested deeper than a clone can go. Unlike JSON it keeps dates, typed arrays and all else that clones.
 */
import type { Canvas } from '../canvas/canvas.js'
import { EachMembers } from '../canvas/group.js'
import { NO_OPTIONS, type StoredOptions } from '../canvas/options.js'
import { portablePolicy } from '../canvas/policy.js'
import {
  type AnySignature,
  makeChain,
  makeChord,
  makeChunks,
  makeGroup,
  makeMap,
  makeSignature,
} from '../canvas/shape.js'
import type { AnyCanvas } from '../canvas/typing.js'

/** The canvases of one canvas, parts before what is made of them; the last is the whole. */
export type FlatCanvas = readonly FlatNode[]

/** A canvas whose parts are given by their place in the list. */
interface FlatNode {
  readonly kind: Canvas['kind'] | 'each'
  /** Steps, members, header and body, or the mapped task. */
  readonly parts: readonly number[]
  /** What is not a canvas: the fields of a signature, items, size. */
  readonly data: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, unknown>>
  readonly link: readonly number[] | undefined
  readonly linkError: readonly number[] | undefined
}

/** What a canvas holds that is a canvas itself, and what is not. */
interface Dissected {
  readonly kind: FlatNode['kind']
  readonly parts: readonly Canvas[]
  readonly data: Readonly<Record<string, unknown>>
}

export function flatten(canvas: AnyCanvas): FlatCanvas {
  const flat: FlatNode[] = []
  const places = new Map<Canvas, number>()
  const found = new Map<Canvas, Dissected>()
  const todo: Canvas[] = [canvas as Canvas]
  for (let next = todo.at(-1); next !== undefined; next = todo.at(-1)) {
    // Once: members may come from an iterator that cannot begin again.
    const dissected = found.get(next) ?? dissect(next)
    found.set(next, dissected)
    const { link = [], linkError = [] } = next.options as StoredOptions
    const inside = [...dissected.parts, ...link, ...linkError] as Canvas[]
    const missing = places.has(next) ? [] : inside.filter((part) => !places.has(part))
    if (missing.length > 0) {
      todo.push(...missing.reverse())
      continue
    }
    todo.pop()
    if (!places.has(next))
      places.set(next, flat.push(flatNode(next, dissected, (part) => places.get(part) as number)) - 1)
  }
  return flat
}

function flatNode(canvas: Canvas, { kind, parts, data }: Dissected, placeOf: (part: Canvas) => number): FlatNode {
  const { link, linkError, ...options } = canvas.options as StoredOptions
  return {
    kind,
    parts: parts.map(placeOf),
    data,
    options: portablePolicy(options) as Readonly<Record<string, unknown>>,
    link: link?.map((one) => placeOf(one as Canvas)),
    linkError: linkError?.map((one) => placeOf(one as Canvas)),
  }
}

function dissect(canvas: Canvas): Dissected {
  switch (canvas.kind) {
    case 'task': {
      const { task, moduleUrl, args, kwargs, immutable } = canvas
      return { kind: 'task', parts: [], data: { task, moduleUrl, args, kwargs, immutable } }
    }
    case 'chain':
      return { kind: 'chain', parts: canvas.steps, data: {} }
    case 'group':
      if (canvas.members instanceof EachMembers)
        return { kind: 'each', parts: [canvas.members.task], data: { items: canvas.members.table } }
      return { kind: 'group', parts: [...canvas.members], data: {} }
    case 'chord':
      return { kind: 'chord', parts: [canvas.header as Canvas, canvas.body], data: {} }
    case 'chunks':
      return { kind: 'chunks', parts: [canvas.task], data: { items: canvas.items, size: canvas.size } }
    default:
      return { kind: canvas.kind, parts: [canvas.task], data: { items: canvas.items } }
  }
}

/** The canvas again. */
export function unflatten(flat: FlatCanvas): Canvas {
  const made: Canvas[] = []
  for (const node of flat) {
    const at = (places: readonly number[]): Canvas[] => places.map((place) => made[place] as Canvas)
    const links = {
      ...(node.link && { link: at(node.link) }),
      ...(node.linkError && { linkError: at(node.linkError) }),
    }
    const options = { ...node.options, ...links } as StoredOptions
    made.push(remade(node, at(node.parts), Object.keys(options).length === 0 ? NO_OPTIONS : Object.freeze(options)))
  }
  return made.at(-1) as Canvas
}

function remade({ kind, data }: FlatNode, parts: Canvas[], options: StoredOptions): Canvas {
  const [first, second] = parts as [Canvas, Canvas]
  const items = data.items as readonly unknown[]
  switch (kind) {
    case 'task':
      return makeSignature({ kind, ...data } as never, options)
    case 'chain':
      return makeChain(parts, options)
    case 'group':
      return makeGroup(Object.freeze(parts), options)
    case 'each':
      return makeGroup(new EachMembers(first as AnySignature, items as readonly (readonly unknown[])[]), options)
    case 'chord':
      return makeChord(first, second, options)
    case 'chunks':
      return makeChunks(first as AnySignature, items, data.size as number, options)
    default:
      return makeMap(kind, first as AnySignature, items, options)
  }
}
