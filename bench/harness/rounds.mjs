/**
 * Plays contenders against each other, in rounds within one process: each runs once a round, in rotating order, so that a slow moment of
 * the machine or a warm cache favours nobody. tinybench runs a task to the end of its budget before the next; so each round is a Bench of
 * its own. Before the first round each runs for the same time, uncounted: what is measured is code that has been compiled. A turn lasts as long
 * for each, or for one run, and its time is the median of its runs: of a run of 4 ms alone most would be the waking of threads and cold memory. It begins
 * with a collection of garbage, so that nobody pays for the one before, and then a run that is not counted, since a collection makes V8's
 * young space small again, unless one takes seconds. V8 keeps the code of those who wait for their turn: in a program that calls now
 * and then it would, and here each collection would throw it away.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Bench } from 'tinybench'
import { median, percentile, quotients, summary } from './statistics.mjs'

setFlagsFromString('--expose-gc')
setFlagsFromString('--no-flush-bytecode')
export const collectGarbage = runInNewContext('gc')

/** Times are quoted against this contender: raw Piscina, one `pool.run` a task. */
export const REFERENCE = 'piscina'

/**
 * @param contenders - By name: how many `tasks` one `run` is, and `isRight`, which sees what it gave.
 * @param options.iterations - Runs in one turn of a contender, at least.
 */
export async function playRounds(contenders, { rounds, iterations = 1 }) {
  const entries = Object.entries(contenders)
  const turns = new Map(entries.map(([name]) => [name, []]))
  const warmable = new Set()
  for (const [name, contender] of entries) if (await warmUp(contender)) warmable.add(name)
  for (let round = 0; round < rounds; round++)
    for (const [name, turn] of await playRound(rotated(entries, round), iterations, warmable))
      turns.get(name).push(turn)
  return new Comparison(turns)
}

/** How long a turn lasts at least, in ms. */
const TURN_MS = 200
/** How long each contender runs before it counts, in ms: as often as it can in that time, and once at least. */
const WARM_UP_MS = 1_000
/** A run that takes longer, in ms, warms itself. */
const LONG_MS = 2_000

/** Gives whether a turn may begin with a run that is not counted. */
async function warmUp({ run }) {
  const started = performance.now()
  let runs = 0
  do {
    await run()
    runs++
  } while (performance.now() < started + WARM_UP_MS)
  return performance.now() - started < runs * LONG_MS
}

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)]

/** Whose turn it is. A process that has nothing left to do ends in the middle of it: then somebody lost a call, and should be named. */
let turnOfContender
process.on('exit', () => {
  if (turnOfContender !== undefined)
    console.error(`bench: "${turnOfContender}" never gave its value, and nothing was left to wait for`)
})

async function playRound(entries, iterations, warmable) {
  const bench = new Bench({ iterations, time: TURN_MS, warmup: false, throws: true, retainSamples: true })
  const cpuMs = new Map()
  for (const [name, contender] of entries) addTurn(bench, name, { ...contender, isWarmed: warmable.has(name) }, cpuMs)
  await bench.run()
  return bench.tasks.map(({ name, result }) => [name, turnOf(contenders(entries, name), result, cpuMs.get(name))])
}

const contenders = (entries, name) => entries.find(([own]) => own === name)[1]

function addTurn(bench, name, { run, isRight, isWarmed }, cpuMs) {
  let value
  let before = 0
  const work = async () => {
    value = await run()
  }
  bench.add(name, work, {
    async: true,
    async beforeAll() {
      turnOfContender = name
      collectGarbage()
      if (isWarmed) await run()
      before = cpuNow()
    },
    afterEach() {
      if (!isRight(value)) throw new Error(`${name} gave a wrong value`)
      value = undefined
    },
    afterAll() {
      turnOfContender = undefined
      cpuMs.set(name, cpuNow() - before)
    },
  })
}

/** CPU time of all threads of this process so far, in ms. */
function cpuNow() {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return (userCPUTime + systemCPUTime) / 1_000
}

/** Per task and in µs: the time, its far end, and the CPU time. */
function turnOf({ tasks }, { latency }, cpuMs) {
  const perTask = (ms) => (ms * 1_000) / tasks
  const { samples } = latency
  return {
    tasks,
    time: perTask(median(samples)),
    p99: perTask(percentile(samples, 0.99)),
    cpu: perTask(cpuMs / samples.length),
  }
}

/** What the rounds gave. Quotients are made round by round. */
class Comparison {
  #turns

  constructor(turns) {
    this.#turns = turns
  }

  get names() {
    return [...this.#turns.keys()]
  }

  has(name) {
    return this.#turns.has(name)
  }

  tasks(name) {
    return this.#turns.get(name)[0].tasks
  }

  /** Every round of a contender: `time`, `p99` or `cpu`, in µs per task. */
  rounds(name, what = 'time') {
    return this.#turns.get(name).map((turn) => turn[what])
  }

  /** How many times as fast as another. */
  speed(name, other = REFERENCE) {
    return summary(quotients(this.rounds(other), this.rounds(name)))
  }

  /** How many times as long as another. */
  slowness(name, other = REFERENCE) {
    return summary(quotients(this.rounds(name), this.rounds(other)))
  }
}
