/** The slot for the default runtime: what `.delay()` and `.applyAsync()` hand to it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { provideDefaultRunner } from '../../../src/canvas/canvas.js'
import { everyKind, tasks, thrownBy } from './making.js'

const applied: unknown[][] = []
const slots = globalThis as { [key: symbol]: unknown }
const SLOT = Symbol.for('celeriac.defaultRuntime')

beforeEach(() => {
  applied.length = 0
  provideDefaultRunner(() => ({ apply: (...given) => applied.push(given) }))
})
afterEach(() => {
  delete slots[SLOT]
})

describe.each(everyKind)('a canvas of kind %s', (_kind, made) => {
  it('applies itself on the default runtime', () => {
    const canvas = made()
    canvas.delay()
    canvas.applyAsync({ args: [1] })
    expect(applied).toEqual([[canvas], [canvas, { args: [1] }]])
  })
})

describe('a task', () => {
  it('applies an immutable call of itself', () => {
    const task = tasks.a as unknown as { delay(...args: unknown[]): void; applyAsync(...args: unknown[]): void }
    const given = [3]
    task.delay(1, 2)
    task.applyAsync(given, { taskId: 'x' })
    expect(applied).toEqual([[tasks.a.si(1, 2)], [tasks.a.si(3), { taskId: 'x' }]])
    expect(Object.isFrozen(given)).toBe(false)
  })

  it('hands over the options object that was bound', () => {
    const task = tasks.a.with({ x: 1 }) as unknown as { delay(...args: unknown[]): void }
    task.delay(1)
    expect(applied).toEqual([[tasks.a.with({ x: 1 }).si(1)]])
  })
})

describe('without a default runtime', () => {
  it('there is a sentence that says what to do', () => {
    delete slots[SLOT]
    expect(thrownBy(() => tasks.a.s().delay()).message).toContain('import celeriac by its main entry')
  })
})
