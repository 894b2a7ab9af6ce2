/** Memory comes back when handles are dropped: counted in a process of its own, by what the collector has taken. */
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
