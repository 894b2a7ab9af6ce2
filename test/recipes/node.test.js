// node:test: node --test. The matchers are plain functions; `check` makes assertions of them.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { chord, defineTasks, registerErrors, task } from 'celeriac'
import { createTestRuntime, explore, matchers } from 'celeriac/testing'

const check = ({ pass, message }) => assert.ok(pass, message())
const { toHaveRun, toHaveRunBefore, toHaveRunTimes, toHaveSettled } = matchers

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
  assert.equal(await runtime.run(chord([fetchPage.s('/a'), fetchPage.s('/b')], countAll.s())), 2)
  check(toHaveRunTimes(runtime, fetchPage, 4))
  check(toHaveRun(runtime, fetchPage, ['/a']))
  check(toHaveRunBefore(runtime, fetchPage, countAll))
})

test('an error arrives as it was thrown', async () => {
  runtime.failNext(fetchPage, new Busy('down'), Infinity)
  const result = runtime.apply(fetchPage.s('/a'))
  await assert.rejects(result.get(), Busy)
  check(toHaveSettled(result, 'FAILURE'))
  assert.throws(() => check(toHaveSettled(result, 'SUCCESS')), /it is FAILURE with Busy: down/)
})

test('the count is right in any order', async () => {
  await explore(20, async (each) => {
    assert.equal(await each.run(chord([fetchPage.s('/a'), fetchPage.s('/b')], countAll.s())), 2)
  })
})
