/** What of flags and environment reaches a worker thread, and what is refused before one is started. */
import { describe, expect, it } from 'vitest'
import { checkHardened } from '../../../src/executors/hardening.js'
import { threadEnv } from '../../../src/executors/thread-env.js'
import { checkThread, refusedFlags } from '../../../src/executors/thread-flags.js'
import { createRuntime } from '../../../src/runtime/create-runtime.js'

const refusal = (option: string) => expect.objectContaining({ code: 'ERR_CONFIGURATION', option })
const own = { PATH: '/bin', HOME: '/me', TOKEN: 'secret', TZ: 'UTC' }

describe('the environment of a thread', () => {
  it('is a copy of all of it if nothing is said', () => expect(threadEnv(undefined, false, own)).toBeUndefined())
  it('is what names no secret when hardened', () =>
    expect(threadEnv(undefined, true, own)).toEqual({ PATH: '/bin', HOME: '/me', TZ: 'UTC' }))
  it('has the names that are passed on, and are there', () =>
    expect(threadEnv(['TOKEN', 'toString', 'ABSENT'], true, own)).toEqual({ TOKEN: 'secret' }))
  it('has the values that are given', () => expect(threadEnv({ A: '1' }, true, own)).toEqual({ A: '1' }))
  it('is empty if no name is passed on', () => expect(threadEnv([], false, own)).toEqual({}))
  it('keeps a name that is an own __proto__', () =>
    expect(Object.keys(threadEnv(JSON.parse('{"__proto__":"1"}'), false, own) ?? {})).toEqual(['__proto__']))
})

describe('flags of Node', () => {
  it('are told apart: those that a thread takes, and those of a process', () => {
    expect(refusedFlags(['--conditions', 'dev', '--no-warnings'])).toEqual([])
    expect(refusedFlags(['--no-warnings', '--max-old-space-size=100', '--no-such'])).toEqual([
      '--max-old-space-size=100',
      '--no-such',
    ])
  })

  it.each([['--no-such'], ['--title=x'], ['--import'], ['file.js', '--expose-gc']])(
    'are refused: %s %s',
    (...flags) => {
      expect(() => checkThread(flags, undefined)).toThrow(refusal('execArgv'))
    },
  )

  it('are refused in a NODE_OPTIONS', () => {
    expect(() => checkThread([], { NODE_OPTIONS: '--no-such' })).toThrow(refusal('env'))
    expect(() => checkThread([], { NODE_OPTIONS: '--no-warnings' })).not.toThrow()
  })
})

describe('hardened threads', () => {
  it.each(['18.20.0', '20.20.2', '21.7.0'])('are refused on Node %s', (version) =>
    expect(() => checkHardened(version)).toThrow(refusal('hardened')),
  )
  it.each(['22.0.0', '24.1.0', '100.0.0'])('are there on Node %s', (version) =>
    expect(() => checkHardened(version)).not.toThrow(),
  )
})

describe('createRuntime', () => {
  it.each<[string, object]>([
    ['env', { env: 'PATH' }],
    ['env', { env: [5] }],
    ['env', { env: ['A=B'] }],
    ['env', { env: [''] }],
    ['env', { env: { A: 1 } }],
    ['env', { env: { A: 'a\0b' } }],
    ['env', { env: { NODE_OPTIONS: '--no-such' } }],
    ['env', { env: new Map() }],
    ['execArgv', { execArgv: ['--no-such'] }],
    ['hardened', { hardened: 1 }],
    ['maxOldGenerationSizeMb', { resourceLimits: { maxOldGenerationSizeMb: '64' } }],
    ['stackSizeMb', { resourceLimits: { stackSizeMb: 0 } }],
    ['maxHeapMb', { resourceLimits: { maxHeapMb: 64 } }],
    ['env', { executor: 'inline', env: [] }],
    ['execArgv', { executor: 'inline', execArgv: [] }],
    ['hardened', { executor: 'inline', hardened: true }],
  ])('refuses a wrong %s: %j', (option, options) => {
    expect(() => createRuntime(options as never)).toThrow(refusal(option))
  })

  it('takes a hardened that says no, inline too', async () => {
    await createRuntime({ executor: 'inline', hardened: false }).close()
  })
})
