/**
 * What streaming costs: memory and speed over ten million items, beside the same items as one group of `each`, and beside piscina fed by
 * p-map, which is how one streams without celeriac. A task adds one, so nearly all of it is the way there and back.
 *
 *     npm run bench:stream             all of them
 *     npm run bench:stream -- --check  only the ten million; fails unless each value is right and memory stays flat
 *
 * Every measurement runs in a process of its own, so that one does not pay for the garbage of another.
 */
import { fork } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const ITEMS = 10_000_000
/** Memory may be so much higher at the end than halfway, in MB: two numbers kept for each item would take as much. */
const FLAT_WITHIN_MB = 80
const PARTS = 10
const DEADLINE_MS = 300_000
const THREADS = availableParallelism()

function* numbers(count) {
  for (let i = 0; i < count; i++) yield i
}

/** Takes values in, checks them, and reports memory and time after each part. */
class Tally {
  #count = 0
  #sum = 0
  #part
  #items
  #started = performance.now()
  #peak = 0
  constructor(items) {
    this.#items = items
    this.#part = items / PARTS
  }
  take(value) {
    this.#sum += value
    this.#count++
    if (this.#count % 50_000 === 0) this.#peak = Math.max(this.#peak, process.memoryUsage().rss)
    if (this.#count % this.#part === 0) this.#report()
  }
  #report() {
    const ms = performance.now() - this.#started
    const isRight = this.#count < this.#items || this.#sum === (this.#items * (this.#items + 1)) / 2
    process.send({ items: this.#count, ms, peakMB: this.#peak / 1e6, isRight })
    this.#peak = 0
  }
}

const KINDS = {
  async stream(items, options) {
    const { createRuntime } = await import('celeriac')
    const { increment } = await import('./stream-tasks.js')
    const runtime = createRuntime({ threads: THREADS })
    await runtime.ready()
    const tally = new Tally(items)
    for await (const value of runtime.map(increment, numbers(items), options)) tally.take(value)
    await runtime.close()
  },
  unordered: (items) => KINDS.stream(items, { ordered: false }),
  async each(items) {
    const { createRuntime } = await import('celeriac')
    const { increment } = await import('./stream-tasks.js')
    const runtime = createRuntime({ threads: THREADS })
    await runtime.ready()
    const tally = new Tally(items)
    const table = Array.from(numbers(items), (i) => [i])
    for (const value of await runtime.run(increment.each(table))) tally.take(value)
    await runtime.close()
  },
  async piscina(items) {
    const { Piscina } = await import('piscina')
    const { pMapIterable } = await import('p-map')
    const filename = fileURLToPath(new URL('stream-piscina.mjs', import.meta.url))
    const pool = new Piscina({ filename, minThreads: THREADS, maxThreads: THREADS })
    await pool.run(0)
    const tally = new Tally(items)
    const values = pMapIterable(numbers(items), (x) => pool.run(x), {
      concurrency: 16 * THREADS,
      backpressure: 64 * THREADS,
    })
    for await (const value of values) tally.take(value)
    await pool.destroy()
  },
}

/** Runs one kind in a process of its own, and gives what it reported. */
function measured(kind, items, onReport = () => {}) {
  return new Promise((resolve, reject) => {
    const reports = []
    const child = fork(fileURLToPath(import.meta.url), ['--child', kind, String(items)], { timeout: DEADLINE_MS })
    child.on('message', (report) => {
      reports.push(report)
      onReport(report)
    })
    child.on('exit', (code) => {
      if (code === 0 && reports.length === PARTS && reports.at(-1).isRight) resolve(reports)
      else reject(new Error(`${kind} with ${items} items: code ${code}, ${reports.length} of ${PARTS} reports`))
    })
  })
}

const row = (...cells) => console.log(cells.map((cell, i) => String(cell).padStart(i === 0 ? 22 : 14)).join(''))
const number = (value) => Math.round(value).toLocaleString('en-US')

async function tenMillion() {
  console.log(`${number(ITEMS)} items streamed through ${THREADS} threads`)
  row('items', 'peak MB', 'items/s')
  let before = { items: 0, ms: 0 }
  const reports = await measured('stream', ITEMS, (report) => {
    const rate = (report.items - before.items) / ((report.ms - before.ms) / 1e3)
    row(number(report.items), number(report.peakMB), number(rate))
    before = report
  })
  const growth = reports.at(-1).peakMB - reports[PARTS / 2 - 1].peakMB
  console.log(`memory at the end is ${number(growth)} MB above that halfway`)
  return growth
}

async function compare() {
  console.log(`\nthe same beside others, each with as many items as it can do in some seconds`)
  row('', 'items', 'items/s', 'peak MB')
  for (const [kind, items] of [
    ['stream', 2_000_000],
    ['unordered', 2_000_000],
    ['each', 500_000],
    ['piscina', 100_000],
  ]) {
    const reports = await measured(kind, items)
    const peak = Math.max(...reports.map(({ peakMB }) => peakMB))
    const title = { stream: 'map', unordered: 'map, unordered', each: 'each', piscina: 'piscina with p-map' }[kind]
    row(title, number(items), number(items / (reports.at(-1).ms / 1e3)), number(peak))
  }
}

const [flag, kind, items] = process.argv.slice(2)
if (flag === '--child') {
  await KINDS[kind](Number(items))
  process.disconnect()
} else {
  console.log(`node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`)
  const growth = await tenMillion()
  if (flag === '--check') process.exitCode = growth < FLAT_WITHIN_MB ? 0 : 1
  else await compare()
}
