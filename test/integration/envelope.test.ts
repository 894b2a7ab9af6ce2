/**
 * What a task may do wrong without harm to its thread, or to others: end the thread, leave something behind that throws, post what is not
 * its to post. On real threads, since it is about what is theirs alone.
 */
import {
  createRuntime,
  failureOf,
  NonErrorThrown,
  ProcessExitError,
  type Runtime,
  type RuntimeEvents,
  TaskError,
  tasksFrom,
  WorkerLostError,
} from 'celeriac'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tasks } from './programs/envelope-tasks.js'

let runtime: Runtime
let threadId: number
let lost: RuntimeEvents['worker-offline'][]

beforeEach(async () => {
  runtime = createRuntime({ threads: 1, callsPerThread: 2 })
  lost = []
  runtime.on('worker-offline', (event) => lost.push(event))
  threadId = await runtime.run(tasks.thread.s())
})
afterEach(async () => {
  expect(lost).toEqual([])
  expect(await runtime.run(tasks.thread.s())).toBe(threadId)
  await runtime.destroy()
})

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => expect.fail(`it gave ${String(value)}`),
    (error: unknown) => error,
  )
const warning = (): Promise<RuntimeEvents['warning']> => new Promise((resolve) => runtime.once('warning', resolve))

describe('a task that would end its thread', () => {
  it.each([
    ['exit', 7],
    ['reallyExit', 4],
    ['namedExit', 6],
    ['exitAfterAwait', 2],
    ['exitInTimer', 3],
  ] as const)('fails by itself, and its neighbour does not (%s)', async (name, exitCode) => {
    const neighbour = runtime.run(tasks.pause.s(20))
    const result = runtime.apply(name === 'exit' ? tasks.exit.s(7) : tasks[name].s())
    const error = await errorOf(result.get())
    expect(error).toBeInstanceOf(ProcessExitError)
    expect(error).toBeInstanceOf(TaskError)
    expect(error).toMatchObject({ code: 'ERR_PROCESS_EXIT', exitCode, taskId: result.id, attempt: 1 })
    expect(await neighbour).toBe(threadId)
  })

  it('fails with exit code 0, too', async () => {
    expect(await errorOf(runtime.run(tasks.exit.s(0)))).toMatchObject({ code: 'ERR_PROCESS_EXIT', exitCode: 0 })
  })

  it.each(['exitQuietly', 'exitQuietlyLater'] as const)('fails also if it catches the error (%s)', async (name) => {
    expect(await errorOf(runtime.run(tasks[name].s()))).toMatchObject({ code: 'ERR_PROCESS_EXIT', exitCode: 5 })
  })

  it('is run again if its policy says so', async () => {
    expect(await runtime.run(tasks.exitOnceMore.s())).toBe('second run')
  })

  it('has its handlers told', async () => {
    await errorOf(runtime.run(tasks.exitWithHandler.s()))
    expect(await runtime.run(tasks.handled.s())).toEqual(['ERR_PROCESS_EXIT'])
  })

  it('may set process.exitCode', async () => {
    expect(await runtime.run(tasks.exitCode.s())).toBe(3)
  })

  it.each(['abort', 'chdir'] as const)('fails with the error of process.%s', async (name) => {
    const error = await errorOf(runtime.run(tasks[name].s()))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_WORKER_UNSUPPORTED_OPERATION' })
  })

  it('fails if its module does so while it is imported', async () => {
    const url = new URL('./programs/exits-at-import.js', import.meta.url)
    const { never } = tasksFrom<{ never: () => void }>(url)
    const error = await errorOf(runtime.run(never.s()))
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ reason: 'start', cause: { code: 'ERR_PROCESS_EXIT', exitCode: 9 } })
  })
})

const KINDS = ['timer', 'immediate', 'tick', 'microtask', 'emitter', 'rejection', 'async']

describe('what goes wrong outside of the body of a call', () => {
  it.each(KINDS)('fails the call if it is in progress, and nobody else (%s)', async (kind) => {
    const neighbour = runtime.run(tasks.pause.s(30))
    const result = runtime.apply(tasks.suffer.s(kind))
    const error = await errorOf(result.get())
    expect(error).toBeInstanceOf(RangeError)
    expect(failureOf(error)).toMatchObject({ taskId: result.id })
    expect(await neighbour).toBe(threadId)
  })

  it.each(KINDS)('is a warning that names task and id if the call has ended (%s)', async (kind) => {
    const neighbour = runtime.run(tasks.pause.s(30))
    const heard = warning()
    const result = runtime.apply(tasks.leave.s(kind))
    expect(await result.get()).toBe(kind)
    const { taskId, message, error } = await heard
    expect(taskId).toBe(result.id)
    expect(message).toContain('leave')
    expect(message).toContain(result.id)
    expect(error).toBeInstanceOf(RangeError)
    expect(await neighbour).toBe(threadId)
  })

  it.each(['null', 'undefined', 'text', 'symbol', 'proxy', 'function'])(
    'may be something that is no error (%s)',
    async (what) => {
      const neighbour = runtime.run(tasks.pause.s(30))
      expect(await errorOf(runtime.run(tasks.throwInTimer.s(what)))).toBeInstanceOf(NonErrorThrown)
      expect(await neighbour).toBe(threadId)
    },
  )

  it('may be a wish of the task', async () => {
    expect(await runtime.run(tasks.retryInTimer.s())).toBe('second run')
  })

  it('ends the wait for a child, and leaves the thread as many places as before', async () => {
    expect(await errorOf(runtime.run(tasks.waitsForChild.s()))).toBeInstanceOf(RangeError)
    await runtime.idle()
    expect(await Promise.all([1, 2, 3].map(() => runtime.run(tasks.pause.s(1))))).toEqual(Array(3).fill(threadId))
  })
})

describe('what a task gives or throws', () => {
  it.each(['giveBrokenThen', 'giveHostile'] as const)(
    'fails its call alone if it throws when it is looked at (%s)',
    async (name) => {
      const neighbour = runtime.run(tasks.pause.s(20))
      expect(await errorOf(runtime.run(tasks[name].s()))).toBeInstanceOf(RangeError)
      expect(await neighbour).toBe(threadId)
    },
  )

  it('may be a Proxy whose every trap throws', async () => {
    const neighbour = runtime.run(tasks.pause.s(20))
    expect(await errorOf(runtime.run(tasks.throwHostile.s()))).toBeInstanceOf(NonErrorThrown)
    expect(await neighbour).toBe(threadId)
  })
})

describe('the port of a thread', () => {
  it.each(['nothing', 'text', 'object', 'unknown', 'online', 'ended', 'said', 'stray', 'tornDown', 'deep'])(
    'takes what a task posts by itself, and it changes nothing (%s)',
    async (what) => {
      const neighbour = runtime.run(tasks.pause.s(20))
      await runtime.run(tasks.post.s(what))
      expect(await neighbour).toBe(threadId)
    },
  )

  it('stays open when a task closes it', async () => {
    expect(await runtime.run(tasks.closePort.s())).toBe('closed')
    expect(await runtime.run(tasks.thread.s())).toBe(threadId)
  })
})
