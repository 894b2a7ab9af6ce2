/** What a runtime does to the process around it, each in a process of its own. */
import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program.js'

describe('a process with a runtime', () => {
  it('ends by itself when the runtime is idle', async () => {
    expect(await runProgram('idle-exits.js')).toEqual({ code: 0, signal: null, stdout: '2\n', stderr: '' })
  })

  it('ends by itself while all that is left are schedules', async () => {
    expect(await runProgram('schedule-exits.js')).toEqual({ code: 0, signal: null, stdout: '2\n', stderr: '' })
  })

  it.each(['threads', 'inline'])('stays alive while work is pending (%s)', async (executor) => {
    const { code, stdout } = await runProgram('pending-stays.js', [executor])
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 50 })
  })

  it.each(['threads', 'inline'])('survives a failure that nobody asks for (%s)', async (executor) => {
    expect(await runProgram('unread-failure.js', [executor])).toEqual({
      code: 0,
      signal: null,
      stdout: 'still here\n',
      stderr: '',
    })
  })

  it('refuses a task of its own entry file on threads, and runs it inline', async () => {
    const { code, stdout } = await runProgram('entry-task.js')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ERR_CONFIGURATION .*"own".*module of its own\n1\n$/)
  })
})
