/** Where exactly the limits of `fromJSON` lie, and what counts towards them: in small numbers, each with the last that is taken and the first that is not. */
import { describe, expect, it } from 'vitest'
import { type FromJSONOptions, fromJSON } from '../../../src/canvas/from-json.js'
import { InvalidCanvasError } from '../../../src/errors.js'
import { defineTasks } from '../../../src/task/task.js'
import { thrownBy } from './making.js'

const tasks = defineTasks('file:///tasks.js', { any: (...args: unknown[]) => args })

interface Dict {
  readonly task: string
  readonly args: readonly unknown[]
  readonly kwargs: object
  readonly options: object
  readonly subtask_type: string | null
  readonly immutable: boolean
}
const call = (...args: readonly unknown[]): Dict => {
  return { task: 'any', args, kwargs: {}, options: {}, subtask_type: null, immutable: false }
}
const composite = (kind: string, kwargs: object, more: object = {}): Dict => {
  return { ...call(), task: `celery.${kind}`, kwargs, subtask_type: kind, ...more }
}
const chain = (...parts: readonly unknown[]): Dict => composite('chain', { tasks: parts })
const group = (args: readonly unknown[], ...parts: readonly unknown[]): Dict =>
  composite('group', { tasks: parts }, { args })
const mapped = (task: unknown): Dict => ({ ...call(), task: 'celery.map', kwargs: { task, it: [] } })

type Limit = 'maxDepth' | 'maxNodes' | 'maxBytes'

const read = (json: unknown, limits: Partial<FromJSONOptions>): unknown => fromJSON(json, { tasks, ...limits })
const refusalOf = (json: unknown, limits: Partial<FromJSONOptions>) => {
  const error = thrownBy(() => read(json, limits))
  expect(error).toBeInstanceOf(InvalidCanvasError)
  return error
}

/** That `json` passes with a limit of `least`, and with one less is refused in its name. */
function expectLeast(limit: Limit, least: number, json: unknown): void {
  expect(() => read(json, { [limit]: least })).not.toThrow()
  expect(refusalOf(json, { [limit]: least - 1 }).message).toContain(limit)
}

describe('maxDepth', () => {
  it.each<[string, unknown, number]>([
    ['the steps of a chain', chain(chain(call())), 3],
    ['a header', composite('chord', { header: [chain(call())], body: call() }), 3],
    ['a header that is one canvas', composite('chord', { header: group([], chain(call())), body: call() }), 4],
    ['a body', composite('chord', { header: [], body: chain(call()) }), 3],
    ['a callback', { ...call(), options: { link: [chain(call())] } }, 3],
    ['an errback', { ...call(), options: { link_error: chain(call()) } }, 3],
    ['what is mapped', chain(mapped(call())), 3],
  ])('counts the levels of %s', (_what, json, levels) => {
    expectLeast('maxDepth', levels, json)
    expectLeast('maxDepth', levels, JSON.stringify(json))
  })

  it('tells how much it allows, and the first place that is deeper', () => {
    const { message, path } = refusalOf(chain(call(), chain(call())), { maxDepth: 2 }) as InvalidCanvasError
    expect(message).toContain('maxDepth, 2,')
    expect(path).toBe('kwargs.tasks[1].kwargs.tasks[0]')
  })

  it('does not count what stands side by side', () => {
    expectLeast('maxDepth', 2, chain(call(), call(), call()))
  })
})

describe('maxNodes', () => {
  const [shared, pair, nothing] = [[1, 1, 1], { x: 1, y: 1 }, []]
  it.each<[string, unknown, number]>([
    ['every canvas', chain(call(), group([], call(), call())), 5],
    ['callbacks and errbacks', { ...call(), options: { link: [call(), call(1)], link_error: call() } }, 4],
    ['the parts of a chord', composite('chord', { header: [call()], body: call() }), 3],
    ['what is mapped', mapped(call()), 2],
    ['each argument that a composite gives to each of its calls', group([7, 8], call(), call()), 3 + 4],
    ['what composites around each other give to the call inside', group([7], group([8, 9], call())), 3 + 3],
    [
      'each option that a chord gives to each of its calls',
      composite('chord', { kwargs: { x: 1, y: 2 }, header: [call(), call()], body: call() }),
      4 + 4,
    ],
  ])('counts %s', (_what, json, count) => {
    expectLeast('maxNodes', count, json)
    expectLeast('maxNodes', count, JSON.stringify(json))
  })

  it.each<[string, unknown, canvases: number, again: number]>([
    ['a list among arguments', chain(call(shared, shared)), 2, 3],
    ['an object among arguments', chain(call(pair, pair, pair)), 2, 4],
    ['what is deep among arguments', chain(call([shared], { a: shared })), 2, 3],
    ['an options object', chain({ ...call(), kwargs: pair }, { ...call(), kwargs: pair }), 3, 2],
    ['headers', chain(...[1, 2].map(() => ({ ...call(), options: { headers: pair } }))), 3, 2],
    ['a list of arguments', chain({ ...call(), args: shared }, { ...call(), args: shared }), 3, 3],
    ['a list of nothing', chain(call(nothing, nothing)), 2, 0],
  ])('counts the values of %s again for each time that an object holds them', (_what, json, canvases, again) => {
    expectLeast('maxNodes', canvases + again, json)
    expectLeast('maxNodes', canvases, JSON.stringify(json))
  })

  it('tells how much it allows, and the first place that is too much', () => {
    const { message, path } = refusalOf(chain(call(), call()), { maxNodes: 2 }) as InvalidCanvasError
    expect(message).toContain('maxNodes, 2,')
    expect(path).toBe('kwargs.tasks[1]')
  })
})

describe('maxBytes', () => {
  // Of one, two, three and four bytes: the first and the last letter of each, the last with two halves.
  it.each([...'a\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}'])(
    'counts the letter %j of a text as UTF-8 does',
    (letter) => {
      const text = JSON.stringify(call(letter))
      expectLeast('maxBytes', new TextEncoder().encode(text).length, text)
    },
  )

  it.each<[string, unknown, number]>([
    ['arguments', call(1, 2, 3), 3],
    ['what is inside of arguments', call([1, 2], { a: 3 }), 5],
    ['an options object', { ...call(), kwargs: { a: 1, b: 2 } }, 2],
    ['items', { ...mapped(call()), kwargs: { task: call(), it: [1, 2] } }, 2],
    ['headers', { ...call(), options: { headers: { a: 1, b: [2] } } }, 3],
    ['lists of canvases', chain(call(), call()), 2],
  ])('allows one value for every two bytes: each of %s', (_what, json, values) => {
    expectLeast('maxBytes', 2 * values, json)
  })

  it('does not count the values of a text, whose length is the bound', () => {
    const text = JSON.stringify(call(...Array<number>(1_000).fill(1)))
    expectLeast('maxBytes', text.length, text)
  })

  it('tells how much it allows', () => {
    expect(refusalOf(JSON.stringify(call()), { maxBytes: 7 }).message).toContain('maxBytes, 7,')
  })
})

describe('a limit', () => {
  it.each([
    [0, 'whole number from 1, or Infinity'],
    [1.5, 'and is 1.5'],
    [-1, 'and is -1'],
    [Number.NaN, 'and is NaN'],
    ['1', 'and is "1"'],
  ])('of %s is refused', (value, message) => {
    for (const limit of ['maxDepth', 'maxNodes', 'maxBytes']) {
      const error = thrownBy(() => read(call(), { [limit]: value }))
      expect(error).toMatchObject({ code: 'ERR_CONFIGURATION', option: limit, value })
      expect(error.message).toContain(message)
    }
  })

  it('may be Infinity', () => {
    expect(read(call([1]), { maxDepth: Infinity, maxNodes: Infinity, maxBytes: Infinity })).toEqual(tasks.any.s([1]))
  })

  it('is 64 MiB of text if nothing else is said', () => {
    expect(refusalOf(' '.repeat(64 * 1024 * 1024 + 1), {}).message).toContain('maxBytes, 67108864,')
  })
})

describe('data', () => {
  const nested = (levels: number, innermost: (inner: unknown) => unknown): unknown => {
    let data: unknown = innermost(0)
    for (let level = 1; level < levels; level++) data = innermost(data)
    return data
  }
  it.each<[string, (inner: unknown) => unknown]>([
    ['lists', (inner) => [inner]],
    ['objects', (inner) => ({ inner })],
  ])('is nested in at most 512 levels of %s', (_what, around) => {
    expect(() => read(call(nested(512, around)), {})).not.toThrow()
    expect(refusalOf(call(nested(513, around)), {}).message).toContain('512 levels')
  })
})
