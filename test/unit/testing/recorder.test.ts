import { describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { createRuntime } from '../../../src/runtime/create-runtime.js'
import { recorder } from '../../../src/testing/recorder.js'
import { createTestRuntime } from '../../../src/testing/test-runtime.js'
import { add, Busy, flaky, later, listens, refuses, replaces } from './tasks.js'

describe('a recorder', () => {
  it('writes down each run: what went in, when, and what came out', async () => {
    await using runtime = createTestRuntime({ now: 100 })
    using recorded = recorder(runtime)
    runtime.failNext(flaky, new Busy('busy'))
    await runtime.run(chain(add.s(1, 2), later.s(2)))
    await runtime.run(flaky.s('a'))
    expect(recorded.calls.map(({ taskName, args, attempt }) => [taskName, args, attempt])).toEqual([
      ['add', [1, 2], 1],
      ['later', [3, 2], 1],
      ['flaky', ['a'], 1],
      ['flaky', ['a'], 2],
    ])
    expect(recorded.calls.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
      [100, 100],
      [100, 100],
      [100, 100],
      [60_100, 60_100],
    ])
    expect(recorded.calls[1]?.outcome).toEqual({ ok: true, value: 6 })
    expect(recorded.calls[2]?.outcome).toMatchObject({ ok: false, error: { message: 'busy' } })
  })

  it('works on any runtime', async () => {
    await using runtime = createRuntime({ executor: 'inline' })
    using recorded = recorder(runtime)
    await runtime.run(add.s(1, 2))
    expect(recorded.calls).toMatchObject([{ taskName: 'add', args: [1, 2], outcome: { ok: true, value: 3 } }])
    expect(recorded.timeline.map(({ type }) => type)).toEqual([
      'task-sent',
      'task-received',
      'task-started',
      'task-succeeded',
      'workflow-finished',
    ])
  })

  it('shows a run that has not ended, and one that was revoked', async () => {
    await using runtime = createTestRuntime()
    const result = runtime.apply(listens.s())
    await runtime.advance(0)
    expect(runtime.calls).toMatchObject([{ taskName: 'listens', endedAt: undefined, outcome: undefined }])
    result.revoke()
    expect(runtime.calls).toMatchObject([{ endedAt: 0, outcome: { ok: false, error: { code: 'ERR_REVOKED' } } }])
  })

  it('knows the arguments of a retry, and the end of an ignored run', async () => {
    await using runtime = createTestRuntime()
    await runtime.run(refuses.s('first')).catch(() => {})
    expect(runtime.calls.map(({ args, attempt }) => [args, attempt])).toEqual([
      [['first'], 1],
      [['again'], 2],
    ])
    expect(runtime.calls[1]?.outcome).toMatchObject({ ok: false, error: { code: 'ERR_IGNORED' } })
  })

  it('ends a run that has put something else in its place', async () => {
    await using runtime = createTestRuntime()
    expect(await runtime.run(replaces.s(1))).toEqual([2, 3])
    await runtime.idle()
    expect(runtime.calls.map(({ taskName, outcome }) => [taskName, outcome?.ok])).toEqual([
      ['replaces', true],
      ['add', true],
      ['add', true],
    ])
  })

  it('writes nothing of what was before, but for the arguments of what waits', async () => {
    await using runtime = createTestRuntime({ threads: 1 })
    await runtime.run(later.s(1, 1))
    const both = [runtime.apply(later.s(2, 2)), runtime.apply(add.s(3, 3))]
    using recorded = recorder(runtime)
    for (const result of both) await result.get()
    expect(recorded.calls.map(({ taskName, args }) => [taskName, args])).toEqual([['add', [3, 3]]])
  })

  it('forgets on clear(), and hears nothing more after stop()', async () => {
    await using runtime = createTestRuntime()
    const recorded = recorder(runtime)
    await runtime.run(add.s(1, 1))
    recorded.clear()
    expect([recorded.calls, recorded.timeline]).toEqual([[], []])
    await runtime.run(add.s(2, 2))
    recorded.stop()
    await runtime.run(add.s(3, 3))
    expect(recorded.calls.map(({ args }) => args)).toEqual([[2, 2]])
  })

  it('gives frozen records of what has ended', async () => {
    await using runtime = createTestRuntime()
    await runtime.run(add.s(1, 1))
    const [call] = runtime.calls
    expect([Object.isFrozen(call), Object.isFrozen(call?.args), Object.isFrozen(call?.outcome)]).toEqual([
      true,
      true,
      true,
    ])
  })

  it('refuses what is no runtime', () => {
    expect(() => recorder({} as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'runtime' }),
    )
  })
})
