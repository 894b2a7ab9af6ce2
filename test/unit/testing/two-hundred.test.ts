/** Two hundred tests of workflows, as a user would write them: with retries, waits, schedules and faults. Their time is measured by bench/testing.mjs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { group } from '../../../src/canvas/group.js'
import { createTestRuntime, type TestRuntime } from '../../../src/testing/test-runtime.js'
import { add, Busy, flaky, later, limited, parent, tsum } from './tasks.js'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

describe('two hundred tests', () => {
  let runtime: TestRuntime
  beforeEach(() => {
    runtime = createTestRuntime()
  })
  afterEach(() => runtime.close())

  it.each(upTo(30))('retries: download %i waits out its backoff', async (n) => {
    const failures = n % 5
    if (failures > 0) runtime.failNext(flaky, new Busy('busy'), failures)
    expect(await runtime.run(chain(flaky.s(`${n}.png`), later.si(n, 2)))).toBe(n * 2)
    expect(runtime.now).toBe(MINUTE * (2 ** failures - 1))
  })

  it.each(upTo(20))('retries: download %i gives up', async (n) => {
    runtime.failNext(flaky, new Busy(`busy ${n}`), Infinity)
    await expect(runtime.run(flaky.s('a'))).rejects.toThrow(`busy ${n}`)
    expect(runtime.calls).toHaveLength(6)
  })

  it.each(upTo(30))('waits: step %i starts at its time', async (n) => {
    const result = runtime.apply(chain(add.s(n, 1).set({ countdown: n * MINUTE }), later.s(2)))
    await runtime.advance(Math.max(n * MINUTE - 1, 0))
    expect(result.state).toBe(n === 0 ? 'SUCCESS' : 'PENDING')
    await runtime.advance(1)
    expect(result.result).toBe((n + 1) * 2)
  })

  it.each(upTo(20))('waits: call %i expires behind a slow one', async (n) => {
    runtime.delay(parent, MINUTE * (n + 1))
    runtime.apply(group(parent.s(1), parent.s(2)))
    await expect(runtime.run(add.s(1, 1).set({ expires: 1_000 }))).rejects.toMatchObject({ code: 'ERR_EXPIRED' })
  })

  it.each(upTo(30))('faults: a chord loses member %i', async (n) => {
    const header = upTo(5).map((i) => (i === n % 5 ? later.s(i, 1) : add.s(i, 1)))
    if (n % 2 === 0) runtime.failNext(later, new RangeError('member'))
    else runtime.loseWorker(later)
    const code = n % 2 === 0 ? { message: 'member' } : { code: 'ERR_WORKER_LOST' }
    await expect(runtime.run(chord(header, tsum.s()))).rejects.toMatchObject(code)
    expect(runtime.calls).toHaveLength(5)
  })

  it.each(upTo(20))('schedules: work %i is done five times, on time', async (n) => {
    const every = (n + 1) * MINUTE
    const often = runtime.schedule({ name: 'often', canvas: chain(add.s(n, 1), later.s(2)), every })
    await runtime.advance(5 * every)
    expect([often.runs, runtime.calls.length]).toEqual([5, 10])
    expect(runtime.calls.filter((_, i) => i % 2 === 0).map(({ startedAt }) => startedAt)).toEqual(
      upTo(5).map((i) => (i + 1) * every),
    )
  })

  it.each(upTo(20))('schedules: a week of nights with a bad one, case %i', async (n) => {
    const nightly = runtime.schedule({ name: 'nightly', canvas: flaky.s('a'), cron: '0 3 * * *', timeZone: 'UTC' })
    await runtime.advance((n % 7) * DAY)
    runtime.failNext(flaky, new Busy('busy'), 2)
    await runtime.advance((7 - (n % 7)) * DAY)
    expect([nightly.runs, runtime.calls.length]).toEqual([7, 9])
    expect(nightly.nextRun).toEqual(new Date(7 * DAY + 180 * MINUTE))
  })

  it.each(upTo(30))('faults: call %i is fast enough, or ended by its limit', async (n) => {
    runtime.delay(limited, 4_990 + n)
    const work = runtime.run(chain(limited.s(n), add.s(1)))
    if (n < 10) expect(await work).toBe(n + 1)
    else await expect(work).rejects.toMatchObject({ code: 'ERR_TIME_LIMIT' })
    expect(runtime.now).toBe(Math.min(4_990 + n, 5_000))
  })
})
