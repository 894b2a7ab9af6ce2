// A nightly schedule under test: a year of nights in a moment, summer time and a bad night included.
import { chain, defineTasks, registerErrors, task } from 'celeriac'
import { createTestRuntime } from 'celeriac/testing'

class Busy extends Error {
  name = 'Busy'
}
registerErrors(Busy)

const { backUp, announce } = defineTasks(import.meta.url, {
  // Tried again after ten minutes, then twenty, forty and eighty.
  backUp: task(
    {
      retryFor: [Busy],
      maxRetries: 4,
      retryDelay: 600_000,
      retryBackoff: true,
      retryBackoffMax: Infinity,
      retryJitter: false,
    },
    () => 'backed up',
  ),
  announce: (what) => what,
})

const DAY = 86_400_000
const runtime = createTestRuntime({ now: new Date('2030-01-01T00:00:00Z') })
const nightly = runtime.schedule({
  name: 'nightly',
  canvas: chain(backUp.s(), announce.s()),
  cron: '0 3 * * *',
  timeZone: 'Europe/Berlin',
})
const runsOf = (name) => runtime.calls.filter(({ taskName }) => taskName === name)
const time = (ms) => new Date(ms).toISOString().slice(11, 16)

await runtime.advance(365 * DAY)
console.log(`a year: ${nightly.runs} nights, ${runsOf('announce').length} announced`)

const nights = new Map()
for (const { startedAt } of runsOf('backUp')) nights.set(time(startedAt), (nights.get(time(startedAt)) ?? 0) + 1)
for (const [utc, count] of nights) console.log(`at 3 in Berlin, ${utc} UTC: ${count} nights`)

const seen = runtime.calls.length
runtime.failNext(backUp, new Busy('the disk is busy'), 4)
await runtime.advance(DAY)
console.log('a bad night:')
for (const { taskName, startedAt, outcome } of runtime.calls.slice(seen))
  console.log(`  ${time(startedAt)} ${taskName}: ${outcome.ok ? outcome.value : outcome.error.message}`)

console.log(`next: ${nightly.nextRun.toISOString()}`)
await runtime.close()
