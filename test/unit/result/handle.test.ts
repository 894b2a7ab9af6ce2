/** What a handle shows of a call or a group, without waiting. */
import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { ResultTimeoutError } from '../../../src/errors.js'
import type { GroupResult, TaskState } from '../../../src/result/async-result.js'
import { resultOf } from '../../../src/result/handle.js'
import { MemorySource, NOTHING_REGISTERED } from './memory-source.js'

let source: MemorySource
beforeEach(() => {
  source = new MemorySource()
})

const groupOf = (node: number): GroupResult => resultOf(source, node) as GroupResult

describe('a handle', () => {
  it('has the id of its node', () => expect(resultOf(source, source.call()).id).toBe('id-0'))

  it('is not thenable, so that an async function can return it', async () => {
    const handle = resultOf(source, source.call())
    expect('then' in handle).toBe(false)
    expect(await (async () => handle)()).toBe(handle)
  })

  it('registers nothing until somebody waits', () => {
    const group = groupOf(source.group([source.call(), source.call()]))
    group.ready()
    group.waiting()
    void [group.state, group.result, group.error, group.results, group.children, group.parent, inspect(group)]
    void group.iterate()
    expect(source.asked).toBe(0)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('has no properties of its own that a loop or a clone would find', () =>
    expect(Object.keys(resultOf(source, source.group([])))).toEqual([]))

  it.each<[TaskState, boolean, boolean, boolean]>([
    ['PENDING', false, false, false],
    ['RECEIVED', false, false, false],
    ['STARTED', false, false, false],
    ['RETRY', false, false, false],
    ['RESIZING', false, false, false],
    ['SUCCESS', true, true, false],
    ['FAILURE', true, false, true],
    ['REVOKED', true, false, false],
    ['IGNORED', true, false, false],
    ['REJECTED', true, false, false],
  ])('in state %s is ready: %s, successful: %s, failed: %s', (state, ready, successful, failed) => {
    const node = source.call()
    source.become(node, state)
    const handle = resultOf(source, node)
    expect([handle.state, handle.ready(), handle.successful(), handle.failed()]).toEqual([
      state,
      ready,
      successful,
      failed,
    ])
  })

  it('has neither result nor error before the end', () => {
    const handle = resultOf(source, source.call())
    expect([handle.result, handle.error, handle.traceback]).toEqual([undefined, undefined, undefined])
  })

  it('has the value as its result', () => {
    const node = source.call()
    source.succeed(node, 6)
    const handle = resultOf(source, node)
    expect([handle.result, handle.error, handle.traceback]).toEqual([6, undefined, undefined])
  })

  it('has the error of its own state, where get() throws the original', async () => {
    const node = source.call()
    const [original, ofTheChord] = [new Error('original'), new Error('of the chord')]
    source.fail(node, original, { ownError: ofTheChord })
    const handle = resultOf(source, node)
    expect(handle.result).toBeUndefined()
    expect(handle.error).toBe(ofTheChord)
    expect(handle.traceback).toBe('traceback of of the chord')
    await expect(handle.get()).rejects.toBe(original)
  })

  it('has no error if the work succeeded and its value was not kept', async () => {
    const node = source.call()
    const notKept = new ResultTimeoutError('not kept', 'id-0', 0)
    source.end(node, 'SUCCESS', { ok: false, error: notKept, ownError: notKept, traceback: undefined })
    const handle = resultOf(source, node)
    expect([handle.result, handle.error, handle.traceback]).toEqual([undefined, undefined, undefined])
    await expect(handle.get()).rejects.toBe(notKept)
    await expect(handle.get({ propagate: false })).rejects.toBe(notKept)
  })

  it('leads to its parent and its children, also in another workflow', () => {
    const [first, second] = [source.call(), source.call()]
    const other = new MemorySource()
    other.group([other.call()])
    source.parents.set(second, { source, node: first })
    source.children.set(first, [
      { source: other, node: 1 },
      { source, node: second },
    ])
    expect(resultOf(source, second).parent?.id).toBe('id-0')
    expect(resultOf(source, first).parent).toBeUndefined()
    const { children } = resultOf(source, first)
    expect(children.map(({ id }) => id)).toEqual(['id-1', 'id-1'])
    expect(children.map((child) => child.isGroup())).toEqual([true, false])
    expect(resultOf(source, second).children).toEqual([])
  })

  it('shows itself by class, id and state', () => {
    const node = source.call()
    source.become(node, 'STARTED')
    expect(inspect(resultOf(source, node))).toBe("AsyncResult { id: 'id-0', state: 'STARTED' }")
    expect(inspect({ deep: [resultOf(source, source.group([node]))] })).toBe(
      "{ deep: [ GroupResult { id: 'id-1', state: 'PENDING' } ] }",
    )
  })
})

describe("a group's handle", () => {
  it('is one if the node has members, be they none', () => {
    expect(resultOf(source, source.group([])).isGroup()).toBe(true)
    expect(resultOf(source, source.call()).isGroup()).toBe(false)
    expect('iterate' in resultOf(source, source.call())).toBe(false)
  })

  it('gives a handle for each member, in order, and keeps them', () => {
    const nested = source.group([source.call()])
    const group = groupOf(source.group([source.call(), nested]))
    expect(group.results.map((member) => [member.id, member.isGroup()])).toEqual([
      ['id-2', false],
      ['id-1', true],
    ])
    expect(group.results).toBe(group.results)
    expect(Object.isFrozen(group.results)).toBe(true)
  })

  it('counts the members that succeeded, and knows whether it waits for some', () => {
    const members = [source.call(), source.call(), source.call()] as const
    const group = groupOf(source.group(members))
    source.succeed(members[2], 3)
    source.fail(members[0], new Error('no'))
    expect([group.completedCount(), group.waiting(), group.ready(), group.state]).toEqual([1, true, false, 'PENDING'])
    source.succeed(members[1], 2)
    expect([group.completedCount(), group.waiting(), group.ready(), group.state]).toEqual([2, false, true, 'FAILURE'])
  })

  it('without members is ready with an empty list', async () => {
    const group = groupOf(source.group([]))
    expect([group.ready(), group.waiting(), group.completedCount(), group.result]).toEqual([true, false, 0, []])
    expect(await group.get()).toEqual([])
  })
})
