/** `group`: members side by side, and the table of arguments behind `task.each()`. */
import { InvalidCanvasError } from '../errors.js'
import type { Canvas, Group } from './canvas.js'
import { listOfCanvases } from './chain.js'
import { isCanvas, requireCanvas } from './options.js'
import { type AnySignature, makeGroup } from './shape.js'
import { signature } from './signature.js'
import type { AnyCanvas, Args, CanvasOf, ResultsOf, SharedInput } from './typing.js'

/**
 * Runs the members side by side; all get the same input, and the value is the list of theirs, in order, for one member and none too.
 *
 * An array is copied. Another iterable is pulled while the group runs, as room becomes free; a one-shot iterator can be applied once.
 *
 * @throws {@link InvalidCanvasError} if a member is not a canvas; for a lazy one, when it is pulled.
 * @see https://docs.celeryq.dev/en/stable/userguide/canvas.html#groups
 * @example
 * await runtime.run(group(add.s(2, 2), add.s(4, 4))) // [4, 8]
 */
export function group<const S extends readonly AnyCanvas[]>(...members: S): Group<SharedInput<S>, ResultsOf<S>>
export function group<const S extends readonly AnyCanvas[]>(members: S): Group<SharedInput<S>, ResultsOf<S>>
export function group<P extends Args, R>(members: Iterable<CanvasOf<P, R>>): Group<P, R[]>
export function group(...given: readonly unknown[]): unknown {
  return groupOf(given)
}

/** {@link group} without its types. */
export function groupOf(given: readonly unknown[]): Group<any, unknown> {
  const only = given.length === 1 ? given[0] : undefined
  if (isLazy(only)) return makeGroup(new LazyMembers(only))
  return makeGroup(Object.freeze(listOfCanvases(given, 'members')))
}

const isLazy = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function' &&
  !Array.isArray(value) &&
  !isCanvas(value)

/** Iterators that have given something, as their own iterables. Some can begin again; what gives nothing the second time could not. */
const begun = new WeakSet<object>()

/** Members that are pulled from an iterable when somebody asks, and checked then. */
class LazyMembers implements Iterable<Canvas> {
  readonly #source: Iterable<unknown>
  constructor(source: Iterable<unknown>) {
    this.#source = source
    Object.freeze(this)
  }
  /** Two of them are the same only if they are one: what is inside shows when it is pulled. */
  get [Symbol.toStringTag](): string {
    return 'LazyMembers'
  }

  *[Symbol.iterator](): Iterator<Canvas> {
    const source = this.#source
    const iterator = source[Symbol.iterator]()
    const isOneShot = (iterator as unknown) === source
    let i = 0
    for (const member of { [Symbol.iterator]: () => iterator }) {
      if (i === 0 && isOneShot) begun.add(source)
      requireCanvas(member, `members[${i++}]`)
      yield member as Canvas
    }
    if (i === 0 && begun.has(source)) throw usedUp()
  }
}

const usedUp = (): InvalidCanvasError =>
  new InvalidCanvasError(
    'the iterator was used up by an earlier use of this group: a one-shot iterator can be applied once, so give an iterable that can begin again, or an array',
    'members',
  )

/**
 * The members of `task.each(items)`: a table of arguments. Each member is `si(...item)`; none exists before somebody looks at it.
 * `compile` knows this class and never looks.
 */
export class EachMembers implements Iterable<Canvas> {
  readonly task: AnySignature
  readonly table: readonly (readonly unknown[])[]
  constructor(task: AnySignature, table: readonly (readonly unknown[])[]) {
    this.task = task
    this.table = Object.freeze(table)
    Object.freeze(this)
  }
  *[Symbol.iterator](): Iterator<Canvas> {
    const { task, moduleUrl, kwargs } = this.task
    for (const args of this.table) yield signature({ taskName: task, moduleUrl } as never, [...args], kwargs, true)
  }
}
