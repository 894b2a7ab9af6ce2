/** A count, not a time: how many messages cross the thread border for one group, in each direction. */
import { setEnvironmentData } from 'node:worker_threads'
import { openRuntime } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { summary } from './harness/statistics.mjs'
import { onCeleriac } from './harness/workloads.mjs'
import { COUNTS, countMessages } from './workers/message-counts.js'

await question('messages', 'How many messages does a group take?', async (ask) => {
  const n = ask.size(10_000)
  const counts = new Int32Array(new SharedArrayBuffer(8))
  setEnvironmentData(COUNTS, counts)
  countMessages()
  const runtime = await ask.use(
    openRuntime({ execArgv: ['--import', new URL('./workers/message-counts-here.js', import.meta.url).href] }),
  )
  for (const kind of ['group', 'each']) {
    const [there, back] = [[], []]
    // The first group is the one that nothing is known of; all count, as they come.
    for (let round = 0; round < 5; round++) {
      counts.fill(0)
      await onCeleriac[kind](runtime, n)
      there.push(counts[0])
      back.push(counts[1])
    }
    ask.fact(`${kind} of ${n.toLocaleString('en')}`, 'to the threads', there, '')
    ask.fact(`${kind} of ${n.toLocaleString('en')}`, 'back', back, '')
    ask.figure('messages', summary(there.map((sent, round) => sent + back[round])), kind)
  }
})
