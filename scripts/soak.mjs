/**
 * Does nothing keep growing? Runs millions of calls, then loses thread after thread, and fails if the heap has a slope, or if handles,
 * listeners or threads are not what they were.
 *
 * node --expose-gc scripts/soak.mjs [--tasks 10000000] [--kills 1000] [--threads 2] [--leak BYTES]
 *
 * `--leak` keeps so many bytes for every call, to see that this is found.
 */
import { getEventListeners, setMaxListeners } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { getHeapCodeStatistics } from 'node:v8'
import { createRuntime, group } from 'celeriac'
import { runRound } from './soak/mix.mjs'
import { slopeOf } from './soak/slope.mjs'
import { add, linger, spin, weigh } from './soak/tasks.mjs'

/**
 * Most bytes that a call, and a thread that dies, may leave behind; said with 95 % confidence. A thread that stays is more than ten times as
 * much; what is below is what V8 learns about code that is run for the first time.
 */
const MOST_PER_TASK = 8
const MOST_PER_KILL = 4_096
/** Points of a line; what comes before them is the warm-up. */
const SAMPLES = 20
const WARM_UP = 0.2
/** A thread that has been ended leaves a little later. */
const SETTLE_MS = 50

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10000000' },
    kills: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '2' },
    leak: { type: 'string', default: '0' },
  },
})
const [tasks, kills, threads, leak] = ['tasks', 'kills', 'threads', 'leak'].map((name) => Number(values[name]))
if (typeof globalThis.gc !== 'function') throw new Error('run this with node --expose-gc')

const warnings = []
process.on('warning', (warning) => warnings.push(String(warning)))
const { signal } = new AbortController()
// Many calls of one round listen to it at one time.
setMaxListeners(0, signal)
const leaked = []
let failed = false

/** Prints a line, and whether it is as it should be. */
function report(name, text, isGood) {
  console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${name}: ${text}`)
  if (!isGood) failed = true
}

/** The heap of the main thread, but for compiled code, once everything that can go has gone. Code grows for long, and has an end. */
async function ownHeap() {
  for (let i = 0; i < 2; i++) {
    await turn()
    globalThis.gc()
  }
  const { code_and_metadata_size: machine, bytecode_and_metadata_size: byte } = getHeapCodeStatistics()
  return process.memoryUsage().heapUsed - machine - byte
}

/** The heaps of all worker threads together. */
async function heapOfThreads(runtime) {
  const found = new Map()
  for (let tries = 0; found.size < threads && tries < 100; tries++)
    for (const [id, bytes] of await runtime.run(group(Array.from({ length: 2 * threads }, () => weigh.s()))))
      found.set(id, bytes)
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** What must be the same before and after. */
const standing = (runtime) => ({
  handles: countOf(process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && name !== 'Timeout')),
  'listeners of the process': countOf(
    process.eventNames().flatMap((name) => process.rawListeners(name).map(() => String(name))),
  ),
  'listeners of a signal': getEventListeners(signal, 'abort').length,
  workers: runtime.inspect().workers.length,
  'threads of the process': existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : 'unknown here',
  pending: runtime.inspect().running.length + runtime.inspect().ready.length + runtime.inspect().scheduled.length,
})

function countOf(names) {
  const counts = {}
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1
  return JSON.stringify(counts)
}

/** A thread that has just died may still be leaving. */
async function isBack(runtime, before) {
  for (let tries = 0; tries < 100; tries++) {
    await runtime.idle()
    const now = standing(runtime)
    if (Object.keys(before).every((name) => now[name] === before[name])) return now
    await sleep(50)
  }
  return standing(runtime)
}

async function compareStanding(runtime, before) {
  const now = await isBack(runtime, before)
  for (const name of Object.keys(before))
    report(name, `${before[name]} before, ${now[name]} after`, before[name] === now[name])
}

function reportSlope(name, points, most, unit) {
  const { slope, margin } = slopeOf(points)
  const heap = `heap from ${mib(points[0][1])} to ${mib(points.at(-1)[1])} MiB over ${points.length} samples`
  const text = `${slope.toFixed(3)} ± ${margin.toFixed(3)} bytes a ${unit} (95 %), at most ${most}; ${heap}`
  report(name, text, slope + margin <= most)
}
const mib = (bytes) => (bytes / 2 ** 20).toFixed(2)

async function soak(runtime) {
  const points = { main: [], threads: [] }
  const begin = performance.now()
  const { started: offset } = runtime.metrics()
  const done = () => runtime.metrics().started - offset
  let next = tasks * WARM_UP
  while (points.main.length < SAMPLES) {
    const before = done()
    await runRound(runtime, signal)
    for (let i = before; leak > 0 && i < done(); i++) leaked.push(new Float64Array(leak / 8))
    if (done() < next) continue
    await runtime.idle()
    points.threads.push([done(), await heapOfThreads(runtime)])
    points.main.push([done(), await ownHeap()])
    next += (tasks * (1 - WARM_UP)) / (SAMPLES - 1)
  }
  const seconds = (performance.now() - begin) / 1_000
  const { succeeded, failed: failures, revoked, retried } = runtime.metrics()
  console.log(
    `${done()} calls in ${seconds.toFixed(0)} s: ${succeeded} succeeded, ${failures} failed, ${revoked} revoked, ${retried} retried`,
  )
  reportSlope('main thread', points.main, MOST_PER_TASK, 'call')
  reportSlope('worker threads', points.threads, MOST_PER_TASK, 'call')
}

/** Loses threads, one by a time limit and one by revoking, with harmless calls beside them. */
async function kill(runtime) {
  const points = []
  const begin = performance.now()
  const { workersLost: offset } = runtime.metrics()
  const lost = () => runtime.metrics().workersLost - offset
  let next = kills * WARM_UP
  while (points.length < SAMPLES) {
    await losePair(runtime)
    if (lost() < next) continue
    await runtime.ready()
    await sleep(SETTLE_MS)
    points.push([lost(), await ownHeap()])
    next += (kills * (1 - WARM_UP)) / (SAMPLES - 1)
  }
  console.log(`${lost()} threads lost in ${((performance.now() - begin) / 1_000).toFixed(0)} s`)
  reportSlope('main thread, losing threads', points, MOST_PER_KILL, 'loss')
}

async function losePair(runtime) {
  const revoke = ({ id, taskName }) => {
    if (taskName === 'spin') queueMicrotask(() => runtime.revoke(id, { terminate: true }))
  }
  const timed = runtime.apply(linger.s())
  runtime.on('task-started', revoke)
  const revoked = runtime.apply(spin.s())
  const neighbours = runtime.apply(group(add.s(1, 1), add.s(2, 2)))
  const ends = [await timed.get({ propagate: false }), await revoked.get({ propagate: false })]
  runtime.off('task-started', revoke)
  const found = JSON.stringify([ends.map(({ name }) => name), await neighbours.get()])
  if (found !== '[["TimeLimitError","TaskRevokedError"],[2,4]]') throw new Error(`it ended in ${found}`)
}

const runtime = createRuntime({ threads, graceMs: 0, maxLosses: Infinity })
await runRound(runtime, signal)
await runtime.ready()
await runtime.idle()
const before = standing(runtime)
console.log(`node ${process.version}, ${threads} threads`)
if (tasks > 0) {
  await soak(runtime)
  await compareStanding(runtime, before)
}
if (kills > 0) {
  await kill(runtime)
  await compareStanding(runtime, before)
}
report('warnings', warnings.length === 0 ? 'none' : warnings.join('\n'), warnings.length === 0)
await runtime.close()
process.exitCode = failed ? 1 : 0
