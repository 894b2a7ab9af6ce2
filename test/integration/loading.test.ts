/** Task modules that do not load as they should, and those in TypeScript, on real threads. */
import { ConfigurationError, createRuntime, type Runtime, tasksFrom, WorkerLostError } from 'celeriac'
import { afterEach, describe, expect, it } from 'vitest'
import { add, delayInside, makeRuntime } from './programs/tasks.js'

let runtime: Runtime
afterEach(() => runtime.destroy())

const moduleOf = (name: string) =>
  tasksFrom(new URL(`./programs/${name}`, import.meta.url)) as Readonly<Record<string, any>>
const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe('loading task modules', () => {
  it.each(['never-imports.js', 'loops-at-import.js'])(
    'gives up on %s after startTimeout, and goes on',
    async (name) => {
      runtime = createRuntime({ threads: 2, startTimeout: 300 })
      const neighbours = Promise.all([runtime.run(add.s(1, 1)), runtime.run(add.s(2, 2))])
      const error = await rejection(runtime.run(moduleOf(name).never.s()))
      expect(error).toBeInstanceOf(WorkerLostError)
      expect(error).toMatchObject({ reason: 'start', taskName: 'never' })
      expect(error.cause.message).toContain('startTimeout')
      expect(await neighbours).toEqual([2, 4])
      expect(await runtime.run(add.s(3, 3))).toBe(6)
    },
  )

  it('imports TypeScript, by Node itself or by tsx', async () => {
    runtime = createRuntime({ threads: 1 })
    expect(await runtime.run(moduleOf('typed-tasks.ts').length.s({ x: 3, y: 4 }))).toBe(5)
  })

  it('refuses a runtime inside one of its own workers', async () => {
    runtime = createRuntime({ threads: 1 })
    const error = await rejection(runtime.run(makeRuntime.s()))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain('worker threads')
    expect(await rejection(runtime.run(delayInside.s()))).toBeInstanceOf(ConfigurationError)
  })

  it('starts all threads with ready(), and tells of each', async () => {
    runtime = createRuntime({ threads: 2 })
    const online: number[] = []
    runtime.on('worker-online', ({ worker }) => online.push(worker))
    await runtime.ready()
    expect(online.sort()).toEqual([0, 1])
    expect(runtime.inspect().workers).toHaveLength(2)
  })
})

describe('createRuntime', () => {
  it.each<[string, object]>([
    ['threads', { threads: 0 }],
    ['threads', { threads: 1.5 }],
    ['threads', { threads: Number.NaN }],
    ['executor', { executor: 'process' }],
    ['startTimeout', { startTimeout: -1 }],
    ['maxTasksPerWorker', { maxTasksPerWorker: 0 }],
    ['maxTasksPerWorker', { maxTasksPerWorker: 1.5 }],
    ['maxDepth', { maxDepth: 513 }],
    ['resourceLimits', { resourceLimits: 5 }],
    ['execArgv', { execArgv: '--x' }],
    ['thread', { thread: 1 }],
  ])('refuses a wrong %s', (option, options) => {
    expect(() => createRuntime(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option }),
    )
    runtime = createRuntime({ executor: 'inline' })
  })
})
