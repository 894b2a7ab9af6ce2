/** A lazy group holds what is under way and what came of it, not its members: measured in a process of its own. */
import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program.js'

/** All members at one time would take more than 80 MB. */
const MOST_MB = 30

describe('a group over a generator', () => {
  it.each(['inline', 'threads'])('holds few of its members at one time, %s', async (executor) => {
    const { code, stdout, stderr } = await runProgram('lazy-memory.js', [executor])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [count, mb] = stdout.trim().split(' ').map(Number)
    expect(count).toBe(20_000)
    expect(mb).toBeLessThan(MOST_MB)
  })
})
