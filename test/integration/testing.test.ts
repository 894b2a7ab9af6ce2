/** celeriac/testing as it is built: what it loads, and its recorder on real threads. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chain, createRuntime, group } from 'celeriac'
import { recorder } from 'celeriac/testing'
import { describe, expect, it } from 'vitest'
import { tasks } from '../conformance/tasks.js'

const { add, mul, tsum, fail } = tasks as any

const print = (program: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
      timeout: 30_000,
    }),
  )

describe('celeriac/testing', () => {
  it('loads no Piscina and starts no thread, also while it runs', () => {
    const program = `
      import { createRequire } from 'node:module'
      import { Worker } from 'node:worker_threads'
      import { defineTasks, group } from 'celeriac'
      import { createTestRuntime } from 'celeriac/testing'
      let workers = 0
      process.on('worker', () => workers++)
      const { add } = defineTasks(import.meta.url.replace('[eval1]', 'eval.js'), { add: (x, y) => x + y })
      const runtime = createTestRuntime({ threads: 8 })
      const value = await runtime.run(group(add.s(1, 1), add.s(2, 2)))
      await runtime.close()
      const loaded = Object.keys(createRequire(import.meta.url + '/').cache).filter((path) => path.includes('piscina'))
      console.log(JSON.stringify({ value, workers, loaded }))
    `
    expect(print(program)).toEqual({ value: [2, 4], workers: 0, loaded: [] })
  })

  it('is found out by that check when something does load Piscina', () => {
    const program = `
      import { createRequire } from 'node:module'
      import 'piscina'
      const loaded = Object.keys(createRequire(import.meta.url + '/').cache).filter((path) => path.includes('piscina'))
      console.log(JSON.stringify(loaded.length > 0))
    `
    expect(print(program)).toBe(true)
  })

  it('imports no test runner', () => {
    const folder = new URL('../../dist/testing/', import.meta.url)
    const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
    const imported = files.flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name),
    )
    expect([...new Set(imported)].sort()).toEqual(['node:async_hooks', 'node:timers', 'node:util'])
  })
})

describe('a recorder of real threads', () => {
  it('writes down the runs, as on a test runtime', async () => {
    const runtime = createRuntime({ threads: 2 })
    const recorded = recorder(runtime)
    await runtime.run(chain(group(add.s(1, 1), mul.s(2, 3)), tsum.s()) as never)
    await runtime.run(fail.s('x')).catch(() => {})
    await runtime.close()
    const { calls } = recorded
    expect(calls.map(({ taskName, args }) => [taskName, args])).toEqual([
      ['add', [1, 1]],
      ['mul', [2, 3]],
      ['tsum', [[2, 6]]],
      ['fail', ['x']],
    ])
    expect(calls[2]?.outcome).toEqual({ ok: true, value: 8 })
    expect(calls[3]?.outcome).toMatchObject({ ok: false, error: { message: 'fail:x' } })
    expect(calls.every(({ startedAt, endedAt }) => endedAt !== undefined && endedAt >= startedAt)).toBe(true)
  })
})
