/** How far a task in an endless loop gets past its hard limit before everybody knows. */
import { openRuntime } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { median, percentile } from './harness/statistics.mjs'
import { LIMIT_MS, tasks } from './workers/tasks.js'

await question('limits', 'How far past its hard limit does an endless loop get?', async (ask) => {
  const runtime = await ask.use(openUnworriedRuntime())
  const overshoots = []
  for (let kill = 0; kill < ask.size(100); kill++) overshoots.push(await overshootOf(runtime))
  const measured = { min: Math.min(...overshoots), max: Math.max(...overshoots) }
  ask.rows.push({
    workload: `limit of ${LIMIT_MS} ms`,
    contender: 'celeriac',
    tasks: overshoots.length,
    value: { median: median(overshoots), ...measured },
    unit: 'ms too long',
    p99: { median: percentile(overshoots, 0.99) },
  })
  ask.figure('overshoot', { median: percentile(overshoots, 0.99), ...measured })
})

/** Threads that are ended on purpose are no reason to stop starting them, once `maxLosses` is an option. */
function openUnworriedRuntime() {
  return openRuntime({ maxLosses: Number.POSITIVE_INFINITY }).catch((error) => {
    if (error.option !== 'maxLosses') throw error
    return openRuntime()
  })
}

/** From the start of the body, as the thread itself wrote it down: how long it takes to start a thread is another matter. */
async function overshootOf(runtime) {
  const startedAt = new BigInt64Array(new SharedArrayBuffer(8))
  const error = await runtime.run(tasks.spinForEver.s(startedAt)).catch((thrown) => thrown)
  const endedAt = process.hrtime.bigint()
  if (error.code !== 'ERR_TIME_LIMIT') throw error
  return Number(endedAt - startedAt[0]) / 1e6 - LIMIT_MS
}
