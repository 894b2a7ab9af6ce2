/** Tasks over a plain module that is not loaded here before one of them is called as a function. */
import { describe, expect, it } from 'vitest'
import { ConfigurationError, NotRegisteredError } from '../../../src/errors.js'
import { exportedFunction, tasksFrom } from '../../../src/task/tasks-from.js'

type PlainModule = typeof import('./plain-module.js')
const url = new URL('./plain-module.ts', import.meta.url)
const from = tasksFrom as unknown as (
  url: unknown,
  options?: unknown,
) => Readonly<Record<string, { readonly taskName: string; readonly moduleUrl: string }>>

describe('tasksFrom', () => {
  it('gives a task for whatever name, the same each time, without loading the module', () => {
    const list = from(new URL('file:///not-there.js'), { namespace: 'n' })
    expect([list.anything?.taskName, list.anything?.moduleUrl]).toEqual(['n.anything', 'file:///not-there.js'])
    expect(list.anything).toBe(list.anything)
  })

  it('gives none for the names of a module life, for then, and for symbols', () => {
    const list = from(url) as Record<string | symbol, unknown>
    expect(['setup', 'teardown', 'then', Symbol.iterator].map((name) => list[name])).toEqual(
      new Array(4).fill(undefined),
    )
  })

  it('describes calls', () => {
    expect(tasksFrom<PlainModule>(url).double.s(2)).toMatchObject({
      kind: 'task',
      task: 'double',
      args: [2],
      moduleUrl: url.href,
    })
  })

  it('loads the module when a task is called as a function', async () => {
    const { double, missing } = tasksFrom<PlainModule & { missing(): void }>(url)
    expect(await double(4)).toBe(8)
    await expect(missing()).rejects.toThrow(NotRegisteredError)
  })

  it.each([
    ['no URL', () => from('tasks.js'), 'tasksFrom: the module must be a file: URL'],
    ['a URL of another kind', () => from(new URL('https://example.org/t.js')), 'https://example.org/t.js'],
    ['an unknown option', () => from(url, { prefix: 'x' }), 'tasksFrom has no option "prefix"'],
  ])('refuses %s', (_what, act, message) => {
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(message)
  })
})

describe('the function of a module', () => {
  const module = Object.assign(Object.create({ inherited: () => 1 }), { own: () => 2, text: 'x', setup: () => 3 })

  it('is its own export of that name', () => {
    expect(exportedFunction(module, 'own', 'file:///m.js')()).toBe(2)
  })

  it.each(['inherited', 'text', 'setup', 'missing', 'constructor', '__proto__'])('is none for "%s"', (name) => {
    expect(() => exportedFunction(module, name, 'file:///m.js')).toThrow(
      `task "${name}" is not registered: file:///m.js exports no function of that name`,
    )
  })
})
