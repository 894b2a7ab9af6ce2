/** Canvases without their types, since most tests here give what the types forbid; and what is thrown, to look at. */
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { group } from '../../../src/canvas/group.js'
import { chunks } from '../../../src/canvas/map.js'
import { defineTasks } from '../../../src/task/task.js'

/** Whatever a canvas of any kind has. */
export interface Made {
  readonly kind: string
  readonly task: string & Made
  readonly moduleUrl: string
  readonly args: readonly unknown[]
  readonly kwargs: object
  readonly immutable: boolean
  readonly steps: readonly Made[]
  readonly members: Iterable<Made>
  readonly header: Made
  readonly body: Made
  readonly items: readonly unknown[]
  readonly size: number
  readonly options: {
    readonly link?: readonly Made[]
    readonly linkError?: readonly Made[]
    readonly [name: string]: unknown
  }
  pipe(next: unknown): Made
  link(callback: unknown): Made
  linkError(errback: unknown): Made
  set(options: unknown): Made
  partial(...args: readonly unknown[]): Made
  skew(...countdowns: readonly unknown[]): Made
  map(items: unknown): Made
  starmap(items: unknown): Made
  delay(): unknown
  applyAsync(options?: unknown): unknown
}

export interface MadeTask {
  s(...args: readonly unknown[]): Made
  si(...args: readonly unknown[]): Made
  with(options: unknown): MadeTask
  map(items: unknown): Made
  starmap(items: unknown): Made
  chunks(items: unknown, size: unknown): Made
  each(items: unknown): Made
}

const nothing = (): void => {}
const bodies = { a: nothing, b: nothing, c: nothing }

export const tasks = defineTasks('file:///made.js', bodies) as unknown as Readonly<
  Record<keyof typeof bodies, MadeTask>
>
export const make = { chain, chord, group, chunks } as unknown as {
  chain(...steps: readonly unknown[]): Made
  chord(header: unknown, body: unknown): Made
  group(...members: readonly unknown[]): Made
  chunks(task: unknown, items: unknown, size: unknown): Made
}

/** One canvas of every kind. */
export const everyKind: readonly (readonly [kind: string, make: () => Made])[] = [
  ['task', () => tasks.a.s(1)],
  ['chain', () => make.chain(tasks.a.s(), tasks.b.s())],
  ['group', () => make.group(tasks.a.s(), tasks.b.s())],
  ['chord', () => make.chord([tasks.a.s()], tasks.b.s())],
  ['map', () => tasks.a.map([1, 2])],
  ['starmap', () => tasks.a.starmap([[1], [2]])],
  ['chunks', () => tasks.a.chunks([[1], [2]], 1)],
]

/** What a function throws. */
export function thrownBy(
  act: () => unknown,
): Error & { readonly path?: string; readonly option?: string; readonly value?: unknown } {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('it threw nothing')
}
