/** Which callbacks in JSON are the same: those that describe equal canvases, however they are written. */
import { describe, expect, it } from 'vitest'
import { isEqual } from '../../../src/canvas/equality.js'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { tasks as made } from './making.js'

const tasks = Object.values(made) as never
const call = (args: readonly unknown[] = [], more: object = {}) => {
  return { task: 'a', args, kwargs: {}, options: {}, subtask_type: null, immutable: false, ...more }
}
const composite = (kind: string, kwargs: object, more: object = {}) => {
  return call([], { task: `celery.${kind}`, kwargs, subtask_type: kind, ...more })
}
const mapped = (kind: string, kwargs: object) => call([], { task: `celery.${kind}`, kwargs })
const chain = (...parts: readonly unknown[]) => composite('chain', { tasks: parts })
const group = (...parts: readonly unknown[]) => composite('group', { tasks: parts })
const chord = (header: unknown, body: unknown) => composite('chord', { header, body })
const chunks = mapped('chunks', { task: call(), it: [[1]], n: 1 })
const withOptions = (options: object) => call([], { options })

const callbacksOf = (link: readonly unknown[]): readonly unknown[] =>
  fromJSON(withOptions({ link }), { tasks }).options.link as readonly unknown[]

const different: Readonly<Record<string, readonly unknown[]>> = {
  'call of another task': [call(), call([], { task: 'b' })],
  'call with other arguments': [call(), call([1]), call([2]), call([1, 2]), call([[1, 2]]), call([[1], 2])],
  'call with scalars that look alike': [null, 'null', 0, '0', -0, '-0', '"0', true, 'true', ''].map((v) => call([v])),
  'call with containers that look alike': [[], {}, [[]], [{}], { 0: 1 }, [1], '[1]', { x: -0 }].map((v) => call([v])),
  'call with another options object': [call(), ...[{ x: 1 }, { x: 2 }, { y: 1 }].map((kwargs) => call([], { kwargs }))],
  'call that is immutable': [call(), call([], { immutable: true })],
  'call with other options': [
    ...[{}, { priority: 1 }, { priority: 2 }, { countdown: 1 }, { headers: { x: 1 } }, { headers: {} }],
    ...[{ eta: '2030-01-01T00:00Z' }, { eta: '2030-01-02T00:00Z' }, { x: 1, stamped_headers: ['x'] }],
  ].map(withOptions),
  'call with other callbacks': [
    ...[{ link: [call()] }, { link: [call([1])] }, { link: [call(), call([1])] }, { link: [call([1]), call()] }],
    ...[{ link_error: [call()] }, { link: [] }, { link_error: [] }, {}],
  ].map(withOptions),
  composite: [call(), chain(call()), group(call()), chain(), group(), chain(call(), call()), chain(chain(call()))],
  'composite with other parts': [chain(call()), chain(call([1])), group(call()), group(call([1]))],
  'composite with options': [chain(), composite('chain', { tasks: [] }, { options: { priority: 1 } })],
  'chord with another header': [
    ...[[], [call()], [call([1])], [call(), call()], [group(call())], [chunks], chunks],
    composite('group', { tasks: [call()] }, { options: { priority: 1 } }),
  ].map((header) => chord(header, call())),
  'chord with another body': [chord([], call()), chord([], call([1]))],
  'mapping of another kind': [...['map', 'starmap'].map((kind) => mapped(kind, { task: call(), it: [[1]] })), chunks],
  'mapping of other items': [[], [1], [2], [[1]]].map((it) => mapped('map', { task: call(), it })),
  'mapping of another call': [call(), call([1])].map((task) => mapped('map', { task, it: [] })),
  'chunks of another size': [1, 2].map((n) => mapped('chunks', { task: call(), it: [], n })),
}

describe('callbacks are kept', () => {
  it.each(Object.entries(different))('each, if it is a %s', (_what, list) => {
    const found = callbacksOf(list)
    expect(found).toHaveLength(list.length)
    expect(
      isEqual(
        found,
        list.map((dict) => fromJSON(dict, { tasks })),
      ),
    ).toBe(true)
  })

  it.each(Object.entries(different))('once, the first of them, if it is the same %s', (_what, list) => {
    const found = callbacksOf([...list, ...list.toReversed()])
    expect(isEqual(found, callbacksOf(list))).toBe(true)
  })

  it.each<[string, unknown, unknown]>([
    ['with its keys in another order', call([{ x: 1, y: [{ z: 1, w: 2 }] }]), call([{ y: [{ w: 2, z: 1 }], x: 1 }])],
    ['whose header is a group and not a list', chord([call()], call()), chord(group(call()), call())],
    ['whose header is a call and not a list of it', chord([call()], call()), chord(call(), call())],
    ['with one callback and not a list of it', withOptions({ link: call() }), withOptions({ link: [call()] })],
    ['with a callback twice', withOptions({ link: [call()] }), withOptions({ link: [call(), call()] })],
    ['with an errback twice', withOptions({ link_error: [call()] }), withOptions({ link_error: [call(), call()] })],
    [
      'with arguments that a chain gave to it',
      chain(call([1])),
      composite('chain', { tasks: [call()] }, { args: [1] }),
    ],
  ])('once, if it is one %s', (_how, one, other) => {
    expect(callbacksOf([one, other])).toHaveLength(1)
  })
})
