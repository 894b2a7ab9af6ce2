/** Waiting for a group: the list, the first failure, or the list with errors in failed slots. */
import { beforeEach, describe, expect, it } from 'vitest'
import { ResultTimeoutError } from '../../../src/errors.js'
import type { GroupResult } from '../../../src/result/async-result.js'
import { resultOf } from '../../../src/result/handle.js'
import { MemorySource, NOTHING_REGISTERED } from './memory-source.js'

let source: MemorySource
beforeEach(() => {
  source = new MemorySource()
})

const calls = (count: number): number[] => Array.from({ length: count }, () => source.call())
const groupOf = (node: number): GroupResult => resultOf(source, node) as GroupResult

describe("a group's get()", () => {
  it('gives the list in member order, and join() does, too', async () => {
    const [a, b] = calls(2) as [number, number]
    const group = groupOf(source.group([a, b]))
    const lists = Promise.all([group.get(), group.join()])
    source.succeed(b, 2)
    source.succeed(a, 1)
    expect(await lists).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  it('registers once, however many members there are', () => {
    void groupOf(source.group(calls(50))).get()
    expect(source.registered.ends).toBe(1)
  })

  it('rejects with the error of the group', async () => {
    const [a, b] = calls(2) as [number, number]
    const [first, second] = [new Error('first'), new Error('second')]
    const group = groupOf(source.group([a, b]))
    source.fail(b, second)
    source.fail(a, first)
    await expect(group.get()).rejects.toBe(first)
    await expect(group.join({ timeout: 0 })).rejects.toBe(first)
  })

  it('passes the options of join() on', async () => {
    const [a, b] = calls(2) as [number, number]
    const group = groupOf(source.group([a, b]))
    await expect(group.join({ timeout: 0 })).rejects.toThrow(ResultTimeoutError)
    await expect(group.join({ nonsense: 1 } as never)).rejects.toThrow(/no option "nonsense"/)
    const error = new Error('no')
    source.succeed(a, 1)
    source.fail(b, error)
    expect(await group.join({ propagate: false })).toEqual([1, error])
  })
})

describe("a group's get({ propagate: false })", () => {
  it('gives the plain list if all succeeded', async () => {
    const members = calls(2)
    const group = groupOf(source.group(members))
    for (const member of members) source.succeed(member, member)
    expect(await group.get({ propagate: false })).toEqual([0, 1])
  })

  it('gives values and errors, each in its slot, also of revoked members', async () => {
    const [a, b, c] = calls(3) as [number, number, number]
    const list = groupOf(source.group([a, b, c])).get({ propagate: false })
    const [failed, revoked] = [new Error('failed'), new Error('revoked')]
    source.fail(c, revoked, { state: 'REVOKED' })
    source.succeed(b, 2)
    source.fail(a, failed)
    const slots = await list
    expect(slots).toHaveLength(3)
    expect(slots[0]).toBe(failed)
    expect(slots[1]).toBe(2)
    expect(slots[2]).toBe(revoked)
  })

  it('gives nested groups as nested lists', async () => {
    const [a, b, c, d, e] = calls(5) as [number, number, number, number, number]
    const inner = source.group([a, b])
    const well = source.group([c])
    const list = groupOf(source.group([inner, well, source.group([source.group([d])]), e])).get({ propagate: false })
    const [bad, deep] = [new Error('bad'), new Error('deep')]
    for (const node of [a, c, e]) source.succeed(node, node)
    source.fail(d, deep)
    source.fail(b, bad)
    expect(await list).toEqual([[0, bad], [2], [[deep]], 4])
  })

  it('gives the original error where a member chord failed', async () => {
    const body = source.call()
    const group = groupOf(source.group([body]))
    const original = new Error('original')
    source.fail(body, original, { ownError: new Error('of the chord') })
    expect((await group.get({ propagate: false }))[0]).toBe(original)
  })

  it('gives the error of an earlier step in every slot', async () => {
    const members = calls(2)
    const nested = source.group(calls(1))
    const group = source.group([...members, nested])
    const earlier = new Error('an earlier step failed')
    const list = groupOf(group).get({ propagate: false })
    source.fail(group, earlier) // before its members are told, in the same turn
    for (const node of [...members, 2]) source.fail(node, earlier)
    expect(await list).toEqual([earlier, earlier, [earlier]])
  })

  it('waits for members that end after the group, within the same limits', async () => {
    const [a, b] = calls(2) as [number, number]
    const group = source.group([a, b])
    const error = new Error('fail fast')
    const [list, late] = [
      groupOf(group).get({ propagate: false }),
      groupOf(group).get({ propagate: false, timeout: 10 }),
    ]
    source.advance(6)
    source.fail(group, error)
    source.fail(a, error)
    await new Promise((resolve) => setImmediate(resolve))
    source.advance(4)
    await expect(late).rejects.toMatchObject({ taskId: 'id-2', timeout: 10 })
    expect(source.registered).toEqual({ ends: 1, timers: 0 })
    source.succeed(b, 2)
    expect(await list).toEqual([error, 2])
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('notices a limit that strikes between the ends of two nodes', async () => {
    const member = source.call()
    const group = source.group([member])
    const list = groupOf(group).get({ propagate: false, timeout: 10 })
    source.fail(group, new Error('fail fast'))
    source.advance(10)
    await expect(list).rejects.toThrow(ResultTimeoutError)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('does not wait at all with a limit of 0', async () => {
    const member = source.call()
    const group = source.group([member])
    source.fail(group, new Error('fail fast'))
    await expect(groupOf(group).get({ propagate: false, timeout: 0 })).rejects.toThrow(ResultTimeoutError)
    source.fail(member, new Error('no'))
    expect(await groupOf(group).get({ propagate: false, timeout: 0 })).toHaveLength(1)
    expect(source.asked).toBe(0)
  })

  it('gives a list of 100,000', async () => {
    const members = calls(100_000)
    const group = groupOf(source.group(members.slice(0, -1)))
    const error = new Error('no')
    const group2 = groupOf(source.group([]))
    expect(await group2.get({ propagate: false })).toEqual([])
    for (const member of members)
      source.end(member, 'FAILURE', { ok: false, error, ownError: error, traceback: undefined })
    expect(await group.get({ propagate: false })).toHaveLength(99_999)
  })
})
