/**
 * A canvas as plain data: what the generators make and shrink. It can be built with any copy of the library, and be written as the
 * program that would build it, so that a counterexample reads like a user's code.
 */
import { show, type TaskName } from './behaviour.js'

/** Callbacks and errbacks of a canvas. */
export interface Hooks {
  readonly links: readonly Plan[]
  readonly errbacks: readonly Plan[]
  /** Each is given a second time, which must change nothing. */
  readonly twice: boolean
}

type Bound = { readonly task: TaskName; readonly args: readonly unknown[] }
type ListItems = readonly (readonly unknown[])[]

export type Shape =
  | (Bound & { readonly kind: 'call'; readonly immutable: boolean; readonly options?: object })
  | { readonly kind: 'chain'; readonly steps: readonly Plan[]; readonly piped: boolean }
  | { readonly kind: 'group'; readonly members: readonly Plan[]; readonly lazy: boolean }
  | { readonly kind: 'chord'; readonly header: readonly Plan[] | Plan; readonly body: Plan }
  | (Bound & { readonly kind: 'map'; readonly items: readonly unknown[] })
  | (Bound & { readonly kind: 'starmap'; readonly items: ListItems })
  | (Bound & { readonly kind: 'chunks'; readonly items: ListItems; readonly size: number })
  | { readonly kind: 'each'; readonly task: TaskName; readonly items: ListItems }

export interface Plan {
  readonly shape: Shape
  readonly hooks?: Hooks
}

/** A canvas without its types, as far as plans need it. */
export interface Built {
  pipe(next: Built): Built
  link(callback: Built): Built
  linkError(errback: Built): Built
  map(items: readonly unknown[]): Built
  starmap(items: ListItems): Built
}

interface BuiltTask {
  s(...args: readonly unknown[]): Built
  si(...args: readonly unknown[]): Built
  with(options: object): BuiltTask
  each(items: ListItems): Built
}

/** The library, without its types: a canvas that is built from data has none to check. */
export interface Kit {
  readonly chain: (...steps: readonly Built[]) => Built
  readonly group: (members: Iterable<Built>) => Built
  readonly chord: (header: readonly Built[] | Built, body: Built) => Built
  readonly chunks: (task: Built, items: ListItems, size: number) => Built
  readonly tasks: Readonly<Record<TaskName, BuiltTask>>
}

/** Builds plans with one copy of the library. Every call site gets a tag of its own, behind its other arguments. */
export class Builder {
  readonly #kit: Kit
  #tags = 0

  constructor(kit: Kit) {
    this.#kit = kit
  }

  build({ shape, hooks }: Plan): Built {
    let canvas = this.#bare(shape)
    if (hooks === undefined) return canvas
    for (const callback of hooks.links.map((plan) => this.build(plan)))
      canvas = hooks.twice ? canvas.link(callback).link(callback) : canvas.link(callback)
    for (const errback of hooks.errbacks.map((plan) => this.build(plan)))
      canvas = hooks.twice ? canvas.linkError(errback).linkError(errback) : canvas.linkError(errback)
    return canvas
  }

  #bare(shape: Shape): Built {
    const { chain, group, chord, chunks, tasks } = this.#kit
    switch (shape.kind) {
      case 'call':
        return this.#call(shape)
      case 'chain': {
        const steps = shape.steps.map((step) => this.build(step))
        return shape.piped ? steps.reduce((earlier, step) => earlier.pipe(step), chain()) : chain(...steps)
      }
      case 'group': {
        const members = shape.members.map((member) => this.build(member))
        return group(shape.lazy ? new Set(members) : members)
      }
      case 'chord':
        return chord(this.#header(shape.header), this.build(shape.body))
      case 'map':
        return this.#bound(shape).map(shape.items)
      case 'starmap':
        return this.#bound(shape).starmap(shape.items)
      case 'chunks':
        return chunks(this.#bound(shape), shape.items, shape.size)
      case 'each':
        return tasks[shape.task].each(shape.items.map((item) => [...item, this.#tag()]))
    }
  }

  #call({ task, args, immutable, options }: Extract<Shape, { kind: 'call' }>): Built {
    const bare = this.#kit.tasks[task]
    const handle = options === undefined ? bare : bare.with(options)
    return immutable ? handle.si(...args, this.#tag()) : handle.s(...args, this.#tag())
  }

  #header(header: readonly Plan[] | Plan): readonly Built[] | Built {
    return 'shape' in header ? this.build(header) : header.map((member) => this.build(member))
  }

  #bound({ task, args }: Bound): Built {
    return this.#kit.tasks[task].s(...args, this.#tag())
  }

  #tag(): string {
    return `#${this.#tags++}`
  }
}

/** How many canvases a plan is made of. */
export function sizeOf({ shape, hooks }: Plan): number {
  const sum = (plans: readonly Plan[]): number => plans.reduce((size, plan) => size + sizeOf(plan), 0)
  return 1 + sum(partsOf(shape)) + (hooks === undefined ? 0 : sum(hooks.links) + sum(hooks.errbacks))
}

function partsOf(shape: Shape): readonly Plan[] {
  if (shape.kind === 'chain') return shape.steps
  if (shape.kind === 'group') return shape.members
  if (shape.kind === 'chord') return [shape.header, shape.body].flat()
  return 'items' in shape ? new Array<Plan>(shape.items.length).fill(NOTHING) : []
}

const NOTHING: Plan = { shape: { kind: 'chain', steps: [], piped: false } }

/** The program that builds a plan, with the same tags. */
export const programOf = (plan: Plan): string => String(new Builder(textKit).build(plan))

/** Stands for a canvas in {@link programOf}: its methods write themselves down. */
class Text implements Built {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
  pipe(next: Built): Built {
    return new Text(`${this.text}.pipe(${next})`)
  }
  link(callback: Built): Built {
    return new Text(`${this.text}.link(${callback})`)
  }
  linkError(errback: Built): Built {
    return new Text(`${this.text}.linkError(${errback})`)
  }
  map(items: readonly unknown[]): Built {
    return new Text(`${this.text}.map(${show(items)})`)
  }
  starmap(items: ListItems): Built {
    return new Text(`${this.text}.starmap(${show(items)})`)
  }
}

const textOf = (text: string): Built => new Text(text)
const listOf = (parts: readonly unknown[]): string => parts.join(', ')
const argsOf = (args: readonly unknown[]): string => show(args).slice(1, -1)

const taskText = (name: string): BuiltTask => ({
  s: (...args) => textOf(`${name}.s(${argsOf(args)})`),
  si: (...args) => textOf(`${name}.si(${argsOf(args)})`),
  with: (options) => taskText(`${name}.with(${show(options)})`),
  each: (items) => textOf(`${name}.each(${show(items)})`),
})

const textKit: Kit = {
  chain: (...steps) => textOf(`chain(${listOf(steps)})`),
  group: (members) =>
    textOf(members instanceof Set ? `group(new Set([${listOf([...members])}]))` : `group(${listOf([...members])})`),
  chord: (header, body) => textOf(`chord(${Array.isArray(header) ? `[${listOf(header)}]` : header}, ${body})`),
  chunks: (task, items, size) => textOf(`chunks(${task}, ${show(items)}, ${size})`),
  tasks: {
    pack: taskText('pack'),
    count: taskText('count'),
    nothing: taskText('nothing'),
    fail: taskText('fail'),
    picky: taskText('picky'),
  },
}
