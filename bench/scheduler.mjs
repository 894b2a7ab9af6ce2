/**
 * The state machine by itself: every call is made ready, dispatched, and ended by an outcome that costs nothing to make. The one bench
 * that knows what is inside of the package; all of that knowledge is in `drive`.
 */
import { chord, group } from 'celeriac'
import { compile } from '../dist/graph/compile.js'
import { Scheduler } from '../dist/scheduler/scheduler.js'
import { THREADS } from './harness/pools.mjs'
import { question } from './harness/question.mjs'
import { summary } from './harness/statistics.mjs'
import { times } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

const { add, sum } = tasks
/** What a call is said to have taken. */
const CALL_MS = 0.0005

await question('scheduler', 'What does the scheduler alone take for a call?', async (ask) => {
  const n = ask.size(100_000)
  const signatures = times(n, (i) => add.s(i, 1))
  const kinds = {
    each: add.each(times(n, (i) => [i, 1])),
    group: group(signatures),
    chord: chord(signatures, sum.s()),
  }
  const contenders = Object.entries(kinds).map(([kind, canvas]) => {
    const graph = compile(canvas)
    return [kind, async () => drive(graph)]
  })
  const alone = await ask.compare(
    `${n.toLocaleString('en')} calls`,
    { tasks: n, isRight: (ended) => ended >= n },
    Object.fromEntries(contenders),
  )
  for (const kind of Object.keys(kinds))
    ask.figure('scheduler', summary(alone.rounds(kind).map((us) => us * 1_000)), kind)
})

/** Submits a graph and answers every batch at once. Gives how many calls have ended. */
function drive(graph) {
  const scheduler = new Scheduler(THREADS, 'bench-')
  const submittedAt = {}
  const submit = { type: 'submit', at: 0, graph, args: [], kwargs: {}, keep: false, submittedAt, isRevoked: false }
  const batches = []
  const note = (instructions) => {
    for (const instruction of instructions) if (instruction.type === 'dispatch') batches.push(instruction.batch)
  }
  note(scheduler.handle(submit))
  for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
    const ends = [{ from: 0, values: new Float64Array(batch.size) }]
    note(scheduler.handle({ type: 'outcomes', at: 0, batch: batch.number, ends, random: 0, ms: batch.size * CALL_MS }))
  }
  return scheduler.state().ended
}
