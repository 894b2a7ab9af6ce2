/** How large a task must be before threads beat a plain loop on one. */

import { group } from 'celeriac'
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { summary } from './harness/statistics.mjs'
import { perMs } from './harness/work.mjs'
import { times } from './harness/workloads.mjs'
import { functions } from './workers/functions.js'
import { tasks } from './workers/tasks.js'

const SIZES_US = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]
/** Of work in one run, and most calls in it. */
const RUN_US = 50_000
const MOST_CALLS = 50_000
const MOST_POOL_CALLS = 2_000

await question('break-even', 'From which size on does a task pay for its way to a thread?', async (ask) => {
  const field = await ask.use(openField('loop', ['piscina']))
  const turnsPerUs = perMs('loop') / 1_000
  const comparisons = []
  for (const us of SIZES_US) {
    const turns = Math.round(us * turnsPerUs)
    const n = Math.min(ask.size(MOST_CALLS), Math.round(RUN_US / us))
    const poolCalls = Math.min(n, ask.size(MOST_POOL_CALLS, 500))
    comparisons.push(
      await ask.compare(
        `tasks of ${us} µs`,
        { tasks: n, isWatchedTarget: false },
        {
          ...field.celeriac('each', (runtime) => runtime.run(tasks.loop.each(times(n, () => [turns])))),
          'celeriac, group': () => field.quiet.run(group(times(n, () => tasks.loop.s(turns)))),
          piscina: {
            tasks: poolCalls,
            run: field.piscina((pool) => Promise.all(times(poolCalls, () => pool.run([turns])))),
          },
          inline: async () => {
            for (let i = 0; i < n; i++) functions.loop(turns)
          },
        },
      ),
    )
  }
  for (const name of ['celeriac, each', 'celeriac, group', 'piscina']) {
    const sizes = breakEven(comparisons, name)
    ask.fact('break-even task size', name, sizes, 'µs')
    if (name === 'celeriac, each') ask.figure('break-even', summary(sizes))
  }
})

/** Round by round, the size at which the contender begins to be faster than the inline loop; infinite if it never is. */
function breakEven(comparisons, name) {
  const speeds = comparisons.map((comparison) => {
    const inline = comparison.rounds('inline')
    return comparison.rounds(name).map((time, round) => inline[round] / time)
  })
  return speeds[0].map((_, round) => crossing(speeds.map((speed) => speed[round])))
}

/** Between the first two sizes in a row that win and the one before them, on logarithmic scales. */
function crossing(speeds) {
  const won = speeds.findIndex((speed, i) => speed >= 1 && (speeds[i + 1] ?? 1) >= 1)
  if (won === -1) return Number.POSITIVE_INFINITY
  if (won === 0) return SIZES_US[0]
  const [below, above] = [Math.log(speeds[won - 1]), Math.log(speeds[won])]
  if (below >= 0) return SIZES_US[won]
  const [from, to] = [SIZES_US[won - 1], SIZES_US[won]]
  return from * (to / from) ** (-below / (above - below))
}
