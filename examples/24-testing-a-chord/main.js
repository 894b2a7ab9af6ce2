// A chord under test: a member that fails, one whose thread dies, one that is slow, and every order in which they may end.
import { chord, defineTasks, task } from 'celeriac'
import { createTestRuntime, explore } from 'celeriac/testing'

const { weigh, total, alarm } = defineTasks(import.meta.url, {
  weigh: task({ timeLimit: 10_000 }, (parcel) => parcel.length),
  total: (weights) => weights.reduce((a, b) => a + b, 0),
  alarm: (failure) => `${failure.taskName} did not run: ${failure.error.cause.message}`,
})
const parcels = chord([weigh.s('book'), weigh.s('piano'), weigh.s('hat')], total.s()).linkError(alarm.s())

/** How the chord ends on a runtime, and what the alarm said. */
async function outcome(runtime) {
  const value = await runtime.run(parcels).catch((error) => `${error.name}: ${error.message}`)
  await runtime.idle()
  const said = runtime.calls.find(({ taskName }) => taskName === 'alarm')?.outcome.value
  return said === undefined ? value : `${value}\n    ${said}`
}

/** On a runtime of its own, with something wrong. */
async function wrong(what, prepare) {
  const runtime = createTestRuntime({ threads: 3 })
  prepare(runtime)
  console.log(`${what}:\n  ${await outcome(runtime)}`)
  console.log(`  ran: ${runtime.calls.map(({ taskName }) => taskName).join(', ')}, for ${runtime.now} ms`)
  await runtime.close()
}

await wrong('nothing', () => {})
await wrong('a member fails', (runtime) => runtime.failNext(weigh, new RangeError('the scale is stuck')))
await wrong('a thread dies', (runtime) => runtime.loseWorker(weigh))
await wrong('a member is too slow', (runtime) => runtime.delay(weigh, 60_000))

// Whatever the order, the total is the same.
const orders = new Set()
await explore(
  50,
  async (runtime) => {
    if ((await runtime.run(parcels)) !== 12) throw new Error('a parcel is missing')
    orders.add(
      runtime.timeline
        .filter(({ type, taskName }) => type === 'task-succeeded' && taskName === 'weigh')
        .map(({ value }) => value)
        .join(),
    )
  },
  { threads: 3 },
)
console.log(`in ${orders.size} orders: ${[...orders].sort().join(' ')}`)
