/** How long nothing else can happen while very many queued calls are revoked. */
import { openRuntime } from './harness/field.mjs'
import { holdThreads } from './harness/gate.mjs'
import { question } from './harness/question.mjs'
import { summary } from './harness/statistics.mjs'
import { times } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

const { add, block } = tasks

await question('revoke', 'How long a pause is it to revoke queued calls?', async (ask) => {
  const n = ask.size(10_000)
  const runtime = await ask.use(openRuntime())
  const kinds = {
    'a group, whole': () => [runtime.apply(add.each(times(n, (i) => [i, 1])))],
    'calls of their own': () => times(n, (i) => runtime.apply(add.s(i, 1))),
  }
  for (const [kind, apply] of Object.entries(kinds)) {
    const pauses = []
    for (let round = 0; round < ask.size(10, 3); round++) pauses.push(await pauseOf(runtime, apply))
    ask.fact(`${n.toLocaleString('en')} queued calls`, kind, pauses, 'ms')
    ask.figure('revoke', summary(pauses), kind)
  }
})

/** From the call of `revoke` until the event loop turns again. */
async function pauseOf(runtime, apply) {
  const open = await holdThreads((gate) => runtime.run(block.s(gate)))
  const handles = apply()
  await new Promise(setImmediate)
  const started = performance.now()
  runtime.revoke(handles)
  await new Promise(setImmediate)
  const pause = performance.now() - started
  const last = await handles.at(-1).get({ propagate: false })
  if (![last].flat().every((end) => end.code === 'ERR_REVOKED')) throw new Error('a revoked call ran')
  await open()
  return pause
}
