/** Members one by one: as they finish, or in order; and what happens when the loop is left. */
import { getEventListeners } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/errors.js'
import type { GroupResult, Settled } from '../../../src/result/async-result.js'
import { resultOf } from '../../../src/result/handle.js'
import { MemorySource, NOTHING_REGISTERED } from './memory-source.js'

let source: MemorySource
let members: readonly [number, number, number]
let group: GroupResult
beforeEach(() => {
  source = new MemorySource()
  members = [source.call(), source.call(), source.call()]
  group = resultOf(source, source.group(members)) as GroupResult
})

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
const DONE = { done: true, value: undefined }

async function collected(items: AsyncIterable<Settled<unknown>>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const item of items) found.push(item.ok ? [item.index, item.value] : [item.index, item.error.message])
  return found
}

describe.each([{ ordered: false }, { ordered: true }])('iterate($ordered)', (options) => {
  it('gives each member with its index, id and value or error; a failed one is no throw', async () => {
    const error = new Error('no')
    source.succeed(members[0], 'a')
    source.fail(members[1], error)
    source.succeed(members[2], undefined)
    const items: Settled<unknown>[] = []
    for await (const item of group.iterate(options)) items.push(item)
    expect(items).toEqual([
      { index: 0, id: 'id-0', ok: true, value: 'a' },
      { index: 1, id: 'id-1', ok: false, error },
      { index: 2, id: 'id-2', ok: true, value: undefined },
    ])
    expect(source.asked).toBe(0)
  })

  it('ends at once for a group without members', async () => {
    const empty = resultOf(source, source.group([])) as GroupResult
    expect(await collected(empty.iterate(options))).toEqual([])
  })

  it('answers several who ask before anything has finished', async () => {
    const items = group.iterate(options)
    const asked = Promise.all([items.next(), items.next(), items.next(), items.next(), items.next()])
    for (const member of members) source.succeed(member, member)
    const answers = await asked
    expect(answers.map((answer) => answer.done)).toEqual([false, false, false, true, true])
    expect(answers.slice(0, 3).map((answer) => answer.value.index)).toEqual([0, 1, 2])
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('takes everything back when the loop is left', async () => {
    const { signal } = new AbortController()
    source.succeed(members[0], 'a')
    for await (const item of group.iterate({ ...options, signal })) {
      expect(item.index).toBe(0)
      break
    }
    expect(source.registered).toEqual(NOTHING_REGISTERED)
    expect(listenersOf(signal)).toBe(0)
  })

  it('ends for those who ask when it is left, at once', async () => {
    const items = group.iterate(options)
    const asked = [items.next(), items.next()]
    expect(source.registered.ends).toBeGreaterThan(0)
    expect(await items.return?.()).toEqual(DONE)
    expect(await Promise.all(asked)).toEqual([DONE, DONE])
    expect(source.registered).toEqual(NOTHING_REGISTERED)
    source.succeed(members[0], 'a')
    expect(await items.next()).toEqual(DONE)
  })

  it('registers nothing if it is left before it began', async () => {
    const items = group.iterate(options)
    await items.return?.()
    expect(await items.next()).toEqual(DONE)
    expect(source.asked).toBe(0)
  })

  it('lets go of the signal when the last member was handed out', async () => {
    const controller = new AbortController()
    const items = group.iterate({ ...options, signal: controller.signal })
    const asked = [items.next(), items.next(), items.next()]
    expect(listenersOf(controller.signal)).toBe(1)
    for (const member of members) source.succeed(member, member)
    await Promise.all(asked)
    expect(listenersOf(controller.signal)).toBe(0)
    controller.abort()
    expect(await items.next()).toEqual(DONE)
  })

  it('rejects the pending next() with the reason of the signal, and is over then', async () => {
    const controller = new AbortController()
    const items = group.iterate({ ...options, signal: controller.signal })
    const [first, second] = [items.next(), items.next()]
    controller.abort('enough')
    await expect(first).rejects.toBe('enough')
    expect(await second).toEqual(DONE)
    expect(await items.next()).toEqual(DONE)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
    expect(listenersOf(controller.signal)).toBe(0)
  })

  it('rejects the following next() if nobody asked when the signal aborted', async () => {
    const controller = new AbortController()
    const items = group.iterate({ ...options, signal: controller.signal })
    source.succeed(members[0], 'a')
    source.succeed(members[1], 'b')
    await items.next()
    controller.abort('enough')
    await expect(items.next()).rejects.toBe('enough')
    expect(await items.next()).toEqual(DONE)
  })

  it('says nothing of a signal to those who have left', async () => {
    const controller = new AbortController()
    const items = group.iterate({ ...options, signal: controller.signal })
    source.succeed(members[0], 'a')
    await items.next()
    controller.abort('enough')
    await items.return?.()
    expect(await items.next()).toEqual(DONE)
  })

  it('rejects at the first next() if the signal has aborted, even if all members have finished', async () => {
    for (const member of members) source.succeed(member, member)
    const items = group.iterate({ ...options, signal: AbortSignal.abort('too late') })
    await expect(items.next()).rejects.toBe('too late')
    expect(source.asked).toBe(0)
  })

  it('can be had more than once, each from the start', async () => {
    for (const member of members) source.succeed(member, member)
    const all = [
      [0, 0],
      [1, 1],
      [2, 2],
    ]
    expect(await collected(group.iterate(options))).toEqual(all)
    expect(await collected(group.iterate(options))).toEqual(all)
  })

  it('hands out 100,000 members that finish in any order', async () => {
    const many = Array.from({ length: 100_000 }, () => source.call())
    const big = resultOf(source, source.group(many)) as GroupResult
    const items = big.iterate(options)
    const asked = many.map(() => items.next())
    const error = new Error('no')
    for (const member of [...many].reverse())
      if (member % 2 === 0) source.succeed(member, member)
      else source.end(member, 'FAILURE', { ok: false, error, ownError: error, traceback: undefined })
    const indices = (await Promise.all(asked)).map((answer) => answer.value.index as number)
    if (!options.ordered) indices.reverse()
    expect(indices.every((index, at) => index === at)).toBe(true)
    expect(await items.next()).toEqual(DONE)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })
})

describe('iterate()', () => {
  it('gives members as they finish', async () => {
    source.succeed(members[2], 'c')
    const found = collected(group.iterate())
    source.fail(members[1], new Error('no'))
    await new Promise((resolve) => setImmediate(resolve))
    source.succeed(members[0], 'a')
    expect(await found).toEqual([
      [2, 'c'],
      [1, 'no'],
      [0, 'a'],
    ])
  })

  it('gives what has finished meanwhile, when it is asked', async () => {
    source.succeed(members[1], 'b')
    const items = group.iterate()
    await items.next()
    source.succeed(members[2], 'c')
    source.succeed(members[0], 'a')
    expect(await collected(items)).toEqual([
      [2, 'c'],
      [0, 'a'],
    ])
  })

  it('gives a nested group as one member, with its list', async () => {
    const inner = source.call()
    const outer = resultOf(source, source.group([source.group([inner])])) as GroupResult
    const found = collected(outer.iterate())
    source.succeed(inner, 1)
    expect(await found).toEqual([[0, [1]]])
  })

  it('with ordered waits for one member at a time, in order', async () => {
    const items = group.iterate({ ordered: true })
    const first = items.next()
    source.succeed(members[2], 'c')
    source.succeed(members[1], 'b')
    expect(source.asked).toBe(1)
    source.succeed(members[0], 'a')
    expect((await first).value).toMatchObject({ index: 0, value: 'a' })
    expect(await collected(items)).toEqual([
      [1, 'b'],
      [2, 'c'],
    ])
    expect(source.asked).toBe(1)
  })

  it('with ordered asks for the next member from within the end of the one before', async () => {
    const items = group.iterate({ ordered: true })
    const asked = [items.next(), items.next()]
    source.succeed(members[0], 'a')
    expect(source.registered.ends).toBe(1)
    source.succeed(members[1], 'b')
    expect((await Promise.all(asked)).map((answer) => answer.value.value)).toEqual(['a', 'b'])
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it.each([
    ['orderd', true, /iterate has no option "orderd"; it has ordered, signal/],
    ['ordered', 1, /option "ordered" must be true or false, and is 1/],
    ['signal', 'x', /option "signal" must be an AbortSignal, and is "x"/],
    ['timeout', 5, /no option "timeout"/],
  ])('throws for a wrong option, naming it: %s: %s', (option, value, message) => {
    expect(() => group.iterate({ [option]: value } as never)).toThrow(message)
    expect(() => group.iterate({ [option]: value } as never)).toThrow(ConfigurationError)
  })
})
