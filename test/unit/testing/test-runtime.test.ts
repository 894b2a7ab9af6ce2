import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { group } from '../../../src/canvas/group.js'
import { setDefaultRuntime } from '../../../src/default.js'
import { tasksFrom } from '../../../src/task/tasks-from.js'
import { createTestRuntime, type TestRuntime } from '../../../src/testing/test-runtime.js'
import {
  add,
  Busy,
  flaky,
  later,
  limited,
  limitedRate,
  listens,
  parent,
  polls,
  single,
  slow,
  survives,
  told,
  tsum,
} from './tasks.js'

const HOUR = 3_600_000

const errorOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it did not reject'),
    (error: Error) => error,
  )

/** Names of the runs in order of their end. */
const ends = ({ timeline }: TestRuntime): string[] =>
  timeline.flatMap((event) => (event.type === 'task-succeeded' ? [String(event.value)] : []))

describe('time', () => {
  it('passes by itself when nothing else can happen: half an hour of backoff at once', async () => {
    await using runtime = createTestRuntime()
    runtime.failNext(flaky, new Busy('busy'), 5)
    expect(await runtime.run(flaky.s('a'))).toBe('a in run 6')
    expect(runtime.now).toBe(60_000 + 120_000 + 240_000 + 480_000 + 600_000)
  })

  it('starts where it is told to', async () => {
    await using runtime = createTestRuntime({ now: new Date('2030-01-01T00:00:00Z') })
    expect(new Date(runtime.now).toISOString()).toBe('2030-01-01T00:00:00.000Z')
    expect(await runtime.run(add.s(1, 1).set({ eta: new Date('2030-06-01T00:00:00Z') }))).toBe(2)
    expect(new Date(runtime.now).toISOString()).toBe('2030-06-01T00:00:00.000Z')
  })

  it('moves only by advance() where that is asked for', async () => {
    await using runtime = createTestRuntime({ autoAdvance: false })
    const result = runtime.apply(add.s(1, 1).set({ countdown: HOUR }))
    await runtime.advance(HOUR - 1)
    expect([result.state, runtime.now]).toEqual(['RECEIVED', HOUR - 1])
    await runtime.advance(1)
    expect([result.state, runtime.now]).toEqual(['SUCCESS', HOUR])
  })

  it('runs what is due now on advance(0), and nothing later', async () => {
    await using runtime = createTestRuntime({ autoAdvance: false })
    const now = runtime.apply(chain(add.s(1, 1), later.s(2)))
    const soon = runtime.apply(add.s(1, 1).set({ countdown: 1 }))
    await runtime.advance(0)
    expect([now.state, soon.state, runtime.now]).toEqual(['SUCCESS', 'RECEIVED', 0])
    soon.revoke()
  })

  it('stops on the way at all that falls due, though it would run by itself', async () => {
    await using runtime = createTestRuntime()
    runtime.failNext(flaky, new Busy('busy'), 2)
    const result = runtime.apply(flaky.s('a'))
    await runtime.advance(60_000)
    expect([result.state, runtime.now, runtime.calls.length]).toEqual(['RETRY', 60_000, 2])
    await runtime.advance(120_000)
    expect([result.state, runtime.now]).toEqual(['SUCCESS', 180_000])
  })

  it('takes one advance after the other', async () => {
    await using runtime = createTestRuntime({ autoAdvance: false })
    const times: number[] = []
    await Promise.all([10, 20, 30].map((ms) => runtime.advance(ms).then(() => times.push(runtime.now))))
    expect(times).toEqual([10, 30, 60])
  })

  it('stands still while nothing is pending', async () => {
    await using runtime = createTestRuntime({ resultTtl: HOUR })
    const { id } = runtime.apply(add.s(1, 1))
    await runtime.idle()
    await runtime.advance(0)
    expect([runtime.now, runtime.result(id)?.result]).toEqual([0, 2])
    await runtime.advance(HOUR)
    expect(runtime.now).toBe(HOUR)
  })

  it('stands still while a task waits for a file or a real timer', async () => {
    const { readFile } = await import('node:fs/promises')
    await using runtime = createTestRuntime()
    runtime.mock(limited, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return (await readFile(new URL(import.meta.url))).length
    })
    expect(await runtime.run(limited.s(1))).toBeGreaterThan(0)
    expect(runtime.now).toBe(0)
  })

  it('strikes with limits, soft ones also in a loop that never lets go', async () => {
    await using runtime = createTestRuntime()
    runtime.delay(limited, 10_000)
    expect(await errorOf(runtime.run(limited.s(1)))).toMatchObject({ code: 'ERR_TIME_LIMIT' })
    expect(runtime.now).toBe(5_000)
    expect(await errorOf(runtime.run(polls.s()))).toMatchObject({ code: 'ERR_SOFT_TIME_LIMIT' })
  })

  it('keeps rate limits, and one run at a time', async () => {
    await using runtime = createTestRuntime({ threads: 4 })
    await runtime.run(limitedRate.each(Array.from({ length: 30 }, (_, i) => [i])))
    expect(runtime.now).toBe(2_900)
    runtime.delay(single, 1_000)
    await runtime.run(single.each([[1], [2], [3]]))
    expect(runtime.now).toBe(5_900)
  })

  it('lets calls expire, and waits time out', async () => {
    await using runtime = createTestRuntime({ threads: 1 })
    runtime.delay(slow, HOUR)
    const first = runtime.apply(slow.s(1))
    const second = runtime.apply(add.s(1, 1).set({ expires: 1_000 }))
    expect(await errorOf(second.get())).toMatchObject({ code: 'ERR_EXPIRED' })
    expect(await errorOf(first.get({ timeout: 500 }))).toMatchObject({ code: 'ERR_RESULT_TIMEOUT' })
    expect([runtime.now, await first.get()]).toEqual([1_500, 1])
  })

  it('ends the thread of a revoked call when its grace is over', async () => {
    await using runtime = createTestRuntime({ graceMs: 2_000 })
    runtime.delay(slow, HOUR)
    const result = runtime.apply(slow.s(1))
    await runtime.advance(0)
    result.revoke({ terminate: true })
    await runtime.advance(2_000)
    expect(runtime.timeline.at(-1)).toMatchObject({ type: 'worker-offline', reason: 'terminated', at: 2_000 })
  })
})

describe('order', () => {
  const members = () => group(Array.from({ length: 4 }, (_, i) => told.s(`${i}`)))

  it('is that of the starts for seed 0', async () => {
    await using runtime = createTestRuntime({ threads: 4 })
    await runtime.run(members())
    expect(ends(runtime)).toEqual(['0', '1', '2', '3'])
  })

  it('is another for other seeds, of values not', async () => {
    const orders = new Set<string>()
    for (let seed = 1; seed <= 40; seed++) {
      await using runtime = createTestRuntime({ threads: 4, seed })
      expect(await runtime.run(members())).toEqual(['0', '1', '2', '3'])
      orders.add(ends(runtime).join())
    }
    expect(orders.size).toBeGreaterThan(10)
  })

  it('is the same story for the same seed, ids and jitter included', async () => {
    const story = async (): Promise<unknown> => {
      await using runtime = createTestRuntime({ seed: 9 })
      runtime.failNext(slow, new Busy('busy'), 3)
      await runtime.run(chord([slow.s(1), members(), slow.s(2)], told.si('end')))
      return JSON.stringify(runtime.timeline)
    }
    expect(await story()).toBe(await story())
  })

  it('is no more than the threads allow', async () => {
    for (let seed = 0; seed < 10; seed++) {
      await using runtime = createTestRuntime({ threads: 1, seed })
      await runtime.run(members())
      expect(ends(runtime)).toEqual(['0', '1', '2', '3'])
    }
  })
})

describe('faults', () => {
  it('fail the next runs, as if the task had thrown', async () => {
    await using runtime = createTestRuntime()
    runtime.failNext(add, new RangeError('first'))
    runtime.failNext('add', 'no error at all')
    expect(await errorOf(runtime.run(add.s(1, 1)))).toMatchObject({ name: 'RangeError', message: 'first' })
    expect(await errorOf(runtime.run(add.s(1, 1)))).toMatchObject({ code: 'ERR_NON_ERROR_THROWN' })
    expect(await runtime.run(add.s(1, 1))).toBe(2)
  })

  it('fail for good, until that is undone', async () => {
    await using runtime = createTestRuntime()
    runtime.failNext(add, new RangeError('x'), Infinity)
    for (let i = 0; i < 3; i++) expect((await errorOf(runtime.run(add.s(1, 1)))).message).toBe('x')
    runtime.failNext(add, undefined, 0)
    expect(await runtime.run(add.s(1, 1))).toBe(2)
  })

  it('fail one member of a header, and so its body', async () => {
    await using runtime = createTestRuntime()
    runtime.failNext(later, new RangeError('member'))
    const result = runtime.apply(chord([add.s(1, 1), later.s(2, 2)], tsum.s()))
    expect((await errorOf(result.get())).message).toBe('member')
    expect(result.error).toMatchObject({ code: 'ERR_CHORD' })
  })

  it('lose the thread of the next call to start, before its body does', async () => {
    await using runtime = createTestRuntime()
    runtime.loseWorker(add)
    const mock = runtime.mock(add, (x, y) => x + y)
    expect(await runtime.run(later.s(1, 2))).toBe(2)
    expect(await errorOf(runtime.run(add.s(1, 1)))).toMatchObject({ code: 'ERR_WORKER_LOST', reason: 'exit' })
    expect(mock.calls).toEqual([])
    expect(await runtime.run(add.s(1, 1))).toBe(2)
  })

  it('lose the thread of a call that survives it', async () => {
    await using runtime = createTestRuntime()
    runtime.loseWorker(survives)
    expect(await runtime.run(survives.s(1))).toBe(1)
    expect(runtime.calls.map(({ outcome }) => outcome?.ok)).toEqual([false, true])
  })

  it('lose the thread of a running call, with those that wait on it for a child, and no other', async () => {
    await using runtime = createTestRuntime({ threads: 1 })
    runtime.delay(add, HOUR)
    const outer = runtime.apply(parent.s(1))
    const waiting = runtime.apply(later.s(3, 4))
    await runtime.advance(1_000)
    runtime.loseWorker(add)
    expect(await errorOf(outer.get())).toMatchObject({ code: 'ERR_WORKER_LOST' })
    expect(await waiting.get()).toBe(12)
    expect(runtime.timeline.filter(({ type }) => type === 'worker-offline')).toHaveLength(1)
  })

  it('drop what a run still does when its thread is lost', async () => {
    await using runtime = createTestRuntime()
    let bodies = 0
    runtime.mock(add, () => ++bodies)
    runtime.delay(add, 1_000)
    const result = runtime.apply(add.s(1, 1))
    await runtime.advance(500)
    runtime.loseWorker()
    expect(await errorOf(result.get())).toMatchObject({ code: 'ERR_WORKER_LOST' })
    await runtime.advance(1_000)
    expect(bodies).toBe(0)
  })

  it('delay each run, by virtual time', async () => {
    await using runtime = createTestRuntime()
    runtime.delay(add, 1_000)
    await runtime.run(chain(add.s(1, 1), add.s(1)))
    expect(runtime.calls.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
      [0, 1_000],
      [1_000, 2_000],
    ])
    runtime.delay(add, 0)
    await runtime.run(add.s(1, 1))
    expect(runtime.now).toBe(2_000)
  })

  it('are told at the end when they struck nothing, by name', async () => {
    const runtime = createTestRuntime()
    runtime.failNext('addd', new Error('x'))
    runtime.delay(later, 5)
    await runtime.run(add.s(1, 1))
    runtime.loseWorker()
    const { message } = await errorOf(runtime.close())
    expect(message.split('\n')).toEqual([
      'failNext("addd") struck nothing: no call of "addd" started after it; what ran: add',
      'delay("later") struck nothing: no call of "later" started after it; what ran: add',
      'loseWorker() struck nothing: no call started after it',
    ])
  })

  it('are told of by a warning where the runtime is disposed of', async () => {
    const warned = once(process, 'warning')
    {
      await using runtime = createTestRuntime()
      runtime.failNext('addd', new Error('x'))
    }
    const [{ code, message }] = (await warned) as [Error & { code: string }]
    expect([code, message]).toEqual([
      'CELERIAC_TEST_RUNTIME',
      expect.stringContaining('failNext("addd") struck nothing'),
    ])
  })

  it('are not told of by destroy(), nor when they were undone', async () => {
    const destroyed = createTestRuntime()
    destroyed.failNext('addd', new Error('x'))
    expect(await destroyed.destroy()).toMatchObject({ finished: 0 })
    const undone = createTestRuntime()
    undone.failNext('addd', new Error('x'))
    undone.failNext('addd', undefined, 0)
    undone.delay(add, 5)
    undone.delay(add, 0)
    expect(await undone.close()).toMatchObject({ finished: 0 })
  })
})

describe('mocks', () => {
  it('replace the body, with its context and options, until they are restored', async () => {
    await using runtime = createTestRuntime()
    const mock = runtime.mock(flaky, function (url) {
      if (this.retries === 0) throw new Busy('mocked')
      return `${url} of ${this.taskName}`
    })
    expect(await runtime.run(flaky.s('a'))).toBe('a of flaky')
    expect([mock.calls, runtime.now]).toEqual([[['a'], ['a']], 60_000])
    mock.restore()
    expect(await runtime.run(flaky.s('b'))).toBe('b in run 1')
  })

  it('hold in their own runtime only', async () => {
    await using mocked = createTestRuntime()
    await using other = createTestRuntime()
    mocked.mock(add, () => 0)
    expect([await mocked.run(add.s(1, 1)), await other.run(add.s(1, 1))]).toEqual([0, 2])
  })

  it('give way to later ones, and come back', async () => {
    await using runtime = createTestRuntime()
    const first = runtime.mock(add, () => 1)
    const second = runtime.mock(add, async () => 2)
    expect(await runtime.run(add.s(5, 5))).toBe(2)
    second.restore()
    expect(await runtime.run(add.s(5, 5))).toBe(1)
    first.restore()
    expect(await runtime.run(add.s(5, 5))).toBe(10)
  })

  it('spare the import of a module', async () => {
    await using runtime = createTestRuntime()
    const { heavy } = tasksFrom<{ heavy(x: number): number }>(new URL('./not-there.js', import.meta.url))
    runtime.mock(heavy, (x) => x * 2)
    expect(await runtime.run(heavy.s(4))).toBe(8)
  })

  it('see each item of a map', async () => {
    await using runtime = createTestRuntime()
    const mock = runtime.mock(tsum, () => 7)
    expect(await runtime.run(tsum.map([[1], [2, 3]]))).toEqual([7, 7])
    expect(mock.calls).toEqual([[[1]], [[2, 3]]])
  })
})

describe('a test runtime', () => {
  it('clones arguments, and refuses what a thread would refuse', async () => {
    await using runtime = createTestRuntime()
    const list = [1]
    runtime.mock(tsum, (numbers) => (numbers as number[]).push(2))
    expect(await runtime.run(tsum.s(list))).toBe(2)
    expect(list).toEqual([1])
    expect(() => runtime.apply(told.s((() => 'x') as never))).toThrow(
      expect.objectContaining({ code: 'ERR_SERIALIZATION' }),
    )
  })

  it('takes no more than may wait', async () => {
    await using runtime = createTestRuntime({ threads: 1, maxQueue: 1 })
    runtime.delay(add, 1_000)
    const first = runtime.apply(add.s(1, 1))
    runtime.apply(add.s(2, 2))
    expect(() => runtime.apply(add.s(3, 3))).toThrow(expect.objectContaining({ code: 'ERR_QUEUE_FULL' }))
    await first.get()
    expect(await runtime.run(add.s(3, 3))).toBe(6)
    expect(runtime.now).toBe(3_000)
  })

  it('can be the default runtime', async () => {
    await using runtime = createTestRuntime()
    const before = setDefaultRuntime(runtime)
    try {
      expect(await add.delay(1, 1).get()).toBe(2)
      expect(runtime.calls).toHaveLength(1)
    } finally {
      setDefaultRuntime(before)
    }
  })

  it('keeps its record when all listeners of a name are taken off', async () => {
    await using runtime = createTestRuntime()
    let heard = 0
    runtime.on('task-started', () => heard++).off('task-started')
    await runtime.run(add.s(1, 1))
    expect([runtime.calls.length, heard]).toEqual([1, 0])
  })

  it('tells a running task of a revoke', async () => {
    await using runtime = createTestRuntime()
    const result = runtime.apply(listens.s())
    await runtime.advance(0)
    result.revoke({ reason: 'enough' })
    expect(await errorOf(result.get())).toMatchObject({ code: 'ERR_REVOKED', cause: 'enough' })
  })

  it('gives up a module that does not finish importing, by real time', async () => {
    await using runtime = createTestRuntime({ startTimeout: 20 })
    const { never } = tasksFrom<{ never(): void }>(new URL('./never-there.js', import.meta.url))
    const error = await errorOf(runtime.run(never.s()))
    expect(error).toMatchObject({ code: 'ERR_WORKER_LOST', reason: 'start' })
    expect((error.cause as Error).message).toContain('took longer than startTimeout (20 ms)')
    expect(runtime.now).toBe(0)
  })

  it('strikes a task of a module that is imported for it', async () => {
    await using runtime = createTestRuntime()
    const { square } = tasksFrom<{ square(x: number): number }>(
      new URL('../../conformance/plain-module.js', import.meta.url),
    )
    runtime.delay(square, 1_000)
    expect([await runtime.run(square.s(3)), runtime.now]).toEqual([9, 1_000])
  })

  it('has no time left once it is closed, and keeps nobody waiting', async () => {
    const runtime = createTestRuntime({ autoAdvance: false })
    runtime.mock(later, () => new Promise<number>(() => {}))
    runtime.apply(later.s(1, 1))
    const waiting = runtime.advance(5)
    await runtime.destroy()
    await waiting
    expect(() => runtime.advance(1)).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  it('leaves no stand-in among the tasks', async () => {
    await using runtime = createTestRuntime()
    const before = runtime.inspect().tasks.length
    runtime.mock(add, () => 1)
    await runtime.run(add.s(1, 1))
    expect(runtime.inspect().tasks).toHaveLength(before)
  })

  it.each<[string, (runtime: TestRuntime) => unknown, string]>([
    ['advance of a negative number', (r) => r.advance(-1), 'ms'],
    ['advance of no number', (r) => r.advance(Number.NaN), 'ms'],
    ['advance without end', (r) => r.advance(Infinity), 'ms'],
    ['a mock of a number', (r) => r.mock(5 as never, () => 1), 'task'],
    ['a mock of a signature', (r) => r.mock(add.s(1, 1) as never, () => 1), 'task'],
    ['a mock of a name', (r) => r.mock('add' as never, () => 1), 'task'],
    ['a mock without a body', (r) => r.mock(add, 5 as never), 'body'],
    ['a failure of nothing', (r) => r.failNext('', new Error('x')), 'task'],
    ['a failure of a canvas', (r) => r.failNext(chain(add.s(1, 1)) as never, new Error('x')), 'task'],
    ['half a failure', (r) => r.failNext(add, new Error('x'), 0.5), 'times'],
    ['the loss of a number', (r) => r.loseWorker(5 as never), 'task'],
    ['a negative delay', (r) => r.delay(add, -5), 'ms'],
  ])('refuses %s', async (_what, wrong, option) => {
    const runtime = createTestRuntime()
    expect(() => wrong(runtime)).toThrow(expect.objectContaining({ code: 'ERR_CONFIGURATION', option }))
    await runtime.destroy()
  })

  it.each<[string, object]>([
    ['seed', { seed: -1 }],
    ['seed', { seed: 0.5 }],
    ['now', { now: new Date(Number.NaN) }],
    ['now', { now: 'today' }],
    ['now', { now: 1e300 }],
    ['autoAdvance', { autoAdvance: 'yes' }],
    ['threads', { threads: 0 }],
    ['executor', { executor: 'threads' }],
    ['execArgv', { execArgv: [] }],
    ['sed', { sed: 5 }],
  ])('refuses a wrong option: %s', (option, options) => {
    expect(() => createTestRuntime(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option }),
    )
  })
})
