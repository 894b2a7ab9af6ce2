/** What `fromJSON` refuses, each with the place of what is wrong, and before anything is built. */
import { describe, expect, it } from 'vitest'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { InvalidCanvasError } from '../../../src/errors.js'
import { defineTasks } from '../../../src/task/task.js'

const tasks = defineTasks('file:///tasks.js', { any: (...args: unknown[]) => args })

const call = (more: object = {}) => ({
  task: 'any',
  args: [],
  kwargs: {},
  options: {},
  subtask_type: null,
  immutable: false,
  ...more,
})
const chain = (parts: unknown, more: object = {}) => {
  return { ...call(), task: 'celery.chain', kwargs: { tasks: parts }, subtask_type: 'chain', ...more }
}
const chord = (kwargs: object) => ({ ...call(), task: 'celery.chord', kwargs, subtask_type: 'chord' })
const mapped = (kind: string, kwargs: object, more: object = {}) => ({
  ...call(),
  task: `celery.${kind}`,
  kwargs,
  immutable: true,
  ...more,
})

function refusalOf(json: unknown): InvalidCanvasError {
  try {
    fromJSON(json, { tasks })
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidCanvasError)
    return error as InvalidCanvasError
  }
  return expect.unreachable('it was accepted')
}

const without = (key: string): object => Object.fromEntries(Object.entries(call()).filter(([name]) => name !== key))
const cyclic = call() as { args: unknown[] }
cyclic.args.push([cyclic])
const steps: unknown[] = [call()]
const cyclicCanvas = chain(steps)
steps.push(cyclicCanvas)
const getter = (): never => expect.unreachable('a getter was run')
class Own {}

describe('fromJSON refuses', () => {
  it.each<[string, unknown, string]>([
    ['text that is no JSON', '{', ''],
    ['an empty text', '', ''],
    ['text in text', JSON.stringify(JSON.stringify(call())), ''],
    ['null', null, ''],
    ['undefined', undefined, ''],
    ['a number', 1, ''],
    ['a list', [call()], ''],
    ['a function', call, ''],
    ['an object of a class', Object.assign(new Own(), call()), ''],
    ['a Map', new Map(), ''],
    ['a canvas', tasks.any.s(), ''],
    ...['task', 'args', 'kwargs', 'options', 'subtask_type', 'immutable'].map((key): [string, unknown, string] => [
      `a dict without ${key}`,
      without(key),
      key,
    ]),
    ['an inherited key', Object.setPrototypeOf(without('args'), Object.create(null, { args: { value: [] } })), 'args'],
    ['an unknown key', call({ priority: 1 }), 'priority'],
    ['an own __proto__', JSON.parse(JSON.stringify(call()).replace('{', '{"__proto__":{"task":"any"},')), '__proto__'],
    ['an own constructor', call({ constructor: 1 }), 'constructor'],
    ['a task that is no text', call({ task: 1 }), 'task'],
    ['args that are no list', call({ args: {} }), 'args'],
    ['kwargs that are no object', call({ kwargs: [] }), 'kwargs'],
    ['options that are no object', call({ options: null }), 'options'],
    ['immutable that is no boolean', call({ immutable: 1 }), 'immutable'],
    ['an unknown subtask_type', call({ subtask_type: 'cabal' }), 'subtask_type'],
    ['a subtask_type that is not of the task', call({ subtask_type: 'chain' }), 'subtask_type'],
    ['a chain without subtask_type', chain([], { subtask_type: null }), 'subtask_type'],
    ['an unknown key among kwargs of a chain', chain([], { kwargs: { tasks: [], it: 1 } }), 'kwargs.it'],
    ['a chain without tasks', chain([], { kwargs: {} }), 'kwargs.tasks'],
    ['tasks that are no list', chain(call()), 'kwargs.tasks'],
    ['a step that is no dict', chain([call(), 1]), 'kwargs.tasks[1]'],
    ['a step with an unknown key', chain([call(), chain([call({ it: 1 })])]), 'kwargs.tasks[1].kwargs.tasks[0].it'],
    ['a chord without a body', chord({ kwargs: {}, header: [] }), 'kwargs.body'],
    ['a chord whose body is null', chord({ kwargs: {}, header: [], body: null }), 'kwargs.body'],
    ['a chord without a header', chord({ kwargs: {}, body: call() }), 'kwargs.header'],
    ['a header that is no dict', chord({ header: null, body: call() }), 'kwargs.header'],
    ['one of a header that is no dict', chord({ header: [call(), 1], body: call() }), 'kwargs.header[1]'],
    ['an unknown task as body', chord({ header: [], body: call({ task: 'x' }) }), 'kwargs.body.task'],
    ['a chain as header', chord({ header: chain([]), body: call() }), 'kwargs.header.task'],
    ['inner kwargs that are no object', chord({ kwargs: 1, header: [], body: call() }), 'kwargs.kwargs'],
    [
      'a __proto__ in inner kwargs',
      JSON.stringify(chord({ kwargs: { x: 1 }, header: [], body: call() })).replace('"x"', '"__proto__"'),
      'kwargs.kwargs.__proto__',
    ],
    ['map of a chain', mapped('map', { task: chain([]), it: [] }), 'kwargs.task.task'],
    ['map of a map', mapped('map', { task: mapped('map', { task: call(), it: [] }), it: [] }), 'kwargs.task.task'],
    ['map with arguments', mapped('map', { task: call(), it: [] }, { args: [1] }), 'args'],
    ['map with a size', mapped('map', { task: call(), it: [], n: 1 }), 'kwargs.n'],
    ['map with a subtask_type', mapped('map', { task: call(), it: [] }, { subtask_type: 'map' }), 'subtask_type'],
    ['items that are no list', mapped('map', { task: call(), it: {} }), 'kwargs.it'],
    ['starmap of what are no lists', mapped('starmap', { task: call(), it: [[1], 2] }), 'kwargs.it[1]'],
    ['chunks of what are no lists', mapped('chunks', { task: call(), it: [1], n: 1 }), 'kwargs.it[0]'],
    ['chunks without a size', mapped('chunks', { task: call(), it: [] }), 'kwargs.n'],
    ['chunks of half an item', mapped('chunks', { task: call(), it: [], n: 1.5 }), 'kwargs.n'],
    ['chunks of nothing', mapped('chunks', { task: call(), it: [], n: 0 }), 'kwargs.n'],
    ['an unknown option', call({ options: { prio: 1 } }), 'options.prio'],
    ['an option by our name for it', call({ options: { taskId: 'a' } }), 'options.taskId'],
    [
      'a __proto__ among options',
      JSON.parse(JSON.stringify(call({ options: { x: {} } })).replace('"x"', '"__proto__"')),
      'options.__proto__',
    ],
    ['an empty task id', call({ options: { task_id: '' } }), 'options.task_id'],
    ['a task id that is no text', chain([call({ options: { task_id: 1 } })]), 'kwargs.tasks[0].options.task_id'],
    ['headers that are no object', call({ options: { headers: [] } }), 'options.headers'],
    [
      'a __proto__ among headers',
      JSON.stringify(call({ options: { headers: { x: 1 } } })).replace('"x"', '"__proto__"'),
      'options.headers.__proto__',
    ],
    [
      'half of a surrogate pair as the name of a header',
      JSON.stringify(call({ options: { headers: { '\ud800': 1 } } })),
      'options.headers["\\ud800"]',
    ],
    [
      'a name of more letters than anybody reads, and shows the first of them',
      call({ [`it's ${'a'.repeat(50)}`]: 1 }),
      `["it's ${'a'.repeat(35)}…"]`,
    ],
    ['a link that is no dict', call({ options: { link: 'any' } }), 'options.link'],
    ['a link in a list that is no dict', call({ options: { link: [call(), null] } }), 'options.link[1]'],
    [
      'an unknown task in a link',
      chain([call(), call({ options: { link: [call({ task: 'x' })] } })]),
      'kwargs.tasks[1].options.link[0].task',
    ],
    [
      'an unknown task in an errback',
      call({ options: { link_error: call({ task: 'x' }) } }),
      'options.link_error.task',
    ],
    ['a canvas that contains itself', cyclicCanvas, 'kwargs.tasks[1]'],
    ['data that contains itself', cyclic, 'args[0][0].args[0]'],
    ['a getter instead of a key', Object.defineProperty(call(), 'args', { get: getter, enumerable: true }), 'args'],
    [
      'a getter in a list of steps',
      chain(Object.defineProperty([call()], 0, { get: getter, enumerable: true })),
      'kwargs.tasks[0]',
    ],
    [
      'a getter in kwargs',
      call({ kwargs: Object.defineProperty({}, 'a', { get: getter, enumerable: true }) }),
      'kwargs.a',
    ],
    [
      'a getter in options',
      call({ options: Object.defineProperty({}, 'task_id', { get: getter, enumerable: true }) }),
      'options.task_id',
    ],
    [
      'a getter in data',
      call({ args: [[Object.defineProperty({}, 'a', { get: getter, enumerable: true })]] }),
      'args[0][0].a',
    ],
    ['a list of steps with holes', chain(Array(2)), 'kwargs.tasks'],
  ])('%s', (_, json, path) => {
    expect(refusalOf(json).path).toBe(path)
  })

  it.each(['no.such.task', 'toString', 'constructor', '__proto__', 'hasOwnProperty', 'celery.xmap', '', '\ud800'])(
    'the task %j, which is not in the list',
    (task) => {
      const refused = refusalOf(chain([call(), call({ task })]))
      expect(refused.path).toBe('kwargs.tasks[1].task')
      expect(refused.message).toContain(`unknown task ${JSON.stringify(task)}`)
    },
  )

  it.each<[sentence: string, options: Record<string, unknown>, path: string]>([
    ['stamps whose names are no list', { stamped_headers: 'a', a: 1 }, 'stamped_headers'],
    ['a name of a stamp that is no text', { stamped_headers: [5] }, 'stamped_headers[0]'],
    ['a stamp that is not there', { stamped_headers: ['a', 'b'], a: 1 }, 'stamped_headers[1]'],
    ['a stamp that is not named', { stamped_headers: ['a'], a: 1, b: 2 }, 'b'],
    ['a stamp with the name of an option', { stamped_headers: ['priority'], priority: 3 }, 'stamped_headers[0]'],
    ['a stamp named __proto__', { stamped_headers: ['__proto__'], ['__proto__']: 1 }, 'stamped_headers[0]'],
    ['a stamp that JSON cannot hold', { stamped_headers: ['a'], a: { b: 1n } }, 'a.b'],
  ])('%s', (_sentence, options, path) => {
    expect(refusalOf(chain([call({ options })])).path).toBe(`kwargs.tasks[0].options.${path}`)
  })

  it.each<[option: string, values: readonly unknown[]]>([
    ['countdown', [-1, '1', null, true, 1e306, 8.640001e12]],
    [
      'eta',
      [0, null, '', '2030-01-31', '2030-02-30T00:00:00Z', '2030-13-01T00:00:00Z', '2030-01-01T25:00Z', 'tomorrow'],
    ],
    ['eta', ['2030-01-01T00:00:60Z', '2030-01-01T00:00:00+25:00', '-000000-01-01T00:00Z', '+999999-01-01T00:00Z']],
    ['eta', ['+275760-09-13T00:01Z']], // the last day that there is, past its only minute
    ['expires', ['soon', null, true, -1e306, '2030-01-31', '2030-02-30T00:00:00Z']],
    ['priority', [-1, 10, 1.5, '1', null]],
    ['time_limit', [0, -1, '1', null, 1e306]],
    ['soft_time_limit', [0, -1, '1', null]],
    ['ignore_result', [0, 'true', null]],
    ['max_retries', [-1, 1.5, '3', true]],
  ])('the option %s with a wrong value', (option, values) => {
    for (const value of values) {
      const refused = refusalOf(chain([call({ options: { [option]: value } })]))
      expect(refused.path).toBe(`kwargs.tasks[0].options.${option}`)
      expect(refused.message).toContain('this must be')
    }
  })

  it('options that contradict each other', () => {
    const both = refusalOf(call({ options: { eta: '2030-01-31T12:00:00Z', countdown: 1 } }))
    expect([both.path, both.message]).toEqual(['options.countdown', expect.stringContaining('either')])
    const limits = refusalOf(call({ options: { soft_time_limit: 2, time_limit: 1 } }))
    expect([limits.path, limits.message]).toEqual(['options.soft_time_limit', expect.stringContaining('at most')])
  })

  it.each<[string, unknown]>([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['undefined', undefined],
    ['a BigInt', 1n],
    ['a symbol', Symbol.iterator],
    ['a function', () => 1],
    ['half of a surrogate pair', 'a\udc00'],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['an object of a class', new Own()],
    ['a boxed number', Object(1)],
    ['bytes', new Uint8Array(1)],
    ['a list with a hole', Array(1)],
    ['a list with a name on it', Object.assign([], { a: 1 })],
    ['a canvas', tasks.any.s()],
  ])('%s in arguments, options objects, headers and items', (_, value) => {
    expect(refusalOf(call({ args: [0, value] })).path).toBe('args[1]')
    expect(refusalOf(call({ args: [[{ 'a-b': value }]] })).path).toBe('args[0][0]["a-b"]')
    expect(refusalOf(call({ kwargs: { a: { b: value } } })).path).toBe('kwargs.a.b')
    expect(refusalOf(call({ options: { headers: { a: value } } })).path).toBe('options.headers.a')
    expect(refusalOf(mapped('map', { task: call(), it: [value] })).path).toBe('kwargs.it[0]')
    expect(refusalOf(chain([call()], { args: [value] })).path).toBe('args[0]')
  })

  it('numbers too big, and half surrogate pairs, in text', () => {
    expect(refusalOf(JSON.stringify(call({ args: [0] })).replace('[0]', '[1e400]')).path).toBe('args[0]')
    expect(refusalOf(JSON.stringify(call({ args: ['\ud800'] }))).path).toBe('args[0]')
    expect(refusalOf(JSON.stringify(call({ kwargs: { a: { '\ud800': 1 } } }))).path).toBe('kwargs.a["\\ud800"]')
  })

  it('whatever a Proxy throws, as an InvalidCanvasError with the place', () => {
    const rude = (traps: ProxyHandler<object>, target: object = {}) => new Proxy(target, traps)
    const boom = (): never => {
      throw new RangeError('boom')
    }
    for (const trap of ['getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'] as const)
      expect(refusalOf(call({ args: [1, [rude({ [trap]: boom }, { a: 1 })]] })).path).toMatch(/^args\[1\](\[0\])?$/)
    expect(refusalOf(rude({ ownKeys: boom })).path).toBe('')
    expect(refusalOf(chain(rude({ ownKeys: boom }, []))).path).toBe('kwargs.tasks')
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    expect(refusalOf(call({ args: [proxy] })).code).toBe('ERR_INVALID_CANVAS')
  })

  it('the whole of it, before anything is built and without a trace', () => {
    const before = Reflect.ownKeys(Object.prototype)
    refusalOf('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    refusalOf(call({ kwargs: JSON.parse('{"__proto__":{"polluted":1}}') }))
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
    expect('polluted' in {}).toBe(false)
  })
})
