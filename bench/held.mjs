/** One slow call among many tiny ones: how many of these wait for it, though another thread is free. */
import { openRuntime } from './harness/field.mjs'
import { POOLS } from './harness/pools.mjs'
import { question } from './harness/question.mjs'
import { summary } from './harness/statistics.mjs'
import { perMs } from './harness/work.mjs'
import { times } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

const CALLS = 2_000
const TINY_MS = 0.01
const SLOW_MS = 300
const HELD_MS = 250

await question('held', 'How many tiny calls are held up by one slow call?', async (ask) => {
  const turnsPerMs = perMs('loop')
  const turnsOf = (ms) => Math.round(ms * turnsPerMs)
  const runtime = await ask.use(openRuntime())
  const piscina = await ask.use(POOLS.piscina('loop'))
  const contenders = {
    'celeriac, own promises': (turns) => runtime.run(tasks.loop.s(turns)),
    piscina: (turns) => piscina.run([turns]),
  }
  const held = {}
  for (const [name, call] of Object.entries(contenders)) {
    await Promise.all(times(CALLS, () => call(turnsOf(TINY_MS))))
    held[name] = []
    // Early, in the middle, late: a batch is of another size at each place.
    for (const place of times(ask.size(10, 3), (i) => Math.floor(((i + 0.5) * CALLS) / ask.size(10, 3))))
      held[name].push(await heldBy(place, (i) => call(turnsOf(i === place ? SLOW_MS : TINY_MS))))
    ask.fact(`1 call of ${SLOW_MS} ms among ${CALLS - 1}`, name, held[name], `held > ${HELD_MS} ms`)
  }
  ask.figure('held', summary(held['celeriac, own promises']))
})

/** Starts all calls at once, and counts those that take longer than they should, the slow one apart. */
async function heldBy(place, call) {
  const started = performance.now()
  const took = await Promise.all(times(CALLS, (i) => call(i).then(() => performance.now() - started)))
  return took.filter((ms, i) => i !== place && ms > HELD_MS).length
}
