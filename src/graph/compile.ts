/**
 * Turns a canvas into a graph. Everything composes from three shapes: call, sequence, join. A chord *is* a sequence of a group and a
 * body; chunks are a group; map and starmap are calls. One loop over a stack of open composites, never a recursion, since a canvas may
 * be nested thousands deep.
 */
import type { Canvas } from '../canvas/canvas.js'
import { EachMembers } from '../canvas/group.js'
import { mergeOptions, NO_OPTIONS, type StoredOptions } from '../canvas/options.js'
import { type AnyChunks, type AnySignature, makeGroup } from '../canvas/shape.js'
import type { AnyCanvas } from '../canvas/typing.js'
import { assertNever, ConfigurationError } from '../errors.js'
import {
  type CallSource,
  type Delay,
  type Graph,
  type Hook,
  type Join,
  pathOf,
  pathOfScope,
  type Scope,
  TO_JOIN,
  TO_NOWHERE,
} from './graph.js'
import { IntColumn } from './int-column.js'
import { isLoneCall, loneCall } from './lone.js'

/** A compiled part: the node where it begins, and the one that ends it and holds its value. */
interface Fragment {
  readonly entry: number
  readonly exit: number
}

/** Where a canvas stands while it is compiled. */
interface Position {
  readonly scope: number
  readonly place: number
  /** A chord's body: failures that begin at the header's join count as its own. */
  readonly header?: number
  /** A countdown or eta of a composite around it, for its first calls. */
  readonly delay?: Delay | undefined
  /** Of a header: what its chord says. */
  readonly failFast?: boolean | undefined
}

/** A composite whose parts are being compiled. */
interface Frame {
  readonly canvas: Canvas
  readonly position: Position
  readonly scope: number
  /** The node number that its first node got. */
  readonly from: number
  parts: Iterator<Canvas>
  count: number
  /** Of a chain or chord: where it begins, and the part that ended last. Of a group: its join. */
  entry: number
  exit: number
  /** Where each member of a group begins; given up for `undefined` as long as they are plain calls in a row. */
  entries: number[] | undefined
}

/**
 * The graph of a canvas. Members that come from an iterable are not pulled: their group is a join that is still to get them.
 *
 * @throws {@link ConfigurationError} if two calls ask for one id.
 */
export function compile(canvas: AnyCanvas): Graph {
  return isLoneCall(canvas as Canvas) ? loneCall(canvas as Canvas as CallSource) : compileWhole(canvas)
}

/** What members that are pulled later get of the group that they belong to. */
export interface Surroundings {
  readonly inherited: StoredOptions | undefined
  readonly delay: Delay | undefined
  readonly failFast: boolean
  /** The place of the first of them. */
  readonly from: number
}

/** The graph of some members of a group that came one after the other: a group of their own, whose places count on. @throws as {@link compile} does. */
export function compileMembers(members: readonly Canvas[], { inherited, delay, failFast, from }: Surroundings): Graph {
  const builder = new GraphBuilder({ inherited, from })
  return compileWhole(makeGroup(Object.freeze(members)), builder, { scope: -1, place: 0, delay, failFast })
}

const OUTERMOST: Position = { scope: -1, place: 0 }

function compileWhole(canvas: AnyCanvas, builder = new GraphBuilder(), position = OUTERMOST): Graph {
  const frames: Frame[] = []
  let done = builder.begin(canvas as Canvas, position, frames)
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    if (done !== undefined) builder.take(frame, done)
    const part = frame.parts.next()
    if (part.done !== true) done = builder.begin(part.value, positionOfNext(frame), frames)
    else {
      frames.pop()
      done = builder.end(frame)
    }
  }
  return builder.finish(done as Fragment)
}

const callbacks = new WeakMap<AnyCanvas, Graph>()

/** The graph of a callback or errback, compiled once: it is checked when its canvas is applied, and may run many times. */
export function compileCallback(canvas: AnyCanvas): Graph {
  const graph = callbacks.get(canvas) ?? compile(canvas)
  callbacks.set(canvas, graph)
  return graph
}

function positionOfNext({ canvas, position, scope, count, exit }: Frame): Position {
  if (canvas.kind === 'chord' && count === 1) return { scope, place: 1, header: exit }
  const isFirst = canvas.kind === 'group' || count === 0
  const failFast = canvas.kind === 'chord' ? canvas.options.failFast : undefined
  return { scope, place: count, delay: isFirst ? (delayOf(canvas) ?? position.delay) : undefined, failFast }
}

/** `failFast` of a group, or of the chord whose header it is. */
const failsFast = ({ canvas, position }: Pick<Frame, 'canvas' | 'position'>): boolean =>
  canvas.options.failFast ?? position.failFast ?? false

const delayOf = ({ options }: Canvas): Delay | undefined => options.eta ?? options.countdown

class GraphBuilder {
  readonly #calls: (CallSource | undefined)[] = []
  readonly #to = new IntColumn()
  readonly #slot = new IntColumn()
  readonly #scope = new IntColumn()
  readonly #place = new IntColumn()
  readonly #scopes: Scope[] = []
  readonly #joins = new Map<number, Join>()
  readonly #hooks = new Map<number, Hook[]>()
  readonly #ids = new Map<number, string>()
  readonly #delays = new Map<number, Delay>()
  readonly #claimed = new Map<string, number>()
  readonly #around: Pick<Surroundings, 'inherited' | 'from'> | undefined
  #callCount = 0

  /** @param around - Where the outermost canvas stands, if that is not the application itself. */
  constructor(around?: Pick<Surroundings, 'inherited' | 'from'>) {
    this.#around = around
  }

  /** Compiles a canvas that has no parts of its own; else opens a frame for it and gives nothing yet. */
  begin(canvas: Canvas, position: Position, frames: Frame[]): Fragment | undefined {
    switch (canvas.kind) {
      case 'task':
      case 'map':
      case 'starmap':
        return this.#leaf(canvas, position, this.#node(canvas, position.scope, position.place))
      case 'chunks':
        return this.#table(canvas, canvas, sliceCount(canvas), position)
      case 'group':
        if (canvas.members instanceof EachMembers)
          return this.#table(canvas, canvas.members, canvas.members.table.length, position)
        if (!Array.isArray(canvas.members)) return this.#lazy(canvas, canvas.members, position)
        if (areBareCalls(canvas.members)) return this.#table(canvas, canvas.members, canvas.members.length, position)
        frames.push(this.#open(canvas, canvas.members, position))
        return undefined
      case 'chain':
        if (canvas.steps.length === 0)
          return this.#leaf(canvas, position, this.#node(undefined, position.scope, position.place))
        frames.push(this.#open(canvas, canvas.steps, position))
        return undefined
      case 'chord':
        frames.push(this.#open(canvas, [canvas.header as Canvas, canvas.body], position))
        return undefined
      default:
        return assertNever(canvas)
    }
  }

  /** Joins a compiled part to those before it. */
  take(frame: Frame, part: Fragment): void {
    if (frame.canvas.kind === 'group') {
      this.#fill(part.exit, frame.entry, frame.count)
      if (frame.entries === undefined && part.entry !== frame.entry + 1 + frame.count)
        frame.entries = Array.from({ length: frame.count }, (_, i) => frame.entry + 1 + i)
      frame.entries?.push(part.entry)
    } else {
      if (frame.count === 0) frame.entry = part.entry
      else this.#to.set(frame.exit, part.entry)
      frame.exit = part.exit
    }
    frame.count++
  }

  /** Closes a composite whose parts are all compiled. */
  end(frame: Frame): Fragment {
    if (frame.canvas.kind === 'group') {
      const last = this.#calls.length - 1
      const flat = last - frame.entry === frame.count && this.#isAllCalls(frame.entry + 1, last)
      const entries = flat
        ? undefined
        : (frame.entries ?? Array.from({ length: frame.count }, (_, i) => frame.entry + 1 + i))
      this.#joins.set(frame.entry, {
        scope: frame.scope,
        width: frame.count,
        entries,
        last,
        isHeader: this.#isHeader(frame.position),
        failFast: failsFast(frame),
      })
    }
    const from = frame.position.header ?? frame.from
    this.#remember(frame.canvas, frame.exit, from, () => pathOfScope(this.#view(), frame.scope))
    return { entry: frame.entry, exit: frame.exit }
  }

  finish(root: Fragment): Graph {
    return this.#view(root)
  }

  #open(canvas: Canvas, parts: Iterable<Canvas>, position: Position): Frame {
    const from = this.#calls.length
    const kind = canvas.kind as Scope['kind']
    const scope = this.#openScope(kind, canvas.options as StoredOptions, position)
    const entry = kind === 'group' ? this.#node(undefined, scope, 0) : -1
    return {
      canvas,
      position,
      scope,
      from,
      parts: parts[Symbol.iterator](),
      count: 0,
      entry,
      exit: entry,
      entries: undefined,
    }
  }

  /** A group whose members are plain calls: kept as a table, as those of `each` and chunks, or each by itself. */
  #table(canvas: Canvas, source: CallSource | readonly CallSource[], width: number, position: Position): Fragment {
    const scope = this.#openScope('group', canvas.options as StoredOptions, position)
    const join = this.#node(undefined, scope, 0)
    this.#members(source, width, join, scope)
    if ((delayOf(canvas) ?? position.delay) !== undefined)
      for (let i = 1; i <= width; i++) this.#delayed(join + i, canvas, position)
    this.#joins.set(join, {
      scope,
      width,
      entries: undefined,
      last: join + width,
      isHeader: this.#isHeader(position),
      failFast: failsFast({ canvas, position }),
    })
    this.#remember(canvas, join, position.header ?? join, () => pathOfScope(this.#view(), scope))
    return { entry: join, exit: join }
  }

  /** A group whose members are pulled when it runs. */
  #lazy(canvas: Canvas, members: Iterable<Canvas>, position: Position): Fragment {
    const scope = this.#openScope('group', canvas.options as StoredOptions, position)
    const join = this.#node(undefined, scope, 0)
    this.#joins.set(join, {
      scope,
      width: 0,
      lazy: { members, delay: delayOf(canvas) ?? position.delay },
      entries: undefined,
      last: join,
      isHeader: this.#isHeader(position),
      failFast: failsFast({ canvas, position }),
    })
    this.#remember(canvas, join, position.header ?? join, () => pathOfScope(this.#view(), scope))
    return { entry: join, exit: join }
  }

  #delayed(node: number, canvas: Canvas, position: Position): number {
    const delay = delayOf(canvas) ?? position.delay
    if (delay !== undefined) this.#delays.set(node, delay)
    return node
  }

  #leaf(canvas: Canvas, position: Position, node: number): Fragment {
    this.#delayed(node, canvas, position)
    this.#remember(canvas, node, position.header ?? node, () => pathOf(this.#view(), node))
    return { entry: node, exit: node }
  }

  #node(call: CallSource | undefined, scope: number, place: number): number {
    if (call !== undefined) this.#callCount++
    this.#to.push(TO_NOWHERE)
    this.#slot.push(0)
    this.#scope.push(scope)
    this.#place.push(place)
    return this.#calls.push(call) - 1
  }

  /** Members that are plain calls, in place. Node by node, with a position and a fragment for each, they took longer. */
  #members(source: CallSource | readonly CallSource[], width: number, join: number, scope: number): void {
    if (isList(source)) for (const call of source) this.#calls.push(call)
    else for (let i = 0; i < width; i++) this.#calls.push(source)
    this.#callCount += width
    this.#to.pushTimes(TO_JOIN - join, width)
    this.#slot.pushRange(width)
    this.#scope.pushTimes(scope, width)
    this.#place.pushRange(width)
  }

  #openScope(kind: Scope['kind'], options: StoredOptions, position: Position): number {
    const outer = this.#scopes[position.scope]
    const inherited = inheritedFrom(outer === undefined ? this.#around?.inherited : outer.inherited, options)
    // A group's join is the node that comes next.
    const join = kind === 'group' ? this.#calls.length : -1
    const from = outer === undefined ? this.#around?.from : undefined
    const scope: Scope = { kind, parent: position.scope, place: position.place, join, inherited }
    return this.#scopes.push(from === undefined ? scope : { ...scope, from }) - 1
  }

  #fill(node: number, join: number, slot: number): void {
    this.#to.set(node, TO_JOIN - join)
    this.#slot.set(node, slot)
  }

  #isHeader(position: Position): boolean {
    return this.#scopes[position.scope]?.kind === 'chord' && position.place === 0
  }

  #isAllCalls(from: number, to: number): boolean {
    for (let node = from; node <= to; node++) if (this.#calls[node] === undefined) return false
    return true
  }

  /** Keeps a canvas's links and id at the node that ends it. */
  #remember(canvas: Canvas, exit: number, from: number, path: () => string): void {
    const { link = [], linkError = [], taskId } = canvas.options as StoredOptions
    if (taskId !== undefined) this.#claim(taskId, exit)
    if (link.length === 0 && linkError.length === 0) return
    const hooks = this.#hooks.get(exit) ?? []
    hooks.push({ from, to: this.#calls.length - 1, link, linkError, path: path() })
    this.#hooks.set(exit, hooks)
  }

  #claim(taskId: string, node: number): void {
    if ((this.#claimed.get(taskId) ?? node) !== node)
      throw new ConfigurationError(`two calls of the canvas ask for the id "${taskId}"`, 'taskId', taskId)
    this.#claimed.set(taskId, node)
    this.#ids.set(node, taskId)
  }

  #view(root: Fragment = { entry: 0, exit: 0 }): Graph {
    return {
      size: this.#calls.length,
      entry: root.entry,
      exit: root.exit,
      calls: this.#calls,
      to: this.#to.values(),
      slot: this.#slot.values(),
      scope: this.#scope.values(),
      place: this.#place.values(),
      scopes: this.#scopes,
      joins: this.#joins,
      hooks: this.#hooks,
      ids: this.#ids,
      delays: this.#delays,
      callCount: this.#callCount,
    }
  }
}

const isList = (source: CallSource | readonly CallSource[]): source is readonly CallSource[] => Array.isArray(source)

/** Calls that say nothing of themselves but their arguments, and at least one. */
function areBareCalls(members: readonly Canvas[]): members is readonly AnySignature[] {
  for (const { kind, options } of members) if (kind !== 'task' || options !== NO_OPTIONS) return false
  return members.length > 0
}

function sliceCount({ items, size }: AnyChunks): number {
  const count = (items as readonly unknown[]).length
  return Math.ceil(count / Math.min(size, Math.max(count, 1)))
}

/** What calls inside a composite inherit of it: not what speaks of the composite itself. */
function inheritedFrom(outer: StoredOptions | undefined, own: StoredOptions): StoredOptions | undefined {
  if (own === NO_OPTIONS) return outer
  const { taskId, link, linkError, countdown, eta, failFast, ...inherited } = own
  return outer === undefined ? inherited : mergeOptions(outer, inherited)
}
