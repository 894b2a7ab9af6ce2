/** Many tiny calls: what one of them costs when its work is nothing, from 10k to 1M, against every pool and against no threads at all. */
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { quotients, summary } from './harness/statistics.mjs'
import { endsWith, inline, onCeleriac, onPool } from './harness/workloads.mjs'

await question('dispatch', 'What does one of very many small calls cost?', async (ask) => {
  const field = await ask.use(openField('add'))
  const [small, large, huge] = [ask.size(10_000), ask.size(100_000), ask.size(1_000_000, 20_000)]
  const celeriac = (n) => ({
    ...field.celeriac('group', (runtime) => onCeleriac.group(runtime, n)),
    ...field.celeriac('each', (runtime) => onCeleriac.each(runtime, n)),
  })
  const calls = (n) => `${n.toLocaleString('en')} calls`

  const tens = await ask.compare(
    calls(small),
    { tasks: small, isRight: endsWith(small) },
    {
      ...celeriac(small),
      ...field.celeriac('own promises', (runtime) => onCeleriac.singles(runtime, small)),
      ...field.pools((pool) => onPool.singles(pool, small)),
      inline: () => inline.singles(small),
    },
  )
  ask.figure('group-10k', tens.speed('celeriac, group'))
  ask.figure('each-10k', tens.speed('celeriac, each'))
  ask.figure('singles-10k', tens.speed('celeriac, own promises'))

  const hundreds = await ask.compare(
    calls(large),
    { tasks: large, isRight: endsWith(large) },
    {
      ...celeriac(large),
      piscina: field.piscina((pool) => onPool.singles(pool, large)),
      inline: () => inline.singles(large),
    },
  )
  ask.figure('group-100k', hundreds.speed('celeriac, group'))
  ask.figure('each-100k', hundreds.speed('celeriac, each'))
  ask.figure('inline-group-100k', hundreds.speed('celeriac, group', 'inline'))
  ask.figure('inline-each-100k', hundreds.speed('celeriac, each', 'inline'))

  const millions = await ask.compare(
    calls(huge),
    { tasks: huge, isRight: endsWith(huge) },
    {
      ...celeriac(huge),
      // A million promises of Piscina's would only take longer: a task of theirs costs the same.
      piscina: { tasks: small, isRight: endsWith(small), run: field.piscina((pool) => onPool.singles(pool, small)) },
      inline: () => inline.singles(huge),
    },
  )
  for (const name of ['celeriac, group', 'celeriac, each'])
    ask.figure('growth', summary(quotients(millions.rounds(name), hundreds.rounds(name))), name)
})
