/** Declaring tasks: names, the registry, options, and what is refused. */
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/errors.js'
import { findTask, registeredNames } from '../../../src/task/registry.js'
import { defineTasks, task } from '../../../src/task/task.js'

const URL_TEXT = 'file:///defined.js'
const define = defineTasks as unknown as (
  url: unknown,
  definitions: unknown,
  options?: unknown,
) => Readonly<
  Record<
    string,
    { readonly taskName: string; readonly moduleUrl: string; readonly options: object; readonly name: string }
  >
>
const partsOf = (made: ReturnType<typeof define>[string] | undefined): unknown =>
  made && { taskName: made.taskName, moduleUrl: made.moduleUrl, options: made.options, name: made.name }
const add = (x: number, y: number): number => x + y

describe('defineTasks', () => {
  it('makes a task of each function, named after its key', () => {
    const { sum } = define(URL_TEXT, { sum: add })
    expect(partsOf(sum)).toEqual({ taskName: 'sum', moduleUrl: URL_TEXT, options: {}, name: 'sum' })
  })

  it('takes a URL as well, and a namespace', () => {
    const { sum } = define(new URL(URL_TEXT), { sum: add }, { namespace: 'math' })
    expect(partsOf(sum)).toEqual({ taskName: 'math.sum', moduleUrl: URL_TEXT, options: {}, name: 'math.sum' })
  })

  it('registers each under its url and name', () => {
    define(
      'file:///registered.js',
      { sum: add, named: task({ name: 'other', trackStarted: true }, add) },
      { namespace: 'n' },
    )
    expect(findTask('file:///registered.js', 'n.sum')).toMatchObject({ taskName: 'n.sum', fn: add, options: {} })
    expect(findTask('file:///registered.js', 'other')).toMatchObject({ options: { name: 'other', trackStarted: true } })
    expect(findTask('file:///registered.js', 'sum')).toBeUndefined()
    expect(findTask('file:///elsewhere.js', 'n.sum')).toBeUndefined()
    expect(registeredNames()).toEqual(expect.arrayContaining(['n.sum', 'other']))
  })

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', ''])(
    'finds no task by an inherited name: %j',
    (name) => {
      define('file:///inherited.js', { sum: add })
      expect(findTask('file:///inherited.js', name)).toBeUndefined()
      expect(findTask(name, name)).toBeUndefined()
    },
  )

  it('replaces a task when its module is evaluated again', () => {
    define('file:///again.js', { sum: add })
    const newer = (): number => 0
    define('file:///again.js', { sum: newer })
    expect(findTask('file:///again.js', 'sum')?.fn).toBe(newer)
  })

  it('gives a frozen list of frozen tasks', () => {
    const list = define(URL_TEXT, { sum: add })
    expect([list, list.sum, list.sum?.options].every(Object.isFrozen)).toBe(true)
  })

  it('takes no inherited names for tasks', () => {
    const definitions = Object.create({ inherited: add })
    expect(Object.keys(define(URL_TEXT, Object.assign(Object.create(null), definitions, { own: add })))).toEqual([
      'own',
    ])
  })

  it.each([
    ['no URL', () => define(undefined, {}), 'defineTasks: the module must be a file: URL', 'url'],
    ['a path', () => define('/tasks.js', {}), 'and is "/tasks.js"', 'url'],
    ['a URL of another kind', () => define(new URL('https://example.org/t.js'), {}), 'https://example.org/t.js', 'url'],
    [
      'no definitions',
      () => define(URL_TEXT, undefined),
      'defineTasks takes an object of functions, not undefined',
      'definitions',
    ],
    ['a list', () => define(URL_TEXT, [add]), 'not a list', 'definitions'],
    [
      'a definition that is no function',
      () => define(URL_TEXT, { sum: 7 }),
      'defineTasks: "sum" must be a function',
      'sum',
    ],
    ['an object that is no definition', () => define(URL_TEXT, { sum: { fn: add } }), 'and is an object', 'sum'],
    [
      'two tasks of one name',
      () => define(URL_TEXT, { sum: add, more: task({ name: 'sum' }, add) }),
      'two tasks are named "sum"',
      'name',
    ],
    [
      'an unknown option',
      () => define(URL_TEXT, {}, { prefix: 'x' }),
      'defineTasks has no option "prefix"; it has namespace',
      'prefix',
    ],
    [
      'an empty namespace',
      () => define(URL_TEXT, {}, { namespace: '' }),
      'option "namespace" must be a text',
      'namespace',
    ],
  ])('refuses %s', (_what, act, message, option) => {
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(message)
    expect(act).toThrow(expect.objectContaining({ option }))
  })
})

describe('task', () => {
  const attach = task as unknown as (options: unknown, fn: unknown) => { readonly options: object }

  it('attaches options to a function, frozen, as a copy', () => {
    const options = { name: 'x' }
    const definition = attach(options, add)
    options.name = 'y'
    expect(definition).toEqual({ kind: 'definition', options: { name: 'x' }, fn: add })
    expect([definition, definition.options].every(Object.isFrozen)).toBe(true)
  })

  it.each([
    ['no function', () => attach({}, 7), 'task: a function is needed, not 7', 'fn'],
    ['an unknown option', () => attach({ retries: 3 }, add), 'task has no option "retries"', 'retries'],
    [
      'an option of the wrong type',
      () => attach({ trackStarted: 1 }, add),
      'must be true or false, and is 1',
      'trackStarted',
    ],
    ['an empty name', () => attach({ name: '' }, add), 'must be a text that is not empty', 'name'],
    ['a list of options', () => attach([], add), 'task takes an object of options, not a list', undefined],
  ])('refuses %s', (_what, act, message, option) => {
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(message)
    expect(act).toThrow(expect.objectContaining({ option }))
  })
})
