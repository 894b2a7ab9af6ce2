// vitest: any pool. Tasks may stand in the test file: they run in this thread, so nobody has to import them again.
import { chord, defineTasks, registerErrors, task } from 'celeriac'
import { createTestRuntime, explore, matchers } from 'celeriac/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

expect.extend(matchers)

class Busy extends Error {
  name = 'Busy'
}
registerErrors(Busy)

const { fetchPage, countAll } = defineTasks(import.meta.url, {
  fetchPage: task({ retryFor: [Busy], retryDelay: 60_000, retryBackoff: true }, async (url) => `<p>${url}</p>`),
  countAll: (pages) => pages.length,
})

let runtime
beforeEach(() => {
  runtime = createTestRuntime()
})
afterEach(() => runtime.close())

test('a busy server is tried again, and the count waits for it', async () => {
  runtime.failNext(fetchPage, new Busy('try later'), 2)
  expect(await runtime.run(chord([fetchPage.s('/a'), fetchPage.s('/b')], countAll.s()))).toBe(2)
  expect(runtime).toHaveRunTimes(fetchPage, 4)
  expect(runtime).toHaveRun(fetchPage, [expect.stringContaining('/a')])
  expect(runtime).toHaveRunBefore(fetchPage, countAll)
})

test('an error arrives as it was thrown', async () => {
  runtime.failNext(fetchPage, new Busy('down'), Infinity)
  const result = runtime.apply(fetchPage.s('/a'))
  await expect(result.get()).rejects.toThrow(Busy)
  expect(result).toHaveSettled('FAILURE')
  expect(() => expect(result).toHaveSettled('SUCCESS')).toThrow('it is FAILURE with Busy: down')
})

test('values keep their kinds', async () => {
  runtime.mock(countAll, ([date, map]) => (date instanceof Date && map instanceof Map ? map.get(1).two : 0))
  expect(await runtime.run(countAll.s([new Date(5), new Map([[1, { two: 2 }]])]))).toBe(2)
  expect(runtime).toHaveRun(countAll, [[new Date(5), new Map([[1, { two: 2 }]])]])
})

test('the count is right in any order', async () => {
  await explore(20, async (each) => {
    expect(await each.run(chord([fetchPage.s('/a'), fetchPage.s('/b')], countAll.s()))).toBe(2)
  })
})
