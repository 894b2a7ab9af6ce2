/** With `freezeArguments`, what calls are given cannot be changed any more. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Canvas } from '../../../src/canvas/canvas.js'
import { chain } from '../../../src/canvas/chain.js'
import { group } from '../../../src/canvas/group.js'
import { createRuntime } from '../../../src/runtime/create-runtime.js'
import type { Runtime } from '../../../src/runtime/runtime.js'
import { defineTasks } from '../../../src/task/task.js'

interface Item {
  list: number[]
  deep: { bytes: Uint8Array; map: Map<string, number[]> }
}

const { sizeOf } = defineTasks('file:///frozen-arguments.js', {
  sizeOf: (item: Item, _more?: { readonly names: string[] }) => item.list.length,
})

const item = (): Item => ({ list: [1], deep: { bytes: new Uint8Array(1), map: new Map([['a', [1]]]) } })
const isFrozen = (one: Item): boolean => [one, one.list, one.deep].every((part) => Object.isFrozen(part))

let runtime: Runtime
const open = (freezeArguments?: boolean): Runtime =>
  (runtime = createRuntime({ executor: 'inline', ...(freezeArguments !== undefined && { freezeArguments }) }))
afterEach(() => runtime.close())

describe('arguments that are applied', () => {
  it('are left as they are by default', async () => {
    const given = item()
    const result = open().run(sizeOf.s(given))
    given.list.push(2)
    await result
    expect(isFrozen(given)).toBe(false)
  })

  it('throw where they are changed, and the call sees them as they were', async () => {
    const given = item()
    const result = open(true).run(sizeOf.s(given))
    expect(() => given.list.push(2)).toThrow(TypeError)
    expect(await result).toBe(1)
  })

  it.each<[string, (given: Item) => unknown]>([
    ['of a chain', (given) => chain(sizeOf.si(item()), sizeOf.si(given))],
    ['of a group', (given) => group([sizeOf.s(item()), sizeOf.s(given)])],
    ['of a group that is pulled', (given) => group(new Set([sizeOf.s(given)]))],
    ['of each', (given) => sizeOf.each([[item()], [given]])],
    ['of a map', (given) => sizeOf.map([given])],
    ['of chunks', (given) => sizeOf.chunks([[item()], [given]], 1)],
    ['of an options object', (given) => sizeOf.with({ names: given.list } as never).s(item())],
  ])('are frozen: those %s', async (_what, make) => {
    const given = item()
    await open(true).run(make(given) as Canvas as never)
    expect(Object.isFrozen(given.list)).toBe(true)
  })

  it('are frozen where they are given to apply', async () => {
    const given = item()
    await open(true).run(sizeOf.s() as never, { args: [given] } as never)
    expect(isFrozen(given)).toBe(true)
  })

  it('keep what cannot be frozen', async () => {
    const given = item()
    await open(true).run(sizeOf.s(given))
    given.deep.bytes[0] = 7
    given.deep.map.get('a')?.push(2)
    expect([given.deep.bytes[0], given.deep.map.get('a')]).toEqual([7, [1, 2]])
  })

  it('may hold themselves', async () => {
    const given = item() as Item & { self?: unknown }
    given.self = given
    expect(await open(true).run(sizeOf.s(given))).toBe(1)
  })
})
