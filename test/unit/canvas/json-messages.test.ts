/** What a refusal of `fromJSON` or `toJSON` says: what would be right, and what is there instead. Where it is, others test. */
import { describe, expect, it } from 'vitest'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { tasks as made, make, thrownBy } from './making.js'

const tasks = Object.values(made) as never
const call = (more: object = {}) => {
  return { task: 'a', args: [] as unknown[], kwargs: {}, options: {}, subtask_type: null, immutable: false, ...more }
}
const composite = (kind: string, kwargs: object, more: object = {}) => {
  return call({ task: `celery.${kind}`, kwargs, subtask_type: kind, ...more })
}
const mapped = (kind: string, kwargs: object, more: object = {}) => call({ task: `celery.${kind}`, kwargs, ...more })
const withOption = (name: string, value: unknown) => call({ options: { [name]: value } })
const withStamps = (...names: readonly unknown[]) => withOption('stamped_headers', names)

const refusalOf = (json: unknown): string => thrownBy(() => fromJSON(json, { tasks })).message

describe('fromJSON says', () => {
  const steps: unknown[] = []
  const around = composite('chain', { tasks: steps })
  steps.push(around)

  it.each<[string, unknown, readonly string[]]>([
    ['that a text is no JSON, and why', '{"task":', ['no JSON', 'end of JSON input']],
    ['that the name of a task is missing', call({ task: 7 }), ['name of a task', 'this is 7']],
    ['which task is unknown', call({ task: 'gone' }), ['unknown task "gone"', 'fromJSON was given']],
    [
      'which subtask_type a task has',
      composite('chain', {}, { subtask_type: 'group' }),
      ['must be "chain"', '"celery.chain"', 'is "group"'],
    ],
    ['what immutable may be', call({ immutable: 1 }), ['true or false', 'is 1']],
    ['which key is there for nothing', call({ x: 1 }), ['unknown key', 'at x']],
    ['which key is missing', composite('group', {}), ['missing', 'at kwargs.tasks']],
    ['that a list is needed', composite('group', { tasks: 7 }), ['list is needed', 'this is 7']],
    ['that an object is needed', call({ kwargs: null }), ['object is needed', 'this is null']],
    ['that an object is needed, and no list', call({ kwargs: [] }), ['object is needed', 'this is a list']],
    ['that a canvas is within itself', around, ['contains itself', 'canvas']],
    ['that a chord has no body', composite('chord', { header: [] }), ['needs a body']],
    ['that a body is nothing', composite('chord', { header: [], body: null }), ['needs a body']],
    [
      'why a chain is no header',
      composite('chord', { header: composite('chain', { tasks: [] }), body: call() }),
      ['list of canvases or a group', 'side by side'],
    ],
    ['that only tasks are mapped', mapped('map', { task: composite('chain', { tasks: [] }), it: [] }), ['no chain']],
    ['where map takes arguments from', mapped('map', {}, { args: [1] }), ['map', 'from its items alone']],
    ['what an item must be', mapped('starmap', { task: call(), it: [7] }), ['list of arguments', 'this is 7']],
    ['what a size must be', mapped('chunks', { task: call(), it: [], n: 0 }), ['whole number from 1', 'is 0']],
    [
      'which options there are',
      withOption('prio', 1),
      ['unknown option', 'task_id, link, link_error, headers, countdown', 'max_retries, stamped_headers'],
    ],
    ['how long a delay may be', withOption('countdown', -1), ['seconds from 0 to 8640000000000,', 'is -1']],
    ['what a limit must be', withOption('time_limit', 0), ['seconds above 0', 'is 0']],
    ['what a moment must be', withOption('eta', 'soon'), ['ISO 8601', '2030-01-31T12:00:00Z', 'is "soon"']],
    ['what a time to expire must be', withOption('expires', 'soon'), ['number of seconds, or ', 'ISO 8601']],
    ['what a number of retries must be', withOption('max_retries', -1), ['whole number from 0, or null']],
    ['what a priority must be', withOption('priority', 10), ['whole number from 0 to 9']],
    ['that a stamp has no name', withStamps(7), ['name of a stamp', 'this is 7']],
    ['that a stamp has a name of an option', withStamps('priority'), ['"priority"', 'option of its own']],
    ['that a stamp has the name of the prototype', withStamps('__proto__'), ['prototype']],
    ['which stamp is not there', withStamps('gone'), ['no stamp "gone"']],
  ])('%s', (_what, json, words) => {
    const message = refusalOf(json)
    for (const part of words) expect(message).toContain(part)
  })
})

describe('of data, both say', () => {
  const endless: unknown[] = []
  endless.push(endless)
  const rude = new Proxy(
    {},
    {
      ownKeys() {
        throw new RangeError('mine')
      },
    },
  )
  it.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'JSON cannot hold NaN'],
    ['undefined', undefined, 'JSON cannot hold undefined'],
    ['a function', () => 1, 'JSON cannot hold a function'],
    ['a symbol', Symbol('s'), 'JSON cannot hold a symbol'],
    ['a BigInt', 1n, 'a BigInt; give a number or a text'],
    ['half of a letter', '\ud800', 'half of a surrogate pair'],
    ['half of a letter in a name', { '\ud800': 1 }, 'half of a surrogate pair'],
    ['an object of a class', new Date(0), 'a prototype of its own'],
    ['a list with holes', Array(1), 'a list with holes'],
    ['a getter', Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }), 'a getter'],
    ['what holds itself', endless, 'this value contains itself'],
    ['what throws', rude, 'reading this value throws'],
    ['a canvas', made.a.s(), 'this is a canvas; give what its toJSON() returns'],
  ])('why JSON cannot hold %s', (_what, value, words) => {
    expect(refusalOf(call({ args: [value] }))).toContain(words)
    const writing = made.a.s(value) as unknown as { toJSON(): unknown }
    expect(thrownBy(() => writing.toJSON()).message).toContain(words)
  })

  it('that a name is that of the prototype', () => {
    const kwargs = JSON.parse('{"__proto__":1}') as object
    expect(refusalOf(call({ kwargs }))).toContain('the prototype')
  })
})

describe('toJSON says', () => {
  const writing = (canvas: unknown): string => thrownBy(() => (canvas as { toJSON(): unknown }).toJSON()).message

  it('which option cannot be written', () => {
    expect(writing(make.group().set({ failFast: true }))).toContain('"failFast" cannot be written')
  })

  it('which stamp is an option to Celery', () => {
    expect(writing(made.a.s().stamp({ priority: 1 }))).toMatch(/stamp of this name.*option.*options\.priority/)
  })

  it('which task is a kind of canvas to Celery', () => {
    const { named } = defineTasks('file:///named.js', { named: task({ name: 'celery.chain' }, () => 1) })
    expect(writing(named.s())).toContain('celery.chain is a kind of canvas')
  })
})
