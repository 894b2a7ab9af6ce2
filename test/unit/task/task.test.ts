/** What a task can do: be called, and describe calls of itself. */
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/errors.js'
import { currentTask, provideCurrentTask, standInContext, type TaskContext } from '../../../src/task/context.js'
import { defineTasks } from '../../../src/task/task.js'
import type { Made, MadeTask } from '../canvas/making.js'

const typed = defineTasks('file:///task.js', {
  join: (...parts: string[]) => parts.join('-'),
  context() {
    return this as unknown
  },
  options: (text: string, options?: { readonly upper?: boolean }) => (options?.upper ? text.toUpperCase() : text),
})
const { join } = typed as unknown as { readonly join: MadeTask }

describe('a signature', () => {
  it('has the task, its module and the arguments, and is open to more', () => {
    expect(join.s('x', 1)).toMatchObject({
      kind: 'task',
      task: 'join',
      moduleUrl: 'file:///task.js',
      args: ['x', 1],
      kwargs: {},
      immutable: false,
      options: {},
    })
  })

  it('is deaf to more when made by si', () => {
    expect(join.si('x')).toMatchObject({ args: ['x'], immutable: true })
  })

  it('has its arguments frozen, and not those it was given', () => {
    const given = ['x']
    expect(Object.isFrozen(join.s(...given).args)).toBe(true)
    expect(Object.isFrozen(given)).toBe(false)
  })
})

describe('with', () => {
  it('binds an options object, in everything the task describes', () => {
    const bound = join.with({ x: 1 })
    const described: readonly Made[] = [
      bound.s(),
      bound.si(),
      bound.map([1]).task,
      bound.starmap([[1]]).task,
      bound.chunks([[1]], 1).task,
    ]
    expect(described.map(({ kwargs }) => kwargs)).toEqual(new Array(5).fill({ x: 1 }))
    expect([...bound.each([[1]]).members][0]?.kwargs).toEqual({ x: 1 })
  })

  it('merges shallowly, the later value wins, and changes nothing that was there', () => {
    const first = join.with({ x: 1, y: { z: 1 } })
    expect(first.with({ y: 2 }).s().kwargs).toEqual({ x: 1, y: 2 })
    expect(first.s().kwargs).toEqual({ x: 1, y: { z: 1 } })
    expect(Object.isFrozen(first.s().kwargs)).toBe(true)
  })

  it('keeps a key of the name __proto__ a key', () => {
    const options = JSON.parse('{"__proto__": {"polluted": true}}')
    const { kwargs } = join.with({ x: 1 }).with(options).s()
    expect(Object.keys(kwargs)).toEqual(['x', '__proto__'])
    expect(Object.getPrototypeOf(kwargs)).toBe(Object.prototype)
  })

  it.each([[undefined], [null], [[]], ['x'], [new Date()]])('refuses %s', (options) => {
    expect(() => join.with(options)).toThrow(ConfigurationError)
    expect(() => join.with(options)).toThrow('with() takes an options object, not')
  })
})

describe('a task called as a function', () => {
  it('runs its body, here and now', () => {
    expect(typed.join('a', 'b')).toBe('a-b')
    expect(typed.options.with({ upper: true })('text')).toBe('TEXT')
  })

  it('sees a context without anything around it', () => {
    expect(typed.context()).toMatchObject({
      id: '',
      taskName: 'context',
      rootId: '',
      parentId: undefined,
      groupId: undefined,
      groupIndex: undefined,
      headers: {},
      retries: 0,
      eta: undefined,
      expires: undefined,
    })
    expect((typed.context() as TaskContext).signal.aborted).toBe(false)
    expect(Object.isFrozen(typed.context())).toBe(true)
  })

  it('is a function like others', () => {
    expect(typeof typed.join).toBe('function')
    expect(typed.join.name).toBe('join')
    expect(Reflect.apply(typed.join, undefined, ['a', 'b'])).toBe('a-b')
    expect(typed.join.bind(undefined, 'a')('b')).toBe('a-b')
  })
})

describe('the current task', () => {
  it('is what the slot gives, and outside of a task there is none', () => {
    const context: TaskContext = standInContext('running')
    let current: TaskContext | undefined = context
    provideCurrentTask(() => current)
    expect(currentTask()).toBe(context)
    current = undefined
    expect(() => currentTask()).toThrow('currentTask() was called outside of a task')
  })
})
