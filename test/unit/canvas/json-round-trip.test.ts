/** There and back: random canvases, and every canvas of the corpus that was run on Celery. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { isEqual } from '../../../src/canvas/equality.js'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { groupOf } from '../../../src/canvas/group.js'
import type { CanvasJSON } from '../../../src/canvas/json.js'
import { chunks } from '../../../src/canvas/map.js'
import type { AnyCanvas, CanvasOf } from '../../../src/canvas/typing.js'
import { InvalidCanvasError } from '../../../src/errors.js'
import { defineTasks } from '../../../src/task/task.js'

const tasks = defineTasks('file:///tasks.js', {
  one: (...args: unknown[]) => args,
  two: (x: unknown, options: Record<string, unknown>) => [x, options],
})

/** Canvases whose types nobody knows: any of them fits anywhere. */
interface Loose extends CanvasOf<never, never> {
  set(options: object): Loose
  skew(start: number, stop: number, step: number): Loose
  partial(...args: unknown[]): Loose
  map(items: unknown): Loose
  starmap(items: unknown): Loose
  toJSON(): CanvasJSON
}
const loose = (canvas: { readonly kind: AnyCanvas['kind'] }): Loose => canvas as Loose

/** Whatever JSON holds: text made of it, and read again. */
const data = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }).map((v): unknown => JSON.parse(JSON.stringify(v)))
const args = fc.array(data, { maxLength: 3 })
const lists = fc.array(args, { maxLength: 3 })
const key = fc.oneof(fc.constantFrom('constructor', 'toString'), fc.string()).filter((name) => name !== '__proto__')
const call = fc.oneof(
  args.map((list) => loose(tasks.one.s(...list))),
  args.map((list) => loose(tasks.one.si(...list))),
  fc.dictionary(key, data, { maxKeys: 3 }).map((kwargs) => loose(tasks.two.with(kwargs).s())),
)
const mapped = fc.oneof(
  fc.tuple(call, args).map(([signature, items]) => signature.map(items)),
  fc.tuple(call, lists).map(([signature, items]) => signature.starmap(items)),
)
const sliced = fc
  .tuple(call, lists, fc.integer({ min: 1 }))
  .map(([signature, items, size]) => loose(chunks(signature as never, items as never, size)))

const ms = fc.integer({ min: 0, max: 1e14 })
const date = fc.date({ noInvalidDate: true })

const { canvas } = fc.letrec<{ canvas: Loose; bare: Loose; options: object }>((tie) => {
  const parts = fc.array(tie('canvas'), { maxLength: 3 })
  const plain = parts.map((members) => loose(groupOf([members])))
  const skewed = fc
    .tuple(plain, ms, ms, ms)
    .map(([members, start, more, step]) => members.skew(start, start + more, step))
  const group = fc.oneof(plain, skewed)
  return {
    bare: fc.oneof(
      { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
      call,
      mapped,
      sliced,
      parts.map((steps) => loose(chain(steps as never))),
      group,
      fc
        .tuple(fc.oneof(parts, group, sliced), tie('canvas'))
        .map(([head, body]) => loose(chord(head as never, body as never))),
      fc.tuple(tie('canvas'), args).map(([inner, given]) => inner.partial(...given)),
    ),
    options: fc.record(
      {
        taskId: fc.string({ minLength: 1 }),
        link: parts,
        linkError: parts,
        headers: fc.constant({ tenant: [1, { a: null }] }),
        countdown: ms,
        expires: fc.oneof(ms, date),
        priority: fc.integer({ min: 0, max: 9 }),
        timeLimit: ms.map((n) => n + 1_000_000),
        softTimeLimit: fc.integer({ min: 1, max: 1_000_000 }),
        ignoreResult: fc.boolean(),
        maxRetries: fc.oneof(fc.nat(), fc.constant(Infinity)),
      },
      { requiredKeys: [] },
    ),
    canvas: fc.oneof(
      { weight: 3, arbitrary: tie('bare') },
      { weight: 1, arbitrary: fc.tuple(tie('bare'), tie('options')).map(([inner, more]) => inner.set(more)) },
    ),
  }
})

describe('any canvas', () => {
  it('comes back equal from its dict, and from its text', () => {
    fc.assert(
      fc.property(canvas, (made) => {
        const json = made.toJSON()
        expect(isEqual(fromJSON(json, { tasks }), made)).toBe(true)
        expect(isEqual(fromJSON(JSON.stringify(made), { tasks }), made)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is written the same a second time, and from frozen JSON', () => {
    fc.assert(
      fc.property(canvas, (made) => {
        const json = made.toJSON()
        expect(fromJSON(Object.freeze(json), { tasks }).toJSON()).toEqual(json)
      }),
      { numRuns: 500 },
    )
  })
})

interface Case {
  readonly name: string
  readonly canvas: CanvasJSON
  readonly call?: { readonly options?: Record<string, CanvasJSON | CanvasJSON[] | string> }
}

describe('the corpus', () => {
  const corpus = JSON.parse(readFileSync(new URL('../../parity/corpus.json', import.meta.url), 'utf8')) as Case[]
  const dicts = corpus.flatMap(({ name, canvas: dict, call: given }) => {
    const { link = [], link_error: errbacks = [] } = given?.options ?? {}
    return [dict, ...[link, errbacks].flat()].map((one) => ({ name, dict: one as CanvasJSON }))
  })
  const names = new Set(JSON.stringify(dicts).match(/(?<="task":")[^"]+/g))
  for (const name of names) if (name.startsWith('celery.') || name === 'no.such.task') names.delete(name)
  const known = defineTasks('file:///corpus.js', Object.fromEntries([...names].map((name) => [name, () => 1])))

  /** Refused, and where the reason stands in them. */
  const REFUSED: Readonly<Record<string, string>> = { 'sig-unregistered': 'task' }
  /**
   * An equal callback is kept once; immutability of a composite is written on its first calls, where it was brought to.
   */
  const WRITTEN_OTHERWISE = ['law-errback-twice', 'law-immutable-chain']

  it('is accepted, and written as Celery wrote it', () => {
    const refused: Record<string, string> = {}
    const otherwise = new Set<string>()
    for (const { name, dict } of dicts)
      try {
        const written = fromJSON(dict, { tasks: known }).toJSON()
        if (!isEqual(written, dict)) otherwise.add(name)
      } catch (error) {
        if (!(error instanceof InvalidCanvasError)) throw error
        refused[name] = error.path
      }
    expect(dicts.length).toBeGreaterThan(340)
    expect(refused).toEqual(REFUSED)
    expect([...otherwise]).toEqual(WRITTEN_OTHERWISE)
  })
})
