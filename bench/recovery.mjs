/** A thread that dies: how long from the loss until the next result, with and without a spare thread. One thread each, so that nobody else can step in. */
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { openRuntime } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { percentile, summary } from './harness/statistics.mjs'
import { deadly, preload } from './workers/deadly.js'

const PISCINA_FILE = fileURLToPath(new URL('./workers/deadly-piscina.js', import.meta.url))
const SPARE = 'celeriac, a spare thread'
/** Until everything that can be ready is. */
const PAUSE_MS = 100

await question('recovery', 'How long after the loss of a thread does the next result come?', async (ask) => {
  const rounds = ask.size(100, 10)
  const [pool, plain, spare] = [
    await ask.use(openPool()),
    await ask.use(openRuntime({ threads: 1, execArgv: preload, maxLosses: Infinity })),
    await ask.use(openRuntime({ threads: 1, execArgv: preload, maxLosses: Infinity, spareThreads: 1 })),
  ]
  const contenders = {
    piscina: { die: () => pool.run(1, { name: 'die' }), live: () => pool.run(1, { name: 'live' }), ready: () => {} },
    celeriac: onRuntime(plain),
    [SPARE]: onRuntime(spare),
  }
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (const { live } of Object.values(contenders)) await live()
  // In turn, since speed on a shared machine is weather.
  for (let round = 0; round < rounds; round++)
    for (const [name, contender] of Object.entries(contenders)) times[name].push(await recoveryOf(contender))
  for (const [name, ms] of Object.entries(times)) {
    ask.fact('loss to next result, p50', name, ms, 'ms')
    ask.fact('loss to next result, p99', name, [percentile(ms, 0.99)], 'ms')
  }
  ask.figure('recovery', summary([percentile(times[SPARE], 0.99)]))
  ask.note(`${rounds} losses each, one at a time; min–max of p50 are those of all of them.`)
})

function onRuntime(runtime) {
  return {
    die: () => runtime.run(deadly.die.s()),
    live: () => runtime.run(deadly.live.s(1)),
    ready: () => runtime.ready(),
  }
}

async function recoveryOf({ die, live, ready }) {
  await ready()
  await delay(PAUSE_MS)
  await die().then(
    () => {
      throw new Error('the thread lives')
    },
    () => {},
  )
  const lost = performance.now()
  if ((await live()) !== 1) throw new Error('a wrong result')
  return performance.now() - lost
}

async function openPool() {
  const pool = new Piscina({ filename: PISCINA_FILE, minThreads: 1, maxThreads: 1 })
  pool.on('error', () => {})
  return { run: (value, options) => pool.run(value, options), close: () => pool.destroy() }
}
