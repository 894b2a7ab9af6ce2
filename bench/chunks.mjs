/** Items by the thousand in one call. */
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { endsWith, onCeleriac, onPool } from './harness/workloads.mjs'

await question('chunks', 'What does an item of a chunk cost?', async (ask) => {
  const items = ask.size(100_000)
  const calls = ask.size(10_000)
  const field = await ask.use(openField('add', ['piscina']))
  const contenders = {}
  for (const size of [100, 1_000, 10_000])
    Object.assign(
      contenders,
      field.celeriac(`chunks of ${size}`, (runtime) => onCeleriac.chunks(runtime, items, size)),
    )
  const chunks = await ask.compare(
    `${items.toLocaleString('en')} items`,
    { tasks: items, isRight: endsWith(items) },
    {
      ...contenders,
      piscina: {
        tasks: calls,
        isRight: endsWith(calls),
        run: field.piscina((pool) => onPool.singles(pool, calls)),
      },
    },
  )
  ask.figure('chunks', chunks.speed('celeriac, chunks of 1000'))
})
