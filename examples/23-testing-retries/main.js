// A flaky task under test: an hour of backoff passes in a moment, by a clock that jumps.
import assert from 'node:assert/strict'
import { defineTasks, registerErrors, task } from 'celeriac'
import { createTestRuntime, matchers } from 'celeriac/testing'

class Busy extends Error {
  name = 'Busy'
}
registerErrors(Busy)

// A test runtime runs its tasks in this thread: they may stand in the test itself.
const { download } = defineTasks(import.meta.url, {
  download: task(
    { retryFor: [Busy], maxRetries: 5, retryDelay: 120_000, retryBackoff: true, retryJitter: false },
    (url) => `the picture at ${url}`,
  ),
})

const runtime = createTestRuntime({ now: new Date('2030-01-01T12:00:00Z') })
const clock = (ms) => new Date(ms).toISOString().slice(11, 19)

console.log('a server that is busy four times:')
runtime.failNext(download, new Busy('come back later'), 4)
console.log(' ', await runtime.run(download.s('/a.png')))
for (const { attempt, startedAt, outcome } of runtime.calls)
  console.log(`  ${clock(startedAt)} run ${attempt}: ${outcome.ok ? 'done' : outcome.error.message}`)

console.log('looked at on the way:')
runtime.failNext(download, new Busy('come back later'), 1)
const result = runtime.apply(download.s('/b.png'))
await runtime.advance(119_999)
console.log(`  a millisecond before: ${result.state}`)
await runtime.advance(1)
console.log(`  then: ${result.state}`)

console.log('one that stays busy:')
runtime.failNext(download, new Busy('closed for today'), Infinity)
await assert.rejects(runtime.run(download.s('/c.png')), Busy)
console.log(`  given up at ${clock(runtime.now)}`)

console.log('a matcher that fails says what happened:')
console.log(' ', matchers.toHaveRunTimes(runtime, download, 12).message().split('\n')[0])

await runtime.close()
