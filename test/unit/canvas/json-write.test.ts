/** What `toJSON` writes: Celery's six keys, its names, and nothing that JSON cannot hold. */
import { describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { group } from '../../../src/canvas/group.js'
import { chunks } from '../../../src/canvas/map.js'
import { type InvalidCanvasError, SerializationError } from '../../../src/errors.js'
import { defineTasks, task } from '../../../src/task/task.js'

const tasks = defineTasks('file:///tasks.js', {
  add: (x: number, y: number) => x + y,
  any: (...args: unknown[]) => args,
  named: (x: unknown, o: { a?: unknown; b?: number }) => [x, o],
  each: task({ name: 'celery.chain' }, () => 1),
})
const { add, any, named } = tasks
const one = { task: 'add', args: [1, 2], kwargs: {}, options: {}, subtask_type: null, immutable: false }
const two = { ...one, args: [3], immutable: false }

describe('toJSON writes', () => {
  it('a call with all six keys', () => {
    expect(add.s(1, 2).toJSON()).toEqual(one)
    expect(add.si(1, 2).toJSON()).toEqual({ ...one, immutable: true })
    expect(Object.keys(add.s(1, 2).toJSON())).toEqual([
      'task',
      'args',
      'kwargs',
      'options',
      'subtask_type',
      'immutable',
    ])
  })

  it('a chain, a group and a chord by their subtask_type', () => {
    const rest = { args: [], options: {}, immutable: false }
    const parts = { tasks: [one, two] }
    expect(chain(add.s(1, 2), add.s(3)).toJSON()).toEqual({
      ...rest,
      task: 'celery.chain',
      kwargs: parts,
      subtask_type: 'chain',
    })
    expect(group(add.s(1, 2), add.s(3)).toJSON()).toEqual({
      ...rest,
      task: 'celery.group',
      kwargs: parts,
      subtask_type: 'group',
    })
    const written = chord([add.s(1, 2)], any.s()).toJSON()
    const body = { ...one, task: 'any', args: [] }
    expect(written).toEqual({
      ...rest,
      task: 'celery.chord',
      kwargs: { kwargs: {}, header: [one], body },
      subtask_type: 'chord',
    })
    expect(Object.keys(written.kwargs)).toEqual(['kwargs', 'header', 'body'])
  })

  it('map, starmap and chunks by their task', () => {
    const rest = { args: [], options: {}, subtask_type: null, immutable: true }
    const mapped = { ...one, args: [] }
    expect(add.s(1).map([1, 2]).toJSON()).toEqual({
      ...rest,
      task: 'celery.map',
      kwargs: { task: { ...one, args: [1] }, it: [1, 2] },
    })
    expect(add.starmap([[1, 2]]).toJSON()).toEqual({
      ...rest,
      task: 'celery.starmap',
      kwargs: { task: mapped, it: [[1, 2]] },
    })
    expect(add.chunks([[1, 2]], 7).toJSON()).toEqual({
      ...rest,
      task: 'celery.chunks',
      kwargs: { task: mapped, it: [[1, 2]], n: 7 },
    })
  })

  it('one slice of any size as a slice of that many items', () => {
    expect(
      chunks(
        add,
        [
          [1, 2],
          [3, 4],
        ],
        Infinity,
      ).toJSON(),
    ).toHaveProperty('kwargs.n', 2)
    expect(chunks(add, [], Infinity).toJSON()).toHaveProperty('kwargs.n', 1)
  })

  it('each as a group of immutable calls', () => {
    expect(add.each([[1, 2]]).toJSON()).toEqual(group(add.si(1, 2)).toJSON())
  })

  it('a lazy group by pulling it', () => {
    const members = function* () {
      yield add.s(1, 2)
    }
    expect(group(members()).toJSON()).toEqual(group(add.s(1, 2)).toJSON())
  })

  it('options in snake_case, with links as lists, on every kind', () => {
    const options = { task_id: 'me', link: [two], link_error: [{ ...one, task: 'any', args: [] }], headers: { a: [1] } }
    const set = { taskId: 'me', link: add.s(3), linkError: any.s(), headers: { a: [1] } }
    for (const canvas of [add.s(1, 2), add.starmap([]), chord([], any.s())] as const)
      expect(canvas.set(set as object).toJSON().options).toEqual(options)
  })

  it('durations in seconds, dates in ISO 8601, no limit as null', () => {
    const eta = new Date('2030-01-31T12:00:00.250Z')
    const written = (options: object): unknown => any.s().set(options).toJSON().options
    expect(written({ countdown: 1_005, expires: 0, timeLimit: 30_000, softTimeLimit: 0.5, priority: 9 })).toEqual({
      countdown: 1.005,
      expires: 0,
      time_limit: 30,
      soft_time_limit: 0.0005,
      priority: 9,
    })
    expect(written({ maxRetries: 3 })).toEqual({ max_retries: 3 })
    expect(written({ eta, expires: eta, ignoreResult: true, maxRetries: Infinity })).toEqual({
      eta: '2030-01-31T12:00:00.250Z',
      expires: '2030-01-31T12:00:00.250Z',
      ignore_result: true,
      max_retries: null,
    })
  })

  it('a header with options of its own as a group, chunks as chunks', () => {
    const linked = group(add.s(1, 2)).link(any.s())
    expect(chord(linked, any.s()).toJSON()).toHaveProperty('kwargs.header', linked.toJSON())
    const slices = add.chunks([[1, 2]], 1)
    expect(chord(slices, any.s()).toJSON()).toHaveProperty('kwargs.header', slices.toJSON())
  })

  it('what JSON.stringify asks for', () => {
    expect(JSON.parse(JSON.stringify({ canvas: add.s(1, 2) }))).toEqual({ canvas: one })
  })

  it('copies: the canvas stays as it is whatever becomes of them', () => {
    const list = [1]
    const canvas = any.s(list)
    const json = canvas.toJSON()
    ;(json.args[0] as number[]).push(2)
    expect(canvas.args).toEqual([[1]])
    expect(canvas.toJSON().args).toEqual([[1]])
  })

  it('an argument with an own __proto__ as what it is', () => {
    const [copy] = any.s(JSON.parse('{"__proto__": 1}')).toJSON().args
    expect(Object.keys(copy as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  })
})

describe('toJSON writes stamps', () => {
  const optionsOf = (stamps: Record<string, unknown>): unknown => add.s(1, 2).stamp(stamps).toJSON().options

  it('among the options, one value as it is and several as a list', () => {
    expect(optionsOf({ a: 1, b: ['x', 'y'], c: [] })).toEqual({
      stamped_headers: ['a', 'b', 'c'],
      a: 1,
      b: ['x', 'y'],
      c: [],
    })
  })

  it('so that one value that is a list is not taken for several', () => {
    expect(optionsOf({ a: [[1, 2]] })).toEqual({ stamped_headers: ['a'], a: [[1, 2]] })
  })

  it('under no name that is an option, and with nothing that JSON cannot hold', () => {
    for (const name of ['priority', 'stamped_headers', 'link'])
      expect(() => optionsOf({ [name]: 1 })).toThrow(
        expect.objectContaining({ code: 'ERR_SERIALIZATION', path: `options.${name}` }),
      )
    expect(() => optionsOf({ a: [1, { at: 5n }] })).toThrow(expect.objectContaining({ path: 'options.a[1].at' }))
  })
})

describe('toJSON refuses', () => {
  const cyclic: unknown[] = [1]
  cyclic.push({ cyclic })
  const getter = Object.defineProperty({}, 'a', { enumerable: true, get: () => expect.unreachable() })
  let deep: unknown[] = []
  for (let i = 0; i < 512; i++) deep = [deep]
  class Own {}
  it.each<[string, unknown, string]>([
    ['undefined', undefined, ''],
    ['NaN', { a: NaN }, '.a'],
    ['Infinity', [-Infinity], '[0]'],
    ['a BigInt', [{ 'a b': 10n }], '[0]["a b"]'],
    ['a function', [() => 1], '[0]'],
    ['a symbol', [Symbol('a')], '[0]'],
    ['a Date', { at: new Date(0) }, '.at'],
    ['a Map', new Map(), ''],
    ['a typed array', [new Uint8Array(1)], '[0]'],
    ['an object of a class', new Own(), ''],
    ['a canvas as data', [add.s(1, 2)], '[0]'],
    ['half of a surrogate pair', ['\ud800'], '[0]'],
    ['half of a surrogate pair in a key', [{ '\udc00': 1 }], '[0]["\\udc00"]'],
    // biome-ignore lint/suspicious/noSparseArray: that is what must be refused
    ['a list with holes', [1, [, 2]], '[1]'],
    ['a getter, which is not run', [getter], '[0].a'],
    ['a value that contains itself', cyclic, '[1].cyclic'],
    ['data nested too deep', deep, '…'],
  ])('%s', (_, value, path) => {
    const refused = refusalOf(chain(any.s(), any.s(0, value)))
    expect(refused).toMatchObject({ code: 'ERR_SERIALIZATION' })
    if (!path.includes('…')) expect(refused?.path).toBe(`kwargs.tasks[1].args[1]${path}`)
    else expect(refused?.path).toContain('…')
  })

  it('options that Celery does not have, and limits that its numbers cannot hold', () => {
    expect(refusalOf(any.s().set({ failFast: true }))?.path).toBe('options.failFast')
    expect(refusalOf(any.s().set({ retryDelay: 1 }))?.path).toBe('options.retryDelay')
    expect(refusalOf(any.s().set({ timeLimit: Infinity }))?.path).toBe('options.time_limit')
  })

  it('such values in options objects, headers, items and links, with their path', () => {
    expect(refusalOf(named.with({ a: NaN }).s())?.path).toBe('kwargs.a')
    expect(refusalOf(named.with(JSON.parse('{"__proto__": 1}')).s())?.path).toBe('kwargs.__proto__')
    expect(refusalOf(any.s().set({ headers: { at: new Date(0) } }))?.path).toBe('options.headers.at')
    expect(refusalOf(any.map([1, undefined]))?.path).toBe('kwargs.it[1]')
    expect(refusalOf(any.s(NaN).map([1]))?.path).toBe('kwargs.task.args[0]')
    expect(refusalOf(chord([any.s()], any.s().link(any.s(1n))))?.path).toBe('kwargs.body.options.link[0].args[0]')
  })

  it('such values with their path, wherever they are', () => {
    const bad = any.s(1n)
    const rude = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new RangeError('mine')
        },
      },
    )
    const paths = (canvas: unknown): string | undefined => refusalOf(canvas as never)?.path
    expect(paths(chord([any.s(), bad], any.s()))).toBe('kwargs.header[1].args[0]')
    expect(paths(chord(group(bad).link(any.s()), any.s()))).toBe('kwargs.header.kwargs.tasks[0].args[0]')
    expect(paths(chord([any.s()], bad))).toBe('kwargs.body.args[0]')
    expect(paths(group(any.s(), chain(bad)))).toBe('kwargs.tasks[1].kwargs.tasks[0].args[0]')
    expect(paths(any.s().linkError(any.s()).linkError(bad))).toBe('options.link_error[1].args[0]')
    expect(paths(group(any.s()).link(bad))).toBe('options.link[0].args[0]')
    expect(paths(bad.map([1]))).toBe('kwargs.task.args[0]')
    expect(paths(chunks(any, [[1n]], 1))).toBe('kwargs.it[0][0]')
    expect(paths(any.map([]).set({ failFast: true }))).toBe('options.failFast')
    expect(paths(chain(any.s(rude)))).toBe('kwargs.tasks[0].args[0]')
    expect(paths(chain(named.with({ a: rude }).s()))).toBe('kwargs.tasks[0].kwargs.a')
    expect(paths(chain(any.s()).set({ headers: { a: rude } }))).toBe('options.headers.a')
    expect(paths(any.s().stamp({ a: rude }))).toBe('options.a')
  })

  it('a task that is named as one of the kinds', () => {
    expect(refusalOf(group(tasks.each.s()))?.path).toBe('kwargs.tasks[0].task')
  })

  it('what fromJSON would refuse, and nothing else: data of 512 levels passes both', () => {
    const canvas = any.s(deep[0])
    expect(fromJSON(canvas.toJSON(), { tasks })).toEqual(canvas)
  })
})

function refusalOf(canvas: { toJSON(): unknown }): InvalidCanvasError | SerializationError | undefined {
  try {
    canvas.toJSON()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError)
    return error as SerializationError
  }
}
