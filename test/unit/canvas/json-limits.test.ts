/**
 * How much `fromJSON` takes, and that what is too much costs next to no time: too deep, too many, too long, too often
 * the same.
 */
import { describe, expect, it } from 'vitest'
import { type FromJSONOptions, fromJSON } from '../../../src/canvas/from-json.js'
import { InvalidCanvasError } from '../../../src/errors.js'
import { defineTasks } from '../../../src/task/task.js'

const tasks = defineTasks('file:///tasks.js', { any: (...args: unknown[]) => args })
const REST = { options: {}, immutable: false }
const call = (...args: unknown[]) => ({ task: 'any', args, kwargs: {}, subtask_type: null, ...REST })
const composite = (kind: string, parts: unknown[], more: object = {}) => {
  return { task: `celery.${kind}`, args: [], kwargs: { tasks: parts }, subtask_type: kind, ...REST, ...more }
}
const nested = (levels: number, kind = 'chain', more: object = {}) => {
  let dict: object = call()
  for (let i = 1; i < levels; i++) dict = composite(kind, [dict], more)
  return dict
}
const before = '{"task":"celery.chain","args":[],"kwargs":{"tasks":['
const behind = ']},"options":{},"subtask_type":"chain","immutable":false}'
const nestedText = (levels: number) => before.repeat(levels - 1) + JSON.stringify(call()) + behind.repeat(levels - 1)
const list = (levels: number) => {
  let data: unknown[] = []
  for (let i = 1; i < levels; i++) data = [data]
  return data
}

const read = (json: unknown, limits: Partial<FromJSONOptions> = {}) => fromJSON(json, { tasks, ...limits })

/** What is refused, in less than a second where the machine has nothing else to do; what grows with the square takes minutes. */
function refusalOf(json: unknown, limits: Partial<FromJSONOptions> = {}, seconds = 15): InvalidCanvasError {
  const start = performance.now()
  try {
    read(json, limits)
  } catch (error) {
    expect(performance.now() - start).toBeLessThan(seconds * 1_000)
    expect(error).toBeInstanceOf(InvalidCanvasError)
    return error as InvalidCanvasError
  }
  return expect.unreachable('it was accepted')
}

describe('depth', () => {
  it('of canvases is at most maxDepth, 10,000 if nothing else is said', () => {
    expect(read(nested(10_000)).kind).toBe('chain')
    expect(read(nestedText(10_000)).kind).toBe('chain')
    expect(refusalOf(nested(10_001)).message).toContain('maxDepth, 10000')
    expect(read(nested(3), { maxDepth: 3 }).kind).toBe('chain')
    expect(refusalOf(nested(4), { maxDepth: 3 }).path).toBe('kwargs.tasks[0].kwargs.tasks[0].kwargs.tasks[0]')
    expect(read(nested(50_000), { maxDepth: Infinity }).kind).toBe('chain')
  })

  it('of 100,000 levels is refused, of canvases and of data, as text and as object', () => {
    for (const json of [nested(100_000), nestedText(100_000)]) {
      const { path, message } = refusalOf(json)
      expect(path).toMatch(/^kwargs\.tasks\[0]\..*….*\.kwargs\.tasks\[0]$/)
      expect(message.length).toBeLessThan(1_000)
    }
    const data = JSON.stringify(call(0)).replace('[0]', '['.repeat(100_000) + ']'.repeat(100_000))
    for (const json of [call(list(100_000)), data]) expect(refusalOf(json).message).toContain('512 levels')
    for (const text of ['['.repeat(100_000), '['.repeat(100_000) + ']'.repeat(100_000), '{"args":'.repeat(100_000)])
      expect(refusalOf(text).path).toBe('')
  })

  it('counts links, headers and bodies', () => {
    const linked = { ...call(), options: { link: [call()] } }
    expect(refusalOf(linked, { maxDepth: 1 }).path).toBe('options.link[0]')
    let deep: object = call()
    for (let i = 0; i < 100_000; i++) deep = { ...call(), options: { link_error: deep } }
    expect(refusalOf(deep).message).toContain('maxDepth')
  })

  it('of data is at most 512 levels', () => {
    expect(read(call(list(512))).kind).toBe('task')
    expect(refusalOf(call(list(513))).message).toContain('512 levels')
    expect(refusalOf({ ...call(), kwargs: { a: list(513) } }).path).toMatch(/^kwargs\.a/)
  })
})

describe('number', () => {
  const wide = (members: number) =>
    composite(
      'group',
      Array.from({ length: members }, () => call(1)),
    )

  it('of canvases is at most maxNodes, a million if nothing else is said', () => {
    expect(read(wide(9), { maxNodes: 10 }).kind).toBe('group')
    expect(refusalOf(wide(10), { maxNodes: 10 }).path).toBe('kwargs.tasks[9]')
    const one = call()
    const many = Array.from({ length: 1_000_000 }, () => one)
    expect(refusalOf(composite('group', many), {}, 20).path).toBe('kwargs.tasks[999999]')
    expect(read(JSON.stringify(wide(100_000))).kind).toBe('group')
  })

  it('counts what is shared every time: a small object that means a billion canvases', () => {
    let dict: object = call()
    for (let i = 0; i < 40; i++) dict = composite('chain', [dict, dict])
    expect(refusalOf(dict, { maxNodes: 100_000 }, 5).message).toContain('maxNodes')
    let data: unknown = [1]
    for (let i = 0; i < 40; i++) data = { a: data, b: data }
    expect(refusalOf(call(data), { maxNodes: 100_000 }, 5).message).toContain('maxNodes')
    let link: object = call()
    for (let i = 0; i < 40; i++) link = { ...call(), options: { link: [link], link_error: link } }
    expect(refusalOf(link, { maxNodes: 100_000 }, 5).message).toContain('maxNodes')
  })

  it('takes what is shared a few times, and empty lists shared by all', () => {
    const shared = call([1], [1])
    expect(read(composite('group', [shared, shared, composite('chain', [shared])])).kind).toBe('group')
    const rest = call()
    expect(
      read(
        composite(
          'group',
          Array.from({ length: 100_000 }, () => ({ ...rest })),
        ),
      ).kind,
    ).toBe('group')
  })

  it('counts arguments that a composite gives to many calls', () => {
    const args = Array.from({ length: 1_000 }, (_, i) => i)
    const many = Array.from({ length: 2_000 }, () => call())
    expect(refusalOf(composite('group', many, { args })).message).toContain('maxNodes')
    expect(refusalOf(JSON.stringify(composite('group', many, { args }))).message).toContain('maxNodes')
    expect(read(composite('group', many, { args: [1] })).kind).toBe('group')
  })

  it('of levels that each give an argument, or make immutable, costs no more than their number', () => {
    const given = read(nested(10_000, 'group', { args: [1] }))
    const fixed = read(nested(10_000, 'chain', { immutable: true }))
    expect([given.kind, fixed.kind]).toEqual(['group', 'chain'])
  })

  it('of callbacks that look alike costs no more than their number', () => {
    const link = Array.from({ length: 50_000 }, (_, i) => composite('chain', [call([i % 25_000])]))
    expect(read({ ...call(), options: { link } }).options.link).toHaveLength(25_000)
  })

  it('of a Proxy that makes new parts for ever is bounded', () => {
    const endless = (levels: number): unknown =>
      levels === 0 ? 1 : new Proxy({ a: 1, b: 1 }, { getOwnPropertyDescriptor: () => property(endless(levels - 1)) })
    const property = (value: unknown) => ({ value, enumerable: true, configurable: true })
    expect(refusalOf(call(endless(500)), { maxBytes: 100_000 }).message).toContain('maxBytes')
    const long = new Proxy([], { get: (target, key) => (key === 'length' ? 1e15 : Reflect.get(target, key)) })
    expect(refusalOf(call(long)).path).toBe('args[0]')
  })
})

describe('length', () => {
  const text = (filling: string) => JSON.stringify(call(filling))
  it('of a text is counted in UTF-8', () => {
    for (const letter of ['a', 'é', 'ж', '語', '😀', 'a語😀é']) {
      const json = text(letter.repeat(50))
      const bytes = Buffer.byteLength(json)
      expect(read(json, { maxBytes: bytes }).kind).toBe('task')
      expect(refusalOf(json, { maxBytes: bytes - 1 }).message).toContain('maxBytes')
    }
  })

  it('is at most 64 MiB, if nothing else is said', () => {
    expect(refusalOf(' '.repeat(64 * 1024 * 1024 + 1)).message).toContain('maxBytes, 67108864')
  })

  it('bounds the data of an object too, by the text it would make', () => {
    const numbers = Array.from({ length: 1_000 }, () => 1)
    expect(read(call(numbers), { maxBytes: 2_100 }).kind).toBe('task')
    expect(refusalOf(call(numbers), { maxBytes: 1_000 }).message).toContain('maxBytes')
  })
})
