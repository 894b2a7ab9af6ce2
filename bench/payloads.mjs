/** Large arguments: objects, and typed arrays that are cloned, moved or shared; and a large value that goes from step to step. */
import * as celeriac from 'celeriac'
import { openField } from './harness/field.mjs'
import { question } from './harness/question.mjs'
import { times } from './harness/workloads.mjs'
import { tasks } from './workers/tasks.js'

const { chain, group } = celeriac
const POOLS = ['piscina', 'tinypool', 'workerpool', 'poolifier']
/** Bytes of one, how many are cloned in a run, and how many of those that cost nothing to send. */
const SIZES = { '1 KB': [1_000, 500, 500], '100 KB': [100_000, 40, 100], '10 MB': [10_000_000, 2, 10] }
const STEPS = 5
const { sizeOf, pass } = tasks

await question('payloads', 'What does it cost to send large values?', async (ask) => {
  const field = await ask.use(openField('sizeOf', POOLS))
  for (const [size, [bytes, few, many]] of Object.entries(SIZES)) {
    const [cloned, passed] = [few, many].map((n) => ask.size(n, Math.max(2, n / 10)))
    const send = (n, what, contenders) =>
      ask.compare(`${n} × ${what}`, { tasks: n, isWatchedTarget: false }, contenders)
    const records = recordsOf(bytes)
    await send(
      cloned,
      `objects of ${size}`,
      sendOn(field, cloned, 'object', () => records),
    )
    const array = new Float64Array(bytes / 8)
    await send(
      cloned,
      `typed arrays of ${size}, cloned`,
      sendOn(field, cloned, 'clone', () => array),
    )
    const shared = new Float64Array(new SharedArrayBuffer(bytes))
    await send(
      passed,
      `typed arrays of ${size}, shared`,
      sendOn(field, passed, 'share', () => shared),
    )
    // Each can be moved once, so making it is part of the run on all sides.
    const fresh = () => new Float64Array(bytes / 8)
    await send(passed, `typed arrays of ${size}, moved`, moveOn(field, passed, fresh))
  }
  if (!('transfer' in celeriac)) ask.note('celeriac has no `transfer()` yet: its rows of moved arrays are left out.')

  const records = recordsOf(ask.size(10_000_000, 1_000_000))
  await ask.compare(
    `chain of ${STEPS} that hands on ${ask.size('10 MB', '1 MB')}`,
    { tasks: STEPS, isWatchedTarget: false },
    {
      ...field.celeriac('chain', (runtime) =>
        runtime.run(chain(pass.s(records), ...times(STEPS - 2, () => pass.s()), sizeOf.s())),
      ),
      piscina: field.piscina(async (pool) => {
        let value = records
        for (let step = 1; step < STEPS; step++) value = await pool.run([value], 'pass')
        return pool.run([value])
      }),
    },
  )
})

function sendOn(field, n, name, make) {
  return {
    ...field.celeriac(name, (runtime) => runtime.run(group(times(n, () => sizeOf.s(make()))))),
    ...field.pools((pool) => Promise.all(times(n, () => pool.run([make()])))),
  }
}

function moveOn(field, n, make) {
  const move = (pool, array) => pool.run([array], 'sizeOf', [array.buffer])
  const pools = field.pools((pool) => Promise.all(times(n, () => move(pool, make()))))
  if (!('transfer' in celeriac)) return pools
  const signature = (array) => sizeOf.s(celeriac.transfer(array, [array.buffer]))
  return { ...field.celeriac('move', (runtime) => runtime.run(group(times(n, () => signature(make()))))), ...pools }
}

/** Records as they come from a database; about so many bytes as JSON. */
function recordsOf(bytes) {
  const record = (i) => ({
    id: i,
    name: `record ${i}`,
    tags: ['red', 'green'],
    at: { x: i / 7, y: i / 11 },
    isOpen: true,
  })
  return times(Math.ceil(bytes / JSON.stringify(record(1_000)).length), record)
}
