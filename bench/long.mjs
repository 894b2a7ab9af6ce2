/** Tasks long enough for threads: whether anything is lost on the way, against the pools and against the ceiling. */
import { openField } from './harness/field.mjs'
import { deal, openShares } from './harness/pools.mjs'
import { question } from './harness/question.mjs'
import { perMs } from './harness/work.mjs'
import { times } from './harness/workloads.mjs'
import { functions } from './workers/functions.js'
import { tasks } from './workers/tasks.js'

const COUNTS = { 1: 200, 10: 20, 100: 4 }

await question('long', 'What do threads give for tasks of 1, 10 and 100 ms?', async (ask) => {
  const shares = await ask.use(openShares())
  for (const kernel of ['hash', 'loop']) {
    const amountPerMs = perMs(kernel)
    const field = await openField(kernel, ['piscina', 'tinypool', 'workerpool', 'poolifier'])
    for (const [ms, count] of Object.entries(COUNTS)) {
      const n = ask.size(count, count / 4)
      const table = times(n, () => [Math.round(ms * amountPerMs)])
      const calls = await ask.compare(
        `${n} × ${kernel} of ${ms} ms`,
        { tasks: n, isRight: (values) => values.flat().length === n },
        {
          ...field.celeriac('each', (runtime) => runtime.run(tasks[kernel].each(table))),
          ...field.pools((pool) => Promise.all(table.map((args) => pool.run(args)))),
          'ceiling: split by hand': () => shares.run(kernel, deal(table)),
          inline: async () => table.map(([amount]) => functions[kernel](amount)),
        },
      )
      if (kernel !== 'hash' || ms === '100') continue
      ask.figure(`throughput-${ms}ms`, calls.speed('celeriac, each'))
      ask.figure(`ceiling-${ms}ms`, calls.speed('celeriac, each', 'ceiling: split by hand'))
    }
    await field.close()
  }
  ask.note(
    'the native kernel (`hash`, pbkdf2) is the one with targets: a JavaScript `loop` differs by 15–25 % between isolates, whatever the pool.',
  )
})
