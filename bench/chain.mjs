/** Steps that wait for each other: leaving as one program for one worker, and where each must leave alone. */
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { onCeleriac, onPool } from './harness/workloads.mjs'

const STEPS = 100

await question('chain', 'What does a step of a chain cost?', async (ask) => {
  const field = await ask.use(openField('add'))
  const chains = await ask.compare(
    `chain of ${STEPS}`,
    { tasks: STEPS, iterations: ask.size(20, 3), isRight: (value) => value === STEPS },
    {
      ...field.celeriac('chain', (runtime) => onCeleriac.chain(runtime, STEPS)),
      ...field.celeriac('cannot fuse', (runtime) => onCeleriac.unfusable(runtime, STEPS)),
      ...field.pools((pool) => onPool.chain(pool, STEPS)),
    },
  )
  ask.figure('chain-fused', chains.speed('celeriac, chain'))
  ask.figure('chain-unfused', chains.speed('celeriac, cannot fuse'))
})
