/** What a call takes while it waits for a thread, beyond its arguments and, where it has one, its signature. */
import { group } from 'celeriac'
import { openRuntime } from './harness/field.mjs'
import { holdThreads } from './harness/gate.mjs'
import { POOLS } from './harness/pools.mjs'
import { question } from './harness/question.mjs'
import { collectGarbage } from './harness/rounds.mjs'
import { summary } from './harness/statistics.mjs'
import { times } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

const { add, block } = tasks
const argumentsOf = (n) => times(n, (i) => [i, 1])
const signaturesOf = (n) => times(n, (i) => add.s(i, 1))

await question('memory', 'How many bytes does a pending call take?', async (ask) => {
  const n = ask.size(100_000)
  const runtime = await ask.use(openRuntime())
  const piscina = await ask.use(POOLS.piscina('add'))
  const onRuntime = (gate) => runtime.run(block.s(gate))
  const onPiscina = (gate) => piscina.run([gate], 'block')
  const kinds = {
    'celeriac, each': [onRuntime, argumentsOf, (table) => runtime.run(add.each(table))],
    'celeriac, group': [onRuntime, signaturesOf, (signatures) => runtime.run(group(signatures))],
    'celeriac, own promises': [
      onRuntime,
      signaturesOf,
      (signatures) => Promise.all(signatures.map((s) => runtime.run(s))),
    ],
    piscina: [onPiscina, argumentsOf, (table) => Promise.all(table.map((args) => piscina.run(args)))],
  }
  for (const [name, [hold, prepare, call]] of Object.entries(kinds)) {
    const bytes = []
    // The first time it also pays for code that is compiled then.
    await bytesPerCall(n, hold, prepare, call)
    for (let round = 0; round < ask.size(5, 2); round++) bytes.push(await bytesPerCall(n, hold, prepare, call))
    ask.fact(`${n.toLocaleString('en')} pending calls`, name, bytes, 'B')
    // Promises of one's own are asked for: a group is what the target speaks of.
    if (name === 'celeriac, each' || name === 'celeriac, group') ask.figure('bytes', summary(bytes), name)
  }
})

async function bytesPerCall(n, hold, prepare, call) {
  const prepared = prepare(n)
  const open = await holdThreads(hold)
  const before = heldBytes()
  const done = call(prepared)
  await settled()
  const bytes = (heldBytes() - before) / n
  await open()
  await done
  return bytes
}

/** What is sent at all is sent within a few turns of the event loop. */
async function settled() {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
}

function heldBytes() {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
