/** Threads that die, of calls or by themselves, and what becomes of the work that waits for them. Real threads. */
import { chain, createRuntime, type Runtime, type RuntimeEvents, type RuntimeOptions, WorkerLostError } from 'celeriac'
import { afterEach, describe, expect, it } from 'vitest'
import { deadly, preload } from './programs/death-tasks.js'

let runtime: Runtime
afterEach(() => runtime.destroy())

function start(options: RuntimeOptions): Runtime {
  runtime = createRuntime({ threads: 1, ...(options.executor !== 'inline' && { execArgv: preload }), ...options })
  return runtime
}
const errorOf = (promise: Promise<unknown>): Promise<WorkerLostError> =>
  promise.then(
    (value) => expect.fail(`it gave ${String(value)}`),
    (error: WorkerLostError) => error,
  )

describe('a thread that dies under a call', () => {
  it('takes the call with it, and tells the exit code', async () => {
    start({})
    const error = await errorOf(runtime.run(deadly.die.s(7)))
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ reason: 'exit', exitCode: 7 })
    expect(await runtime.run(deadly.thread.s())).toBeTypeOf('number')
    expect(runtime.metrics()).toMatchObject({ workersLost: 1, threads: 1 })
  })

  it('does not take along what the step before it gave, where that is kept', async () => {
    start({})
    const result = runtime.apply(chain(deadly.thread.s(), deadly.die.si(7)))
    expect(await errorOf(result.get())).toMatchObject({ reason: 'exit', exitCode: 7 })
    expect(await result.parent?.get()).toBeTypeOf('number')
    expect(runtime.metrics().workersLost).toBe(1)
  })
})

describe('a value that reads differently each time', () => {
  it('costs its thread, and leaves nobody waiting', async () => {
    start({ threads: 1 })
    await runtime.run(deadly.thread.s())
    expect(await errorOf(runtime.run(deadly.flip.s()))).toBeInstanceOf(WorkerLostError)
    expect(await runtime.run(deadly.thread.s())).toBeTypeOf('number')
  })
})

describe('a breaker', () => {
  it('refuses calls after maxLosses threads have died in lossWindow', async () => {
    start({ maxLosses: 2, lossWindow: 60_000 })
    expect((await errorOf(runtime.run(deadly.die.s()))).reason).toBe('exit')
    expect((await errorOf(runtime.run(deadly.die.s()))).reason).toBe('exit')
    expect((await errorOf(runtime.run(deadly.thread.s()))).reason).toBe('breaker')
  })

  it('ends a call that kills its thread again and again', async () => {
    start({ maxLosses: 2 })
    expect((await errorOf(runtime.run(deadly.dieAgain.s()))).reason).toBe('breaker')
    expect(runtime.metrics().workersLost).toBe(2)
  })

  it('lets calls run again when the window has passed', async () => {
    start({ maxLosses: 1, lossWindow: 1 })
    await errorOf(runtime.run(deadly.die.s()))
    await expect.poll(() => runtime.run(deadly.thread.s()).catch(() => undefined)).toBeTypeOf('number')
  })

  it.each(['threads', 'inline'] as const)(
    'does not count threads that are ended for a limit (%s)',
    async (executor) => {
      start({ executor, maxLosses: 1, defaults: { timeLimit: 1 } })
      for (let i = 0; i < 2; i++)
        await expect(runtime.run(deadly.forever.s())).rejects.toMatchObject({ code: 'ERR_TIME_LIMIT' })
    },
  )
})

describe('threads that die before they are ready', () => {
  const BROKEN: readonly [what: string, code: string][] = [
    ['by an error', 'throw new Error("broken")'],
    ['by an exit', 'process.reallyExit(3)'],
  ]

  it.each(BROKEN)('fail every call, and none waits for ever (%s)', async (_what, code) => {
    start({ execArgv: ['--import', `data:text/javascript,${code}`], maxLosses: Infinity })
    for (let i = 0; i < 3; i++)
      expect(await errorOf(runtime.run(deadly.thread.s()))).toMatchObject({ code: 'ERR_WORKER_LOST' })
  })

  it.each(BROKEN)('are told of by ready() (%s)', async (_what, code) => {
    start({ execArgv: ['--import', `data:text/javascript,${code}`] })
    expect(await errorOf(runtime.ready() as Promise<unknown>)).toMatchObject({ reason: 'start' })
  })

  it.each(BROKEN)('are not started without end (%s)', async (_what, code) => {
    start({ execArgv: ['--import', `data:text/javascript,${code}`], maxLosses: 3 })
    await errorOf(runtime.run(deadly.thread.s()))
    const reasons = new Set<string>()
    for (let i = 0; i < 6; i++) reasons.add((await errorOf(runtime.run(deadly.thread.s()))).reason)
    expect(reasons).toContain('breaker')
  })
})

describe('a spare thread', () => {
  const online = (worker: number): Promise<RuntimeEvents['worker-online']> =>
    new Promise((resolve) => {
      runtime.on('worker-online', (event) => {
        if (event.worker === worker) resolve(event)
      })
    })

  it('takes the place of one that dies, and counts as no thread before', async () => {
    start({ spareThreads: 1 })
    await runtime.ready()
    expect(runtime.metrics().threads).toBe(1)
    expect(runtime.inspect().workers).toHaveLength(1)
    const before = await runtime.run(deadly.thread.s())
    const replaced = online(0)
    await errorOf(runtime.run(deadly.die.s()))
    const after = await runtime.run(deadly.thread.s())
    expect(after).not.toBe(before)
    expect((await replaced).threadId).toBe(after)
    expect(runtime.metrics()).toMatchObject({ threads: 1, workersLost: 1 })
  })

  it('is replaced itself', async () => {
    start({ spareThreads: 1 })
    const threads = new Set<number>()
    for (let i = 0; i < 3; i++) {
      threads.add(await runtime.run(deadly.thread.s()))
      await errorOf(runtime.run(deadly.die.s()))
    }
    expect(threads.size).toBe(3)
  })
})
