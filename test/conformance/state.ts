/** What task modules keep per thread: `setup` before the first call there, `teardown` after the last. */
import { chain, group, type Runtime, type RuntimeOptions, tasksFrom, WorkerLostError } from 'celeriac'
import { afterEach, describe, expect, it } from 'vitest'
import { stateTasks as t } from './state-tasks.js'

const moduleOf = (name: string): Readonly<Record<string, any>> => tasksFrom(new URL(`./${name}`, import.meta.url))
/** Two cells in shared memory: teardowns, and calls. */
const newBoard = (): Int32Array => new Int32Array(new SharedArrayBuffer(8))
const failureOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    (value) => expect.fail(`it gave ${value}`),
    (error) => error,
  )

export function stateConformance(name: string, make: (options: RuntimeOptions) => Runtime): void {
  describe(`state of task modules: ${name}`, () => {
    let runtime: Runtime
    const start = (options: RuntimeOptions = {}): Runtime => {
      runtime = make({ threads: 1, ...options })
      return runtime
    }
    afterEach(() => runtime.destroy())

    life(start)
    failures(start)
    recycling(start, name !== 'inline')
  })
}

type Start = (options?: RuntimeOptions) => Runtime

function life(start: Start): void {
  it('sets a module up once, before its first call', async () => {
    const runtime = start()
    const [first, second] = await Promise.all([runtime.run(t.setups.s()), runtime.run(t.setups.s())])
    expect(first).toBeGreaterThan(0)
    expect(second).toBe(first)
    expect(await runtime.run(t.setups.s())).toBe(first)
    await runtime.close()
  })

  it('tears it down once on close(), and waits for it', async () => {
    const board = newBoard()
    const runtime = start()
    await runtime.run(t.write.s(board))
    await runtime.run(t.write.s(board))
    expect(board[0]).toBe(0)
    await runtime.close()
    expect([...board]).toEqual([1, 2])
  })

  it('tears down on close({ drain: false }), after what was running', async () => {
    const board = newBoard()
    const runtime = start()
    await runtime.run(t.write.s(board))
    await runtime.close({ drain: false })
    expect(board[0]).toBe(1)
  })

  it('does not tear down on destroy()', async () => {
    const board = newBoard()
    const runtime = start()
    await runtime.run(t.write.s(board))
    await runtime.destroy()
    expect(board[0]).toBe(0)
  })

  it('sets up a plain module, too, and warns of a teardown that throws', async () => {
    const board = newBoard()
    const runtime = start()
    const warnings: string[] = []
    runtime.on('warning', ({ error }) => warnings.push(error.message))
    expect(await runtime.run(moduleOf('state-module.js').isSetUp.s(board))).toBe(true)
    await runtime.close()
    expect(board[0]).toBe(1)
    expect(warnings).toEqual(['the door is stuck'])
  })
}

function failures(start: Start): void {
  it('fails a call whose setup throws, and tries again with the next one', async () => {
    const runtime = start()
    const { double } = moduleOf(`setup-throws.js?${crypto.randomUUID()}`)
    const error = await failureOf(runtime.run(double.s(2)))
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ reason: 'start', cause: { name: 'TypeError', message: 'no database' } })
    expect(await runtime.run(double.s(2))).toBe(4)
  })

  it('gives up on a setup that hangs after startTimeout', async () => {
    const runtime = start({ startTimeout: 200 })
    const error = await failureOf(runtime.run(moduleOf('setup-hangs.js').double.s(2)))
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ reason: 'start', cause: { message: expect.stringContaining('startTimeout') } })
  })
}

/** @param hasThreads - Threads are replaced; inline, only what their modules keep. */
function recycling(start: Start, hasThreads: boolean): void {
  it('replaces a thread after maxTasksPerWorker calls, torn down, and loses nothing', async () => {
    const board = newBoard()
    const runtime = start({ maxTasksPerWorker: 3 })
    const offline: string[] = []
    runtime.on('worker-offline', ({ reason }) => offline.push(reason))
    const numbers = await runtime.run(group(Array.from({ length: 10 }, () => t.write.s(board))))
    expect([...numbers].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(board[0]).toBe(3)
    expect(offline).toEqual(hasThreads ? ['recycled', 'recycled', 'recycled'] : [])
    expect(runtime.metrics().workersLost).toBe(0)
    await runtime.close()
    expect(board[0]).toBe(4)
  })

  it('sets the module up anew after that', async () => {
    const runtime = start({ maxTasksPerWorker: 1 })
    const board = newBoard()
    const { isSetUp } = moduleOf('state-module.js')
    for (let i = 0; i < 3; i++) expect(await runtime.run(isSetUp.s(board))).toBe(true)
    await runtime.close()
    expect(board[0]).toBe(3)
  })

  it('counts the steps of a chain, too', async () => {
    const board = newBoard()
    const runtime = start({ maxTasksPerWorker: 2 })
    const steps = Array.from({ length: 5 }, () => t.write.si(board))
    expect(await runtime.run(chain(...(steps as [any, any])))).toBe(4)
    await runtime.close()
    expect([...board]).toEqual([3, 5])
  })

  it('lets a call wait for its child, though its thread has had all its calls', async () => {
    const runtime = start({ maxTasksPerWorker: 1 })
    expect(await runtime.run(t.parent.s())).toBe('child')
  })

  it('runs many calls on several threads that are replaced all the time', async () => {
    const board = newBoard()
    const runtime = start({ threads: 2, maxTasksPerWorker: 7 })
    await runtime.run(group(Array.from({ length: 60 }, () => t.write.s(board))))
    expect(board[1]).toBe(60)
    expect(runtime.metrics()).toMatchObject({ succeeded: 60, workersLost: 0 })
    await runtime.close()
  })
}
