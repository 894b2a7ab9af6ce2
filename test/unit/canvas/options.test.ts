/** Options that a canvas stores or that are given when it is applied: how they merge, and which are refused. */
import { describe, expect, it } from 'vitest'
import { applicationOf, childOptions, isCanvas, mergeOptions, NO_OPTIONS } from '../../../src/canvas/options.js'
import { ConfigurationError, InvalidCanvasError } from '../../../src/errors.js'
import {
  checkOptions,
  durationFrom,
  flag,
  isPlainObject,
  list,
  oneOf,
  show,
  text,
  wholeFrom,
} from '../../../src/option-rules.js'
import { make, tasks, thrownBy } from './making.js'

const { chain } = make
const { a, b, c } = tasks

describe('set', () => {
  it('lets later options win, and skips undefined', () => {
    const canvas = a
      .s()
      .set({ taskId: 'one', headers: { x: 1, y: 1 } })
      .set({ taskId: 'two', headers: { y: 2 } })
    expect(canvas.options).toEqual({ taskId: 'two', headers: { x: 1, y: 2 } })
    expect(canvas.set({ taskId: undefined }).options).toEqual(canvas.options)
    expect(canvas.set({}).options).toEqual(canvas.options)
    expect(canvas.set(undefined)).toEqual(canvas)
  })

  it.each([undefined, {}, { taskId: undefined, link: undefined }])(
    'gives the same canvas where %j is set',
    (options) => {
      const canvas = a.s()
      expect(canvas.set(options)).toBe(canvas)
    },
  )

  it.each([
    { taskId: 'id' },
    { countdown: 0 },
    { eta: new Date(5) },
    { expires: 0 },
    { expires: Infinity },
    { expires: new Date(5) },
    { failFast: false },
    { headers: {} },
    { link: [] },
    { linkError: [] },
    { priority: 0 },
  ])('keeps %j, and nothing besides', (options) => {
    expect(a.s().set(options).options).toStrictEqual(options)
    expect(a.s().set({ ignoreResult: true }).set(options).options).toStrictEqual({ ignoreResult: true, ...options })
  })

  it('lets a countdown and an eta replace each other, and refuses both at once', () => {
    const eta = new Date(5)
    expect(a.s().set({ countdown: 1 }).set({ eta }).options).toEqual({ eta })
    expect(a.s().set({ eta }).set({ countdown: 1 }).options).toEqual({ countdown: 1 })
    expect(thrownBy(() => a.s().set({ countdown: 1, eta }))).toMatchObject({
      name: 'ConfigurationError',
      message: 'give either "countdown" or "eta", not both',
      option: 'countdown',
    })
  })

  it('replaces links, one or a list, and keeps an equal one once', () => {
    const canvas = a.s().link(b.s()).linkError(b.s())
    expect(canvas.set({ link: c.s() }).options).toEqual({ link: [c.s()], linkError: [b.s()] })
    expect(canvas.set({ linkError: [b.s(), c.s(), b.s()] }).options.linkError).toEqual([b.s(), c.s()])
    expect(canvas.set({ link: [] }).options.link).toEqual([])
  })

  it('copies and freezes what it was given', () => {
    const headers = { x: 1 }
    const links = [b.s()]
    const { options } = a.s().set({ headers, link: links })
    headers.x = 2
    links.push(c.s())
    expect(options).toEqual({ headers: { x: 1 }, link: [b.s()] })
    expect([options.headers, options.link].every(Object.isFrozen)).toBe(true)
  })

  it.each([
    ['an unknown option', { taskID: 'x' }, 'set has no option "taskID"; it has ', 'taskID'],
    ['an inherited name', { constructor: 'x' }, 'set has no option "constructor"', 'constructor'],
    ['an option of applications', { args: [] }, 'set has no option "args"', 'args'],
    ['an empty id', { taskId: '' }, 'set: option "taskId" must be a text that is not empty, and is ""', 'taskId'],
    ['an id that is no text', { taskId: 7 }, 'and is 7', 'taskId'],
    ['a countdown beyond the end of time', { countdown: 1e300 }, 'from 0 to 8640000000000000', 'countdown'],
    ['a date that is none', { eta: { [Symbol.toStringTag]: 'Date' } }, 'a valid Date', 'eta'],
    ['a date that is not there', { eta: new Date(Number.NaN) }, 'a valid Date', 'eta'],
    ['a number for a date', { eta: 5 }, 'a valid Date, and is 5', 'eta'],
    ['a time to expire before now', { expires: -1 }, 'milliseconds from 0, Infinity, or a valid Date', 'expires'],
    ['a time to expire that is not there', { expires: new Date(Number.NaN) }, 'a valid Date', 'expires'],
    ['headers that are a list', { headers: [] }, 'must be a plain object, and is a list', 'headers'],
    ['a list', [], 'set takes an object of options, not a list', undefined],
    ['a text', 'x', 'set takes an object of options, not "x"', undefined],
  ])('refuses %s', (_what, options, message, option) => {
    const error = thrownBy(() => a.s().set(options))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain(message)
    expect(error.option).toBe(option)
  })

  it.each([
    ['link', { link: 7 }, 'link'],
    ['one of several', { link: [b.s(), 7] }, 'link[1]'],
    ['a task as errback', { linkError: b }, 'linkError'],
  ])('refuses a %s that is no canvas', (_what, options, path) => {
    const error = thrownBy(() => a.s().set(options))
    expect(error).toBeInstanceOf(InvalidCanvasError)
    expect(error.path).toBe(path)
  })
})

describe('an application', () => {
  it('without options has none', () => {
    expect(applicationOf('apply', undefined)).toEqual({
      options: {},
      args: [],
      kwargs: {},
      keepIntermediate: undefined,
    })
    expect(applicationOf('apply', {})).toEqual(applicationOf('apply', undefined))
    expect(applicationOf('apply', { signal: new AbortController().signal }).options).toBe(NO_OPTIONS)
  })

  it('is sorted into what belongs to the canvas and what to this once', () => {
    const args = [1]
    const found = applicationOf('apply', { args, kwargs: { x: 1 }, keepIntermediate: false, taskId: 'id', link: b.s() })
    expect(found).toEqual({
      options: { taskId: 'id', link: [b.s()] },
      args: [1],
      kwargs: { x: 1 },
      keepIntermediate: false,
    })
    expect(found.args).not.toBe(args)
  })

  it('hands on a signal and what is transferred, as they were given', () => {
    const [signal, transfer] = [new AbortController().signal, [new ArrayBuffer(1)]]
    const found = applicationOf('run', { signal, transfer, keepIntermediate: true })
    expect([found.signal, found.transfer, found.keepIntermediate]).toEqual([signal, transfer, true])
    expect(found.transfer).toBe(transfer)
  })

  it('is refused in the name of the method that was called', () => {
    expect(() => applicationOf('run', { timeout: 1 })).toThrow('run has no option "timeout"')
  })

  it.each([
    ['arguments that are no list', { args: 1 }, 'option "args" must be a list'],
    ['a transfer that is no list', { transfer: 1 }, 'option "transfer" must be a list'],
    [
      'two limits that contradict each other',
      { timeLimit: 1, softTimeLimit: 2 },
      'call options: option "softTimeLimit"',
    ],
    ['kwargs that are no object', { kwargs: [] }, 'option "kwargs" must be a plain object'],
    [
      'a flag that is none',
      { keepIntermediate: 'yes' },
      'option "keepIntermediate" must be true or false, and is "yes"',
    ],
    [
      'a signal that is none',
      { signal: { [Symbol.toStringTag]: 'AbortSignal' } },
      'option "signal" must be an AbortSignal',
    ],
    ['an unknown option', { timeout: 1 }, 'apply has no option "timeout"'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => applicationOf('apply', options)).toThrow(message)
  })
})

describe('options that come later', () => {
  it('win, but for headers and stamps, which are merged by name', () => {
    const earlier = { taskId: 'one', headers: { x: 1, y: 1 }, stamps: { x: [1], y: [1] } }
    const later = { taskId: 'two', headers: { y: 2 }, stamps: { y: [2] } }
    const merged = mergeOptions(earlier, later)
    expect(merged).toStrictEqual({ taskId: 'two', headers: { x: 1, y: 2 }, stamps: { x: [1], y: [2] } })
    expect([merged, merged.headers, merged.stamps].every(Object.isFrozen)).toBe(true)
  })

  it('bring their headers and stamps where there were none, and leave those that were', () => {
    const both = { headers: { x: 1 }, stamps: { x: [1] } }
    expect(mergeOptions({}, both)).toStrictEqual(both)
    expect(mergeOptions(both, { priority: 1 })).toStrictEqual({ ...both, priority: 1 })
  })

  it('may not contradict those that were', () => {
    expect(() => mergeOptions({ timeLimit: 1 }, { softTimeLimit: 2 })).toThrow('call options: option "softTimeLimit"')
  })

  it('leave the very same where they say nothing', () => {
    const earlier = { priority: 1 }
    expect(mergeOptions(earlier, NO_OPTIONS)).toBe(earlier)
  })
})

describe('the options of a child', () => {
  it('are those of a call and a signal, as they were given', () => {
    const options = { priority: 1, signal: new AbortController().signal }
    expect(childOptions(options)).toBe(options)
    expect(childOptions(undefined)).toEqual({})
  })

  it('are refused in the name of apply', () => {
    expect(thrownBy(() => childOptions({ args: [] }))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('apply has no option "args"'),
    })
    expect(() => childOptions({ signal: {} })).toThrow('option "signal" must be an AbortSignal')
  })
})

describe('a rule', () => {
  it.each([
    ['a text', text, ['x'], ['', 1, null]],
    ['a flag', flag, [true, false], [0, 'true']],
    ['a list', list, [[]], [{}, 'x']],
    ['a whole number', wholeFrom(1, 3), [1, 3], [0, 4, 1.5, Number.NaN, '1', Number.POSITIVE_INFINITY]],
    ['a whole number without a most', wholeFrom(0), [0, 2 ** 53 - 1], [-1, 2 ** 53]],
    ['a duration', durationFrom(1), [1, 1.5, Number.POSITIVE_INFINITY], [0, Number.NaN, '1', 1n]],
    ['a choice', oneOf('x', 'y'), ['x', 'y'], ['z', 1]],
  ])('for %s accepts what it says', (_what, rule, right, wrong) => {
    expect(right.filter((value) => !rule.accepts(value))).toEqual([])
    expect(wrong.filter((value) => rule.accepts(value))).toEqual([])
  })

  it('says what it expects', () => {
    expect([wholeFrom(1, 3), wholeFrom(0), oneOf('x', 'y')].map(({ expected }) => expected)).toEqual([
      'a whole number from 1 to 3',
      'a whole number from 0',
      "'x' or 'y'",
    ])
  })

  it('is not asked about undefined', () => {
    expect(() => checkOptions('here', { x: undefined }, { x: text })).not.toThrow()
    expect(() => checkOptions('here', undefined, {})).not.toThrow()
  })
})

describe('a value in a message', () => {
  it.each([
    ['x'.repeat(50), `"${'x'.repeat(40)}…"`],
    [() => 1, 'a function'],
    [{}, 'an object'],
    [[], 'a list'],
    [null, 'null'],
    [undefined, 'undefined'],
    [7n, '7n'],
    [Symbol('s'), 'Symbol(s)'],
    [Number.NaN, 'NaN'],
  ])('is short', (value, shown) => {
    expect(show(value)).toBe(shown)
  })
})

describe('what an object is', () => {
  class Own {}
  it.each([
    [{}, true],
    [Object.create(null), true],
    [Object.create({}), false],
    [new Own(), false],
    [[], false],
    [new Date(), false],
    [null, false],
    ['x', false],
  ])('is asked of its prototype', (value, isPlain) => {
    expect(isPlainObject(value)).toBe(isPlain)
  })

  it('is a canvas by its mark, in every copy of the library', () => {
    expect([chain(), a.s(), { [Symbol.for('celeriac.canvas')]: true }].map(isCanvas)).toEqual([true, true, true])
    expect((a.s() as unknown as Record<symbol, unknown>)[Symbol.for('celeriac.canvas')]).toBe(true)
    expect([a, {}, null, 'x', { kind: 'task' }].map(isCanvas)).toEqual([false, false, false, false, false])
  })
})
