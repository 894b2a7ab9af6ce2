/** What the collector takes, and what it does not: counted in processes of their own. */
import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program.js'

const WHATS = ['apply', 'run', 'group', 'failure', 'resultTtl', 'revoke', 'signal', 'callbacks', 'retries', 'waiting']
/** The last ones may still stand on the stack, or in what the last event has left. */
const MOST_HELD = 8

describe.each(['inline', 'threads'])('what nobody holds any more, %s', (executor) => {
  it.each(WHATS)('is let go: %s', async (what) => {
    const { code, stdout, stderr } = await runProgram('lets-go.js', [executor, what])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^\d+\n$/)
    expect(Number(stdout)).toBeLessThanOrEqual(MOST_HELD)
  })
})

/** A few are compiled for objects that come and go anyway, such as promises. */
const MOST_LOST = 8

describe('compiled code', () => {
  it('outlives a collection that finds no call in progress', async () => {
    const flags = ['--expose-gc', '--no-flush-bytecode', '--trace-deopt']
    const { code, stdout } = await runProgram('after-collection.js', [], { flags })
    expect(code).toBe(0)
    const during = stdout.slice(stdout.indexOf('collecting'), stdout.indexOf('collected'))
    const lost = [...during.matchAll(/<SharedFunctionInfo ([^>]*)>.*weak objects/g)].map(([, name]) => name)
    expect(lost).toContain('compareOwn')
    expect(lost.length).toBeLessThanOrEqual(MOST_LOST)
  })
})
