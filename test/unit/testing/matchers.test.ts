import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { group } from '../../../src/canvas/group.js'
import { type CeleriacMatchers, matchers } from '../../../src/testing/matchers.js'
import { createTestRuntime, type TestRuntime } from '../../../src/testing/test-runtime.js'
import { add, Busy, flaky, later, told, tsum } from './tasks.js'

declare module 'vitest' {
  interface Matchers<T> extends CeleriacMatchers<T> {}
}
expect.extend(matchers)

const complaint = (assertion: () => void): string => {
  try {
    assertion()
  } catch (error) {
    return (error as Error).message
  }
  return 'it passed'
}

describe('matchers', () => {
  let runtime: TestRuntime
  beforeEach(async () => {
    runtime = createTestRuntime()
    runtime.failNext(flaky, new Busy('busy'))
    await runtime.run(chain(group(add.s(1, 1), add.s(2, 2)), tsum.s()))
    await runtime.run(flaky.s('a'))
  })
  afterEach(() => runtime.close())

  it('tell whether a task ran, by the task or its name, with arguments or any', () => {
    expect(runtime).toHaveRun(add)
    expect(runtime).toHaveRun('tsum', [[2, 4]])
    expect(runtime).toHaveRun(add, [expect.any(Number), 2])
    expect(runtime).not.toHaveRun(later)
    expect(runtime).not.toHaveRun(add, [3, 3])
  })

  it('count runs, retries too', () => {
    expect(runtime).toHaveRunTimes(add, 2)
    expect(runtime).toHaveRunTimes(flaky, 2)
    expect(runtime).toHaveRunTimes(later, 0)
    expect(runtime).not.toHaveRunTimes(add, 1)
  })

  it('tell which ran before which', () => {
    expect(runtime).toHaveRunBefore(add, tsum)
    expect(runtime).toHaveRunBefore('tsum', flaky)
    expect(runtime).not.toHaveRunBefore(tsum, add)
    expect(runtime).not.toHaveRunBefore(add, later)
  })

  it('take runs that overlap for neither before nor behind', async () => {
    await using other = createTestRuntime()
    other.delay(later, 10)
    await other.run(group(later.s(1, 1), add.s(1, 1)))
    expect(other).not.toHaveRunBefore(later, add)
    expect(other).not.toHaveRunBefore(add, later)
    await other.run(group(told.s('a'), tsum.s([])))
    expect(other).not.toHaveRunBefore(told, tsum)
  })

  it('tell whether a result is final, and how', async () => {
    const result = runtime.apply(chain(add.s(1, 1), add.s(2)))
    expect(result).not.toHaveSettled()
    await result.get()
    expect(result).toHaveSettled()
    expect(result).toHaveSettled('SUCCESS')
    expect(result).not.toHaveSettled('FAILURE')
  })

  it('show what ran instead', () => {
    expect(complaint(() => expect(runtime).toHaveRun(later))).toBe(
      'expected "later" to have run, and what ran: add 2 times, tsum once, flaky 2 times',
    )
    expect(complaint(() => expect(runtime).toHaveRun(add, [9, 9]))).toBe(
      `expected "add" to have run with (9, 9), and it ran 2 times:
  add(1, 1), run 1, 0 to 0 ms: gave 2
  add(2, 2), run 1, 0 to 0 ms: gave 4`,
    )
    expect(complaint(() => expect(runtime).not.toHaveRun(tsum))).toBe(
      `expected "tsum" not to have run, and it ran once:
  tsum([2,4]), run 1, 0 to 0 ms: gave 6`,
    )
    expect(complaint(() => expect(runtime).toHaveRunTimes(flaky, 1))).toBe(
      `expected "flaky" to have run once, and it ran 2 times:
  flaky("a"), run 1, 0 to 0 ms: failed: busy
  flaky("a"), run 2, 60000 to 60000 ms: gave "a in run 2"`,
    )
    expect(complaint(() => expect(runtime).toHaveRunBefore(later, add))).toContain(
      'expected "later" to have run before "add", and "later" never ran; what ran: add 2 times',
    )
    expect(complaint(() => expect(runtime).toHaveRunBefore(tsum, add))).toMatch(
      /before "add", and in order of start:\n {2}add\(1, 1\).*\n {2}add\(2, 2\).*\n {2}tsum/,
    )
  })

  it('show how a result ended instead', async () => {
    runtime.failNext(told, new RangeError('out'))
    const result = runtime.apply(told.s('x'))
    await result.get({ propagate: false })
    expect(complaint(() => expect(result).toHaveSettled('SUCCESS'))).toMatch(
      /to have settled as SUCCESS, and it is FAILURE with RangeError: out/,
    )
  })

  it('are plain functions for any other runner', () => {
    expect(matchers.toHaveRun(runtime, add, [1, 1]).pass).toBe(true)
    const { pass, message } = matchers.toHaveRun(runtime, add, [1, 5])
    expect([pass, message()]).toEqual([false, expect.stringContaining('"add" to have run with (1, 5)')])
  })

  it.each<[string, () => unknown]>([
    ['a runtime that records nothing', () => matchers.toHaveRun({ apply() {} }, add)],
    ['no task', () => matchers.toHaveRun(runtime, 5)],
    ['arguments that are no list', () => matchers.toHaveRun(runtime, add, 5)],
    ['no count', () => matchers.toHaveRunTimes(runtime, add, -1)],
    ['no second task', () => matchers.toHaveRunBefore(runtime, add, undefined)],
    ['no result', () => matchers.toHaveSettled(runtime)],
    ['no final state', () => matchers.toHaveSettled({ id: 'x', state: 'SUCCESS' }, 'DONE')],
  ])('refuse %s', (_what, wrong) => {
    expect(wrong).toThrow(expect.objectContaining({ code: 'ERR_CONFIGURATION' }))
  })
})
