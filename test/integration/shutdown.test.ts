/** How a runtime ends: nothing that is in progress is lost within its time, nothing waits for ever, and the threads are gone. */
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'
import { afterEach, describe, expect, it } from 'vitest'
import { deadly, preload } from './programs/death-tasks.js'
import { tasks } from './programs/envelope-tasks.js'
import { runProgram } from './run-program.js'

let runtime: Runtime
afterEach(() => runtime.destroy())

function start(options: RuntimeOptions = {}): Runtime {
  runtime = createRuntime({ threads: 2, execArgv: preload, ...options })
  return runtime
}
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it succeeded',
    (error: { code: string }) => error.code,
  )

describe('close()', () => {
  it('waits for the slower of two calls, and for the queue behind them', async () => {
    start()
    const calls = [runtime.run(tasks.pause.s(100)), ...Array.from({ length: 20 }, () => runtime.run(tasks.pause.s(1)))]
    expect(await runtime.close()).toEqual({ finished: 21, revoked: 0, timedOut: false })
    expect((await Promise.allSettled(calls)).every(({ status }) => status === 'fulfilled')).toBe(true)
  })

  it('finishes the queue though its only thread dies meanwhile', async () => {
    start({ threads: 1 })
    const calls = [runtime.run(deadly.die.s()), runtime.run(deadly.thread.s()), runtime.run(deadly.thread.s())]
    const ends = Promise.allSettled(calls)
    expect(await runtime.close()).toMatchObject({ finished: 3, timedOut: false })
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })

  it('gives the same promise each time, and is cut short by destroy()', async () => {
    start()
    const end = codeOf(runtime.run(tasks.pause.s(60_000)))
    const closing = runtime.close()
    expect(runtime.close()).toBe(closing)
    const report = { finished: 0, revoked: 1, timedOut: true }
    expect(await Promise.all([closing, runtime.destroy()])).toEqual([report, report])
    expect(await end).toBe('ERR_CLOSED')
  })

  it('revokes what is left when its time is over', async () => {
    start()
    const end = codeOf(runtime.run(tasks.pause.s(60_000)))
    expect(await runtime.close({ timeout: 20 })).toEqual({ finished: 0, revoked: 1, timedOut: true })
    expect(await end).toBe('ERR_CLOSED')
  })

  it('without drain finishes what runs, and revokes the rest', async () => {
    start({ threads: 1 })
    await runtime.run(tasks.thread.s())
    const started = new Promise((resolve) => runtime.once('task-started', resolve))
    const running = runtime.run(tasks.pause.s(50))
    await started
    const waiting = Array.from({ length: 3 }, () => codeOf(runtime.run(tasks.pause.s(60_000))))
    expect(await runtime.close({ drain: false })).toMatchObject({ finished: 1, revoked: 3, timedOut: false })
    expect(await running).toBeTypeOf('number')
    expect(await Promise.all(waiting)).toEqual(Array(3).fill('ERR_CLOSED'))
  })
})

describe('after the end of a runtime', () => {
  it('nothing starts any more', async () => {
    start()
    await runtime.run(tasks.thread.s())
    await runtime.close()
    expect(() => runtime.apply(tasks.thread.s())).toThrow(/closed/)
    expect(await codeOf(runtime.run(tasks.thread.s()))).toBe('ERR_CLOSED')
    expect(await codeOf(runtime.ready())).toBe('ERR_CLOSED')
    expect(runtime.metrics().threads).toBe(0)
  })
})

describe('a process', () => {
  afterEach(() => start())

  it('stays until work is done that has lost its thread', async () => {
    const { code, stdout } = await runProgram('lost-while-pending.js')
    expect(code).toBe(0)
    expect(stdout).toBe('lost exit\nran on a thread\nran on a thread\nran on a thread\n')
  })

  it('has no handlers of ours for signals, and ends in good order by the recipe of the guide', async () => {
    const { code, signal, stdout } = await runProgram('signalled.js')
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    expect(stdout.split('\n')).toEqual([
      'handlers 0',
      'fulfilled ERR_CLOSED ERR_CLOSED ERR_CLOSED ERR_CLOSED ERR_CLOSED',
      'SIGTERM {"finished":1,"revoked":5,"timedOut":false}',
      '',
    ])
  })
})
