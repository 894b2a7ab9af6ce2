/** What a hardened thread cannot do, and what it can; on a Node without it, that it is refused. Run on Node 22 and 24 too. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRuntime, type Runtime, tasksFrom } from 'celeriac'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attempt, environment, flags } from './programs/hardened-tasks.js'
import { runProgram } from './run-program.js'

const isThere = Number.parseInt(process.versions.node, 10) >= 22

/** A directory that is none of any task's business. */
let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'place-'))
  writeFileSync(join(place, 'secret.txt'), 'secret')
  writeFileSync(join(place, 'module.mjs'), 'export default 1')
  writeFileSync(join(place, 'module.cjs'), 'module.exports = 1')
})
afterAll(() => rmSync(place, { recursive: true }))

let runtime: Runtime
afterEach(() => runtime?.close({ drain: false }))

const DENIED: readonly (readonly [deed: string, code: string])[] = [
  ['read a file', 'ERR_ACCESS_DENIED'],
  ['list a directory', 'ERR_ACCESS_DENIED'],
  ['read a file by a promise', 'ERR_ACCESS_DENIED'],
  ['import a module', 'ERR_ACCESS_DENIED'],
  ['require a module', 'ERR_ACCESS_DENIED'],
  ['write a file', 'ERR_ACCESS_DENIED'],
  ['write a file of its own package', 'ERR_ACCESS_DENIED'],
  ['remove a file', 'ERR_ACCESS_DENIED'],
  ['make a link', 'ERR_ACCESS_DENIED'],
  ['start a program', 'ERR_ACCESS_DENIED'],
  ['start a shell', 'ERR_ACCESS_DENIED'],
  ['start a thread', 'ERR_ACCESS_DENIED'],
  ['load an addon', 'ERR_DLOPEN_DISABLED'],
  ['use WASI', 'ERR_ACCESS_DENIED'],
  ['open the inspector', 'ERR_ACCESS_DENIED'],
  ['make a database', 'ERR_UNKNOWN_BUILTIN_MODULE'],
  ['write a heap snapshot', 'ERR_ACCESS_DENIED'],
]
const ALLOWED = ['read its own package', 'import a package', 'compute']

describe.skipIf(isThere)('hardened on a Node whose threads have no permission model', () => {
  it('is refused', () => {
    expect(() => createRuntime({ hardened: true })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'hardened', value: true }),
    )
  })
})

describe.runIf(isThere)('a hardened thread', () => {
  // In a process whose working directory is that place: Node allows a thread to read it unless it is kept from that.
  describe('in a working directory that is none of its business', () => {
    let ends: Record<string, string>
    beforeAll(async () => {
      const deeds = [...DENIED.map(([deed]) => deed), ...ALLOWED]
      const { code, stdout, stderr } = await runProgram('hardened.js', [place, ...deeds], { cwd: place })
      expect({ code, stderr: stderr.replace(/^.*(Warning|trace-warnings).*\n/gm, '') }).toEqual({ code: 0, stderr: '' })
      ends = JSON.parse(stdout)
    })

    it.each(DENIED)('cannot %s', (deed, code) => expect(ends[deed]).toBe(code))
    it.each(ALLOWED)('can %s', (deed) => expect(ends[deed]).toBe('done'))
    it('leaves nothing behind', () => {
      expect(['written.txt', 'made.db', 'heap'].filter((name) => existsSync(join(place, name)))).toEqual([])
    })
    it('leaves the main thread as it was', () => {
      expect(readFileSync(join(place, 'by-main.txt'), 'utf8')).toBe('secret')
    })
  })

  it('sees nothing of the environment that a secret is kept in', async () => {
    process.env.TOKEN = 'secret'
    runtime = createRuntime({ threads: 1, hardened: true })
    const seen = Object.keys(await runtime.run(environment.s()))
    expect(seen.filter((name) => !['PATH', 'HOME', 'TZ', 'LANG', 'NODE_ENV'].includes(name))).toEqual([])
    expect(seen).toContain('PATH')
  })

  it('sees the values that are given', async () => {
    runtime = createRuntime({ threads: 1, hardened: true, env: { A: '1' } })
    expect(await runtime.run(environment.s())).toEqual({ A: '1' })
  })

  it('is allowed more by execArgv', async () => {
    const execArgv = [
      `--allow-fs-write=${join(place, '*')}`,
      `--allow-fs-read=${join(place, '*')}`,
      '--experimental-sqlite',
    ]
    runtime = createRuntime({ threads: 1, hardened: true, execArgv })
    expect(await runtime.run(attempt.s('read a file', place))).toBe('done')
    expect(await runtime.run(attempt.s('make a database', place))).toBe('done')
    expect(await runtime.run(attempt.s('write a file', place))).toBe('done')
    expect(await runtime.run(attempt.s('write a file of its own package', place))).toBe('ERR_ACCESS_DENIED')
  })

  it('runs modules of a package that was known when it started, and fails calls of others without dying', async () => {
    runtime = createRuntime({ threads: 1, hardened: true })
    await runtime.ready()
    const here = tasksFrom(new URL('./programs/plain-later.js', import.meta.url))
    const elsewhere = tasksFrom(pathToFileURL(join(place, 'module.mjs')) as URL)
    expect(await runtime.run(here.double!.s(21))).toBe(42)
    await expect(runtime.run(elsewhere.double!.s(21))).rejects.toMatchObject({
      code: 'ERR_WORKER_LOST',
      reason: 'start',
      message: expect.stringContaining('had been imported when the threads started'),
    })
    expect(await runtime.run(attempt.s('compute', place))).toBe('done')
    expect(runtime.metrics().workersLost).toBe(0)
  })
})

describe('a thread that is not hardened', () => {
  it('sees the names that are passed on, and no others', async () => {
    process.env.TOKEN = 'secret'
    runtime = createRuntime({ threads: 1, env: ['TOKEN', 'NOT_THERE'] })
    expect(await runtime.run(environment.s())).toEqual({ TOKEN: 'secret' })
  })

  it('sees a copy of all of it by default', async () => {
    process.env.TOKEN = 'secret'
    runtime = createRuntime({ threads: 1 })
    expect(await runtime.run(environment.s())).toMatchObject({ TOKEN: 'secret', PATH: process.env.PATH })
  })

  it('has the flags that are given', async () => {
    runtime = createRuntime({ threads: 1, execArgv: ['--conditions=special'] })
    expect(await runtime.run(flags.s())).toEqual(['--conditions=special'])
  })
})

describe('a process that may evaluate no text as code', () => {
  it('runs tasks on threads as any other', async () => {
    const flag = '--disallow-code-generation-from-strings'
    expect(await runProgram('idle-exits.js', [], { flags: [flag] })).toMatchObject({ code: 0, stdout: '2\n' })
  })
})
