/** One call at a time, with nothing else going on: how long until its value is here. */
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { onCeleriac, onPool } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

await question('latency', 'How long does a lone call take?', async (ask) => {
  const field = await ask.use(openField('add'))
  const lone = await ask.compare(
    'a lone call',
    { tasks: 1, iterations: ask.size(1_000, 100), isRight: (value) => value === 2 },
    {
      ...field.celeriac('run', onCeleriac.lone),
      ...field.celeriac('apply and get', (runtime) => runtime.apply(tasks.add.s(1, 1)).get()),
      ...field.pools(onPool.lone),
    },
  )
  ask.figure('lone-p50', lone.slowness('celeriac, run'))
})
