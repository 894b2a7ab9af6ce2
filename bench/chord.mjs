/** A header of tiny calls and a body with all their values. */
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { onCeleriac, onPool } from './harness/workloads.mjs'

await question('chord', 'What does a call in the header of a chord cost?', async (ask) => {
  const n = ask.size(10_000)
  const field = await ask.use(openField('add'))
  const total = (n * (n + 1)) / 2
  const chords = await ask.compare(
    `chord of ${n.toLocaleString('en')}`,
    { tasks: n + 1, isRight: (value) => value === total },
    {
      ...field.celeriac('chord', (runtime) => onCeleriac.chord(runtime, n)),
      ...field.pools((pool) => onPool.chord(pool, n)),
    },
  )
  ask.figure('chord-10k', chords.speed('celeriac, chord'))
})
