/** What `fromJSON` builds: the same canvases as the functions that describe them. */
import { describe, expect, it } from 'vitest'
import type { Canvas, Group } from '../../../src/canvas/canvas.js'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { isEqual } from '../../../src/canvas/equality.js'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { group } from '../../../src/canvas/group.js'
import type { AnyCanvas } from '../../../src/canvas/typing.js'
import { ConfigurationError, InvalidCanvasError } from '../../../src/errors.js'
import { defineTasks } from '../../../src/task/task.js'
import { tasksFrom } from '../../../src/task/tasks-from.js'

const tasks = defineTasks('file:///tasks.js', {
  add: (x: number, y: number) => x + y,
  any: (...args: unknown[]) => args,
  named: (x: unknown, o: { a?: unknown; b?: number }) => [x, o],
})
const { add, any, named } = tasks

const call = (task: string, ...args: unknown[]) => ({
  task,
  args,
  kwargs: {},
  options: {},
  subtask_type: null,
  immutable: false,
})
const composite = (kind: string, kwargs: object, more: object = {}) => {
  return { ...call(`celery.${kind}`), kwargs, subtask_type: kind, ...more }
}
const mapped = (kind: string, kwargs: object, more: object = {}) => {
  return { ...call(`celery.${kind}`), kwargs, immutable: true, ...more }
}
const read = (json: unknown): Canvas => fromJSON(json, { tasks })
const expectEqual = (found: unknown, wanted: AnyCanvas): void => {
  expect(found).toEqual(wanted)
  expect(isEqual(found, wanted)).toBe(true)
}

describe('fromJSON', () => {
  it('gives back what toJSON wrote, as object and as text', () => {
    const slices = add.chunks(
      [
        [1, 2],
        [3, 4],
      ],
      1,
    )
    const callback = any.s(1).link(any.s()).linkError(any.si('x'))
    const canvases: Canvas[] = [
      add.s(1, 2),
      add.si(1, 2),
      callback,
      named.with({ a: { b: [null] } }).s(1),
      chain(),
      chain(add.s(1, 2), add.s(3)).link(callback),
      chain(chain(any.s(), any.s()), group(any.s()), chord([any.s()], any.s())) as Canvas,
      group(),
      group(any.s(), chain(any.s(), any.s())).set({ taskId: 'g', headers: { tenant: 1 } }) as Canvas,
      chord([add.s(1, 2)], any.s().link(callback)).linkError(any.s()),
      chord(group(add.s(1, 2)).link(any.s()), any.s()),
      chord(slices, chord([any.s()], any.s())),
      chord([slices], any.s()),
      any.map([1, [2], { a: 3 }]),
      any.s(7).map([]).link(callback),
      add.starmap([[1, 2]]),
      slices,
      any.s().set({ link: [], headers: {} }),
    ]
    for (const canvas of canvases) {
      expectEqual(read(canvas.toJSON()), canvas)
      expectEqual(read(JSON.stringify(canvas)), canvas)
    }
    const each = add.each([
      [1, 2],
      [3, 4],
    ])
    expectEqual(read(each.toJSON()), group([...(each as Group<never, unknown>).members]))
  })

  it('makes frozen canvases that own what they hold', () => {
    const json = { ...call('any', [1]), kwargs: { a: { b: 1 } } }
    const canvas = read(json)
    ;(json.args[0] as number[]).push(2)
    json.kwargs.a.b = 2
    expect(canvas).toMatchObject({ args: [[1]], kwargs: { a: { b: 1 } } })
    for (const part of [
      canvas,
      (canvas as { args: unknown }).args,
      (canvas as { kwargs: unknown }).kwargs,
      canvas.options,
    ])
      expect(Object.isFrozen(part)).toBe(true)
  })

  it('makes chains that pipe joins, as those of chain()', () => {
    expectEqual((read(chain(any.s()).toJSON()) as ReturnType<typeof any.s>).pipe(any.s()), chain(any.s(), any.s()))
  })

  it('takes a header as list, group, chunks or a single call', () => {
    const parts = (header: unknown) => composite('chord', { kwargs: {}, header, body: call('any') })
    const one = chord([add.s(1, 2)], any.s())
    expectEqual(read(parts([call('add', 1, 2)])), one)
    expectEqual(read(parts(composite('group', { tasks: [call('add', 1, 2)] }))), one)
    expectEqual(read(parts(call('add', 1, 2))), one)
    expectEqual(read(parts(add.chunks([[1, 2]], 1).toJSON())), chord(add.chunks([[1, 2]], 1), any.s()))
    expectEqual(read(parts([])), chord([], any.s()))
  })

  it('takes a time to expire that has passed, as Celery writes it', () => {
    const json = { ...call('any'), options: { expires: -1 } }
    expect(read(json).options).toEqual({ expires: -1_000 })
    expect(read(json).toJSON().options).toEqual({ expires: -1 })
  })

  it.each<[json: object, options: object]>([
    [{ countdown: 1.005 }, { countdown: 1_005 }],
    [{ countdown: 0 }, { countdown: 0 }],
    [{ countdown: 1e-7 }, { countdown: 0.0001 }],
    [{ countdown: 8.64e12 }, { countdown: 8.64e15 }],
    [{ eta: '2030-01-31T12:00:00Z' }, { eta: new Date(Date.UTC(2030, 0, 31, 12)) }],
    [{ eta: '2030-01-31T12:00:00.123456+02:00' }, { eta: new Date(Date.UTC(2030, 0, 31, 10, 0, 0, 123)) }],
    [{ eta: '2030-01-31 12:00:00-0530' }, { eta: new Date(Date.UTC(2030, 0, 31, 17, 30)) }],
    [{ eta: '2028-02-29T12:00' }, { eta: new Date(Date.UTC(2028, 1, 29, 12)) }],
    [{ eta: '+012345-01-31T12:00:00,5Z' }, { eta: new Date('+012345-01-31T12:00:00.500Z') }],
    [{ expires: '2030-01-31T12:00:00' }, { expires: new Date(Date.UTC(2030, 0, 31, 12)) }],
    [{ priority: 9 }, { priority: 9 }],
    [
      { time_limit: 2, soft_time_limit: 0.5 },
      { timeLimit: 2_000, softTimeLimit: 500 },
    ],
    [
      { time_limit: 2, soft_time_limit: 2 },
      { timeLimit: 2_000, softTimeLimit: 2_000 },
    ],
    [{ ignore_result: true }, { ignoreResult: true }],
    [{ headers: { constructor: 1 } }, { headers: { constructor: 1 } }],
    [{ max_retries: 0 }, { maxRetries: 0 }],
    [{ max_retries: null }, { maxRetries: Infinity }],
  ])('takes the options %j in its own names and units', (json, options) => {
    expectEqual(read({ ...call('any'), options: json }), any.s().set(options))
  })

  it('takes a list of stamps that names none, or one twice', () => {
    const read = (options: object): unknown => fromJSON({ ...call('any'), options }, { tasks }).options
    expect(read({ stamped_headers: [] })).toEqual({})
    expect(read({ stamped_headers: ['a', 'a'], a: 1 })).toEqual({ stamps: { a: [1] } })
  })

  it('takes a link as dict or list', () => {
    const linked = add.s(1, 2).link(any.s())
    expectEqual(read({ ...call('add', 1, 2), options: { link: call('any') } }), linked)
    expectEqual(read({ ...call('add', 1, 2), options: { link: [call('any')] } }), linked)
  })

  it('keeps equal callbacks once, however they are written', () => {
    const first = { ...call('any', { a: 1, b: [0] }), options: { link: [call('any'), call('any')] } }
    const same = { ...call('any', { b: [0], a: 1 }), options: { link: call('any') } }
    const list = composite('chord', { header: [first], body: call('any') })
    const asGroup = composite('chord', { header: composite('group', { tasks: [same] }), body: call('any') })
    const slices = any.chunks([[1]], 1).toJSON()
    const others = [
      call('any', { a: 1, b: [-0] }),
      call('any', '-0'),
      call('any', -0),
      call('any', 0),
      call('any', '0'),
      slices,
    ]
    const link = [first, list, ...others, same, asGroup, slices, call('any', { a: 1, b: [-0] })]
    const found = read({ ...call('any'), options: { link, link_error: [same, first] } })
    const wanted = [first, list, ...others].map(read)
    expect(isEqual(found.options.link, wanted)).toBe(true)
    expect(isEqual(found.options.linkError, [read(same)])).toBe(true)
  })

  it.each(['link', 'link_error'])('keeps equal ones of %s once, also where there are no others', (option) => {
    const list = [call('any', 1), call('any', 1), call('any', 2)]
    const { options } = read({ ...call('any'), options: { [option]: list } })
    expect(Object.values(options)).toEqual([[any.s(1), any.s(2)]])
  })

  it("merges a chord's inner kwargs into its header calls, but for immutable ones", () => {
    const own = { ...call('any', 1), kwargs: { a: 1, b: 1 } }
    const still = { ...own, immutable: true }
    const header = [own, still, composite('chain', { tasks: [call('any'), call('any')] })]
    const found = read(composite('chord', { kwargs: { b: 2 }, header, body: call('any') })) as unknown as {
      header: { members: { kwargs: object; steps: { kwargs: object }[] }[] }
      body: { kwargs: object }
    }
    const [first, second, third] = found.header.members
    expect([first!.kwargs, second!.kwargs]).toEqual([
      { a: 1, b: 2 },
      { a: 1, b: 1 },
    ])
    expect(third!.steps.map((step) => step.kwargs)).toEqual([{ b: 2 }, {}])
    expect(found.body.kwargs).toEqual({})
  })

  it('puts arguments of a composite in front of those of its first calls', () => {
    const parts = [call('any', 1), call('any', 2)]
    const whole = [any.s(1), any.s(2)] as const
    expectEqual(read(composite('chain', { tasks: parts }, { args: [8, 9] })), chain(...whole).partial(8, 9))
    expectEqual(read(composite('group', { tasks: parts }, { args: [8, 9] })), group(...whole).partial(8, 9))
    const body = call('any')
    expectEqual(read(composite('chord', { header: parts, body }, { args: [8] })), chord([...whole], any.s()).partial(8))
    const inner = composite(
      'chord',
      { header: composite('group', { tasks: parts }, { args: [5] }), body },
      { args: [6] },
    )
    const outer = composite(
      'group',
      { tasks: [inner, any.map([1]).toJSON(), { ...call('any', 3), immutable: true }] },
      { args: [7] },
    )
    expectEqual(
      read(outer),
      group(
        chord([...whole], any.s())
          .partial(5)
          .partial(6) as AnyCanvas,
        any.map([1]),
        any.si(3),
      ).partial(7),
    )
  })

  it('makes the first calls of an immutable composite immutable, with the arguments it had', () => {
    const parts = [call('any', 1), call('any', 2)]
    const immutable = true
    expectEqual(read(composite('chain', { tasks: parts }, { immutable })), chain(any.si(1), any.s(2)))
    expectEqual(read(composite('group', { tasks: parts }, { immutable, args: [0] })), group(any.si(0, 1), any.si(0, 2)))
    const chordOf = composite('chord', { header: parts, body: call('any') }, { immutable })
    expectEqual(read(chordOf), chord([any.si(1), any.si(2)], any.s()))
    expectEqual(
      read(composite('chain', { tasks: [chordOf] }, { args: [9] })),
      chain([chord([any.si(1), any.si(2)], any.s())]),
    )
  })

  it('takes map, starmap and chunks with and without immutable', () => {
    expectEqual(read(mapped('map', { task: call('any'), it: [1] }, { immutable: false })), any.map([1]))
    expectEqual(read(mapped('map', { task: call('any'), it: [1] })), any.map([1]))
  })

  it('ignores chord_size, which older versions wrote', () => {
    const parts = { kwargs: {}, header: [call('any')], body: call('any'), chord_size: 1 }
    expectEqual(read(composite('chord', parts, { chord_size: null })), chord([any.s()], any.s()))
  })

  it('leaves dicts among the arguments what they are: data', () => {
    expectEqual(read(call('any', call('nobody'))), any.s(call('nobody')))
  })

  it('keeps own names such as constructor, and __proto__ inside data, as plain properties', () => {
    const args = '[{"__proto__":{"polluted":1},"toString":2}]'
    const kwargs = '{"constructor":{"prototype":3}}'
    const text = `{"task":"any","args":${args},"kwargs":${kwargs},"options":{},"subtask_type":null,"immutable":false}`
    const found = read(text) as unknown as { args: [object]; kwargs: { constructor: unknown } }
    expect(Object.keys(found.args[0])).toEqual(['__proto__', 'toString'])
    expect(Object.getPrototypeOf(found.args[0])).toBe(Object.prototype)
    expect(found.kwargs.constructor).toEqual({ prototype: 3 })
    expect(isEqual(read(JSON.parse(text)), found)).toBe(true)
    expect('polluted' in {}).toBe(false)
  })

  it('copies a name that all objects have as a property like any other', () => {
    const { args } = read(call('any', { constructor: 1 })) as unknown as { args: readonly object[] }
    expect(Object.getOwnPropertyDescriptor(args[0], 'constructor')).toEqual({
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  })

  it('takes objects without a prototype', () => {
    expectEqual(read(Object.assign(Object.create(null), call('add', 1, 2))), add.s(1, 2))
  })
})

describe('the list of tasks', () => {
  const other = defineTasks('file:///other.js', { add: (x: number) => x })
  const json = call('add', 1, 2)

  it.each<[string, Parameters<typeof fromJSON>[1]['tasks']]>([
    ['a list', [any, add]],
    ['a set', new Set([add])],
    [
      "a module's exports, with what else they hold",
      { ...tasks, version: '1', helper: () => 1, canvas: add.s(), default: null },
    ],
    ['the same task twice', [add, tasks.add]],
    ['a task and its form with options', [add, named, named.with({ a: 1 })]],
  ])('may be %s', (_, list) => {
    expectEqual(fromJSON(json, { tasks: list }), add.s(1, 2))
  })

  it('goes by registered name', () => {
    const { add: summed } = defineTasks('file:///s.js', { add: (x: number) => x }, { namespace: 'math' })
    const found = fromJSON(call('math.add', 1), { tasks: { anything: summed } })
    expectEqual(found, summed.s(1))
    expect(() => fromJSON(call('anything', 1), { tasks: { anything: summed } })).toThrow(InvalidCanvasError)
  })

  it('takes tasks of a module that is not loaded here, one by one', () => {
    const { shrink } = tasksFrom<{ shrink(n: number): number }>(new URL('file:///images.js'))
    expectEqual(fromJSON(call('shrink', 1), { tasks: [shrink] }), shrink.s(1))
  })

  it('refuses two tasks of one name, and what is no list of tasks', () => {
    const wrong = [
      [add, other.add],
      { a: add, b: other.add },
      [add, add.s(1)],
      [() => 1],
      ['add'],
      { [Symbol.iterator]: 1 },
      'add',
      add,
      null,
      undefined,
    ]
    for (const list of wrong) {
      const refused = () => fromJSON(json, { tasks: list as never })
      expect(refused).toThrow(ConfigurationError)
      expect(refused).toThrow(expect.objectContaining({ option: 'tasks' }))
    }
    expect(() => fromJSON(json, { tasks: [add, other.add] })).toThrow('two of the tasks are named "add"')
  })

  it.each([undefined, null, {}, 'tasks'])('is needed: %j is refused in its name', (options) => {
    const refused = () => fromJSON(json, options as never)
    expect(refused).toThrow(expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'tasks' }))
    expect(refused).toThrow('fromJSON needs the tasks')
  })

  it.each<[string, unknown, readonly string[]]>([
    ['a text', 'add', ['fromJSON: ', "list of tasks or a module's exports", 'is "add"']],
    ['a list whose iterator is none', { [Symbol.iterator]: 1 }, ['list of tasks', 'is an object']],
    ['a list with something else', [add, 7], ['fromJSON: item 1', 'no task but 7']],
    ['a function with the name of a task alone', [Object.assign(() => 1, { taskName: 'x' })], ['item 0', 'a function']],
    ['a function whose name is no text', [Object.assign(() => 1, { taskName: 1, moduleUrl: '' })], ['item 0']],
    ['two tasks of one name', [add, other.add], ['named "add"', 'file:///tasks.js', 'file:///other.js']],
  ])('may not be %s', (_what, list, words) => {
    for (const part of words) expect(() => fromJSON(json, { tasks: list as never })).toThrow(part)
  })

  it('is needed, and so are options that are known and right', () => {
    for (const options of [
      undefined,
      {},
      { tasks, maxdepth: 1 },
      { tasks, maxDepth: 0 },
      { tasks, maxNodes: NaN },
      { tasks, maxBytes: '1' },
    ])
      expect(() => fromJSON(json, options as never)).toThrow(ConfigurationError)
  })
})
