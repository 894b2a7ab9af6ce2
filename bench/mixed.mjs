/** Many short tasks with a few long ones among them: whether batches made for the short ones delay the long ones. */
import { openField } from './harness/field.mjs'
import { deal, openShares } from './harness/pools.mjs'
import { question } from './harness/question.mjs'
import { perMs, shuffled } from './harness/work.mjs'
import { times } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

const SHORT_MS = 0.01
const LONG_MS = 10

await question('mixed', 'What do threads give for 98 % of 0.01 ms and 2 % of 10 ms?', async (ask) => {
  const n = ask.size(2_000, 500)
  const hashesPerMs = perMs('hash')
  const taskOf = (ms) => [Math.max(1, Math.round(ms * hashesPerMs))]
  const largestFirst = times(n, (i) => taskOf(i < n / 50 ? LONG_MS : SHORT_MS))
  const table = shuffled(largestFirst)
  const shares = await ask.use(openShares())
  const field = await ask.use(openField('hash'))
  const mixed = await ask.compare(
    `${n.toLocaleString('en')} mixed calls`,
    { tasks: n, isRight: (values) => values.flat().length === n },
    {
      ...field.celeriac('each', (runtime) => runtime.run(tasks.hash.each(table))),
      ...field.pools((pool) => Promise.all(table.map((args) => pool.run(args)))),
      'ceiling: split by hand': () => shares.run('hash', deal(largestFirst)),
    },
  )
  ask.figure('ceiling-mixed', mixed.speed('celeriac, each', 'ceiling: split by hand'))
})
