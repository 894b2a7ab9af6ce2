/**
 * The storm: 2,000 calls in some 300 workflows, one call in twelve of them harmful in one of fourteen ways, in an order by seed. Every promise has
 * to settle with the right outcome: harmless calls have their value, harmful ones their error, and those behind them the same error.
 * Afterwards there are as many threads as before.
 *
 *   npm run storm                    five seeds
 *   npm run storm -- --seeds 20
 *   npm run storm -- --seed 7        that one
 */
import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRuntime } from 'celeriac'
import { tasks } from './bodies/celeriac-tasks.js'
import { canvasOf, describe, expected, planner } from './storm-plan.mjs'

const CALLS = 2_000
/** A storm that takes longer than this hangs. */
const DEADLINE_MS = 120_000
const MOST_SHOWN = 10

const { values: flags } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, seed: { type: 'string' } } })
const seeds =
  flags.seed === undefined ? Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1) : [Number(flags.seed)]

/** How many outcomes were wrong. */
async function storm(seed) {
  // Every third has calls side by side on each thread, and none that would take a neighbour with it.
  const isGentle = seed % 3 === 0
  const runtime = createRuntime({
    threads: 2,
    callsPerThread: isGentle ? 4 : 1,
    graceMs: 50,
    resourceLimits: { maxOldGenerationSizeMb: 48 },
    maxLosses: Number.POSITIVE_INFINITY, // a storm is no reason to give up
  })
  await warmUp(runtime)
  const threads = threadsOfProcess()
  const started = performance.now()
  const watch = new Watch()
  const plan = planner(seed, isGentle)
  // Who listens, and who asks for each call, changes how calls leave: so some do, and some do not.
  const terminal = seed % 2 === 0 ? countEnds(runtime) : undefined
  let workflows = 0
  for (; plan.calls < CALLS; workflows++) start(runtime, plan.next(), watch, { seed, isWatched: workflows % 2 === 0 })
  await Promise.race([Promise.all(watch.all), wait(DEADLINE_MS, undefined, { ref: false })])
  const complaints = watch.complaints()
  if (complaints.length === 0) await runtime.idle()
  for (const [id, count] of terminal ?? []) if (count !== 1) complaints.push(`${id} ended ${count} times`)
  const left = await threadsLeft(threads)
  if (left !== threads) complaints.push(`${threads} threads before, ${left} afterwards`)
  const { workersLost, lateOutcomes } = runtime.metrics()
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(
    `seed ${seed}: ${plan.calls} calls in ${workflows} workflows, ${watch.all.length} promises, ${watch.settled} settled, ${complaints.length} wrong; ${workersLost} threads lost, ${lateOutcomes} late outcomes, ${seconds} s`,
  )
  for (const complaint of complaints.slice(0, MOST_SHOWN)) console.log(`  ${complaint}`)
  await runtime.destroy()
  return complaints.length
}

function start(runtime, plan, watch, { seed, isWatched }) {
  const idOf = isWatched ? (number) => `storm-${seed}-${number}` : undefined
  const canvas = canvasOf(plan, tasks, idOf)
  const ends = new Map()
  const whole = expected(plan, { value: 0 }, ends)
  if (!isWatched) return watch.add('a workflow', runtime.run(canvas, { args: [0] }), whole)
  const result = runtime.apply(canvas, { args: [0] })
  watch.add(result.id, result.get(), whole)
  for (const [number, end] of ends) watch.add(idOf(number), runtime.result(idOf(number)).get(), end)
}

/** All promises of a storm, and how each should settle. */
class Watch {
  all = []
  settled = 0
  #open = new Map()
  #wrong = []

  add(name, promise, end) {
    const key = this.all.length
    this.#open.set(key, name)
    const note = (actual) => {
      this.settled++
      this.#open.delete(key)
      if (describe(actual) !== describe(end))
        this.#wrong.push(`${name}: ${describe(actual)} instead of ${describe(end)}${reason(actual)}`)
    }
    this.all.push(
      promise.then(
        (value) => note({ value }),
        (error) =>
          note({
            error: error.name,
            message: error.cause === undefined ? error.message : `${error.message}, ${error.cause}`,
          }),
      ),
    )
  }

  complaints() {
    return [...this.#wrong, ...[...this.#open.values()].map((name) => `${name} never settled`)]
  }
}

const reason = ({ message }) => (message === undefined ? '' : ` (${message})`)

/** How often each call has ended, by the events. */
function countEnds(runtime) {
  const counts = new Map()
  for (const type of ['task-succeeded', 'task-failed', 'task-revoked'])
    runtime.on(type, ({ id }) => counts.set(id, (counts.get(id) ?? 0) + 1))
  return counts
}

/** Every thread has worked, and Node has started the threads that it starts on first use. */
async function warmUp(runtime) {
  await runtime.ready()
  await Promise.all(Array.from({ length: 8 }, () => runtime.run(tasks.later.si(20))))
}

async function threadsLeft(threads) {
  for (let i = 0; i < 100 && threadsOfProcess() !== threads; i++) await wait(50)
  return threadsOfProcess()
}

/** Of the whole process, where the system tells. */
function threadsOfProcess() {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    return 0
  }
}

let wrong = 0
for (const seed of seeds) wrong += await storm(seed)
console.log(wrong === 0 ? `${seeds.length} storms, every outcome right` : `${wrong} wrong outcomes`)
process.exitCode = wrong === 0 ? 0 : 1
