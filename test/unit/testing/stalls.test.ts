import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestRuntimeOptions } from '../../../src/testing/options.js'
import { Stage } from '../../../src/testing/stage.js'
import { StagedRuntime, type TestRuntime } from '../../../src/testing/test-runtime.js'
import { add, hangs, later, listens, parent } from './tasks.js'

/** A runtime that waits 60 ms of real time where others wait 3,000. */
const impatient = (options: TestRuntimeOptions = {}): TestRuntime => new StagedRuntime(new Stage('test', options, 60))

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not reject',
    (error: Error & { code?: string }) => `${error.code} ${error.message}`,
  )

describe('a run that would hang for ever is ended', () => {
  it('when it waits for a promise that nobody resolves', async () => {
    await using runtime = impatient()
    const message = await failure(runtime.run(hangs.s()))
    expect(message).toContain('ERR_CONFIGURATION "hangs" (test-0-0-0) has not gone on for 60 ms of real time')
    expect(message).toContain('a promise that nobody resolves')
  })

  it('when it waits for a long real timer, which is named', async () => {
    await using runtime = impatient()
    runtime.mock(hangs, () => new Promise((resolve) => setTimeout(resolve, 3_600_000).unref()))
    expect(await failure(runtime.run(hangs.s()))).toContain('a real timer of 3600000 ms')
  })

  it('under an advance(), which then goes on', async () => {
    await using runtime = impatient({ autoAdvance: false })
    runtime.mock(hangs, () => new Promise((resolve) => setTimeout(resolve, 3_600_000).unref()))
    const failed = failure(runtime.run(hangs.s()))
    await runtime.advance(1_000)
    expect([runtime.now, await failed]).toEqual([1_000, expect.stringContaining('real timer')])
  })

  it('and others are not touched', async () => {
    await using runtime = impatient()
    const hung = failure(runtime.run(hangs.s()))
    expect(await runtime.run(add.s(1, 1))).toBe(2)
    await hung
    expect(await runtime.run(add.s(2, 2))).toBe(4)
  })
})

describe('a run is not ended', () => {
  it('when it was revoked before its turn came: it hears that when it begins', async () => {
    await using runtime = impatient({ threads: 1 })
    let heard = 0
    runtime.mock(listens, async function () {
      if (!this.signal.aborted) await once(this.signal, 'abort')
      heard++
      return ''
    })
    const started = new Promise((resolve) => runtime.once('task-started', resolve))
    const result = runtime.apply(listens.s())
    await started
    result.revoke()
    expect(await runtime.run(add.s(1, 1))).toBe(2)
    expect(heard).toBe(1)
  })

  it('while it does real work, how long that may take', async () => {
    await using runtime = impatient()
    let rounds = 0
    runtime.mock(later, async () => {
      for (const end = performance.now() + 150; performance.now() < end; rounds++)
        await readFile(new URL(import.meta.url))
      return rounds
    })
    expect(await runtime.run(later.s(1, 1))).toBeGreaterThan(0)
  })

  it('while another run does real work that it may wait for', async () => {
    await using runtime = impatient()
    let open: (value: number) => void = () => {}
    const gate = new Promise<number>((resolve) => {
      open = resolve
    })
    runtime.mock(later, () => gate)
    runtime.mock(add, async () => {
      for (const end = performance.now() + 150; performance.now() < end; ) await readFile(new URL(import.meta.url))
      open(7)
      return 0
    })
    const waiting = runtime.run(later.s(1, 1))
    await runtime.run(add.s(1, 1))
    expect(await waiting).toBe(7)
  })

  it('while the test may open what a long real timer stands guard over', async () => {
    await using runtime = impatient()
    let open: (value: number) => void = () => {}
    runtime.mock(later, () => {
      const guard = setTimeout(() => {}, 3_600_000)
      return new Promise<number>((resolve) => {
        open = resolve
      }).finally(() => clearTimeout(guard))
    })
    const waiting = runtime.run(later.s(1, 1))
    await runtime.advance(1_000)
    open(7)
    expect(await waiting).toBe(7)
  })

  it('while virtual time can still wake it', async () => {
    await using runtime = impatient()
    runtime.delay(add, 86_400_000)
    expect(await runtime.run(parent.s(1))).toBe(2)
  })
})

describe('where nothing moves and nothing hangs', () => {
  const warned: TestRuntime[] = []
  afterEach(async () => {
    for (const runtime of warned.splice(0)) await runtime.destroy()
  })

  it('a warning tells what is pending and why', async () => {
    const runtime = impatient({ autoAdvance: false, threads: 1 })
    warned.push(runtime)
    const warning = once(process, 'warning')
    runtime.apply(add.s(1, 1).set({ countdown: 5_000 }))
    const [{ code, message }] = (await warning) as [Error & { code: string }]
    expect(code).toBe('CELERIAC_TEST_RUNTIME')
    expect(message).toContain('"add" (test-0-0-0) waits for its time, in 5000 ms')
    expect(message).toContain('the next timer is due in 5000 ms: only advance() moves it, since autoAdvance is false')
  })
})
