/** Waiting for a value: ends, time limits and signals, and that nothing is left behind. */
import { getEventListeners } from 'node:events'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ConfigurationError, ResultTimeoutError } from '../../../src/errors.js'
import type { AsyncResult, GetOptions } from '../../../src/result/async-result.js'
import { resultOf } from '../../../src/result/handle.js'
import { MemorySource, NOTHING_REGISTERED } from './memory-source.js'

let source: MemorySource
let node: number
let handle: AsyncResult<unknown>
beforeEach(() => {
  source = new MemorySource()
  node = source.call()
  handle = resultOf(source, node)
})

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

describe('get()', () => {
  it('gives the value once there is one', async () => {
    const value = handle.get()
    source.succeed(node, 6)
    expect(await value).toBe(6)
  })

  it('gives the value of what has ended without registering anything', async () => {
    source.succeed(node, 6)
    const { signal } = new AbortController()
    expect(await handle.get({ timeout: 10, signal })).toBe(6)
    expect(source.asked).toBe(0)
  })

  it('throws the very error of failed work', async () => {
    const error = new RangeError('no')
    const value = handle.get()
    source.fail(node, error)
    await expect(value).rejects.toBe(error)
    await expect(handle.get()).rejects.toBe(error)
  })

  it('returns that error with propagate: false', async () => {
    const error = new RangeError('no')
    const outcome = handle.get({ propagate: false })
    source.fail(node, error, { state: 'REVOKED' })
    expect(await outcome).toBe(error)
  })

  it('gives two promises to two who ask', async () => {
    const [first, second] = [handle.get(), handle.get()]
    expect(first).not.toBe(second)
    source.succeed(node, 6)
    expect(await Promise.all([first, second])).toEqual([6, 6])
  })

  it('makes no unhandled rejection of a failure that nobody asks for', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    source.fail(node, new Error('nobody asks'))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('does not end with a state that is not final', async () => {
    const settled = vi.fn()
    void handle.get().then(settled)
    for (const state of ['RECEIVED', 'STARTED', 'RETRY', 'RESIZING']) source.become(node, state)
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).not.toHaveBeenCalled()
  })
})

describe('a time limit', () => {
  it('rejects once it is over, naming the call, and takes its request back', async () => {
    source.become(node, 'STARTED')
    const late = handle.get({ timeout: 1_000 })
    source.advance(999)
    expect(source.registered).toEqual({ ends: 1, timers: 1 })
    source.advance(1)
    const error = (await late.catch((reason) => reason)) as Error
    expect(error).toBeInstanceOf(ResultTimeoutError)
    expect(error).toMatchObject({ taskId: 'id-0', timeout: 1_000 })
    expect(error.message).toBe(
      'id-0 was not ready within 1000 ms (state STARTED); the work goes on, so get() may be called again',
    )
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('leaves the work alone: the value can be asked for again', async () => {
    const late = handle.get({ timeout: 1 })
    source.advance(1)
    await expect(late).rejects.toThrow(ResultTimeoutError)
    source.succeed(node, 6)
    expect(await handle.get()).toBe(6)
  })

  it('is cancelled when the work ends in time', async () => {
    const value = handle.get({ timeout: 1_000 })
    source.succeed(node, 6)
    expect(await value).toBe(6)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('is cancelled when the work fails in time', async () => {
    const value = handle.get({ timeout: 1_000 })
    source.fail(node, new Error('no'))
    await expect(value).rejects.toThrow('no')
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('of 0 gives what is ready now', async () => {
    source.succeed(node, 6)
    expect(await handle.get({ timeout: 0 })).toBe(6)
  })

  it('of 0 rejects at once if it is not, without registering anything', async () => {
    await expect(handle.get({ timeout: 0 })).rejects.toThrow(/id-0 was not ready yet, and timeout is 0/)
    expect(source.asked).toBe(0)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it.each([undefined, Infinity])('of %s is none', async (timeout) => {
    const value = handle.get({ timeout } as GetOptions & { propagate?: true })
    expect(source.registered).toEqual({ ends: 1, timers: 0 })
    source.succeed(node, 6)
    expect(await value).toBe(6)
  })

  it('longer than a timer can be does not fire early', async () => {
    const [month, day] = [30 * 86_400_000, 86_400_000]
    const settled = vi.fn()
    const late = handle.get({ timeout: month }).catch((reason) => reason)
    void late.then(settled)
    source.advance(month - day)
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).not.toHaveBeenCalled()
    expect(source.registered).toEqual({ ends: 1, timers: 1 })
    source.advance(day)
    expect(await late).toBeInstanceOf(ResultTimeoutError)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('longer than a timer can be is cancelled on its second leg, too', async () => {
    const value = handle.get({ timeout: 2 ** 33 })
    source.advance(2 ** 32)
    source.succeed(node, 6)
    expect(await value).toBe(6)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })
})

describe('a signal', () => {
  it('stops the wait with its reason, and not the work', async () => {
    const controller = new AbortController()
    const value = handle.get({ timeout: 1_000, signal: controller.signal })
    const reason = new Error('the user went away')
    controller.abort(reason)
    await expect(value).rejects.toBe(reason)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
    expect(listenersOf(controller.signal)).toBe(0)
    source.succeed(node, 6)
    expect(await handle.get()).toBe(6)
  })

  it('that has aborted rejects with its reason, whatever it is, even if the value is there', async () => {
    source.succeed(node, 6)
    await expect(handle.get({ signal: AbortSignal.abort('too late') })).rejects.toBe('too late')
    await expect(handle.get({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('is let go of when the work ends, succeeded or not, and after a time limit', async () => {
    const { signal } = new AbortController()
    const other = source.call()
    const [value, failure] = [handle.get({ signal }), resultOf(source, other).get({ signal, propagate: false })]
    const late = resultOf(source, source.call()).get({ signal, timeout: 5 })
    source.succeed(node, 6)
    source.fail(other, new Error('no'))
    source.advance(5)
    expect(await value).toBe(6)
    expect(await failure).toBeInstanceOf(Error)
    await expect(late).rejects.toThrow(ResultTimeoutError)
    expect(listenersOf(signal)).toBe(0)
  })

  it('has one listener, however many wait with it, and stops them all', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const waits = Array.from({ length: 20 }, () => resultOf(source, source.call()).get({ signal }))
    expect(listenersOf(signal)).toBe(1)
    const value = handle.get({ signal })
    source.succeed(node, 6)
    expect(await value).toBe(6)
    expect(listenersOf(signal)).toBe(1)
    controller.abort('enough')
    const reasons = (await Promise.allSettled(waits)).map((one) => one.status === 'rejected' && one.reason)
    expect(reasons).toEqual(new Array(20).fill('enough'))
    expect(listenersOf(signal)).toBe(0)
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it('can serve one wait after the other', async () => {
    const controller = new AbortController()
    const { signal } = controller
    source.succeed(node, 6)
    await handle.get({ signal })
    const first = resultOf(source, source.call()).get({ signal, timeout: 1 })
    source.advance(1)
    await expect(first).rejects.toThrow(ResultTimeoutError)
    const second = resultOf(source, source.call()).get({ signal })
    controller.abort('now')
    await expect(second).rejects.toBe('now')
  })

  it('that aborts in the turn of the end, but after it, changes nothing', async () => {
    const controller = new AbortController()
    const value = handle.get({ signal: controller.signal })
    source.succeed(node, 6)
    controller.abort()
    expect(await value).toBe(6)
  })
})

describe('a wrong option', () => {
  it.each([
    ['timout', 5, /get has no option "timout"; it has timeout, propagate, signal/],
    ['timeout', Number.NaN, /option "timeout" must be a number of milliseconds from 0, or Infinity, and is NaN/],
    ['timeout', -1, /option "timeout" .* and is -1/],
    ['timeout', '5', /option "timeout" .* and is "5"/],
    ['timeout', null, /option "timeout" .* and is null/],
    ['propagate', 0, /option "propagate" must be true or false, and is 0/],
    ['signal', {}, /option "signal" must be an AbortSignal, and is an object/],
    ['signal', new AbortController(), /option "signal" must be an AbortSignal/],
  ])('rejects, naming it: %s: %s', async (option, value, message) => {
    const rejected = handle.get({ [option]: value } as never)
    await expect(rejected).rejects.toThrow(message)
    await expect(rejected).rejects.toThrow(ConfigurationError)
    await expect(rejected).rejects.toMatchObject({ option, value })
    expect(source.registered).toEqual(NOTHING_REGISTERED)
  })

  it.each([
    [null, /get takes an object of options, not null/],
    [1_000, /get takes an object of options, not 1000/],
    [[], /not a list/],
    [new AbortController().signal, /not an object/],
  ])('rejects options that are no options', async (options, message) => {
    await expect(handle.get(options as never)).rejects.toThrow(message)
    await expect(handle.get(options as never)).rejects.toThrow(ConfigurationError)
  })

  it('is none if it is undefined', async () => {
    source.succeed(node, 6)
    expect(await handle.get({ timeout: undefined, propagate: undefined, signal: undefined } as never)).toBe(6)
  })
})
