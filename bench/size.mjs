/**
 * How large a canvas may be, and what a call costs as it grows: time, memory and cost per call from 1k to 1M. Bytes are what the process
 * grew by at its peak, garbage included, divided by the calls: of small sizes they say little.
 *
 *     npm run bench:size             every kind, 1k to 1M
 *     npm run bench:size -- --check  only the largest of each kind; fails unless each is right, and under 1 GB
 *
 * Every measurement runs in a process of its own, so that one does not pay for the garbage of another.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Bench } from 'tinybench'

const MEMORY_LIMIT_MB = 1_000
const DEADLINE_MS = 300_000

/** Each kind: sizes from small to the largest promised, the canvas, and what it must give. */
const KINDS = {
  chain: { sizes: [1_000, 10_000, 100_000], rightAt: (n, value) => value === n },
  group: {
    sizes: [1_000, 10_000, 100_000, 1_000_000],
    rightAt: (n, value) => value.length === n && value[n - 1] === n,
  },
  each: { sizes: [1_000, 10_000, 100_000, 1_000_000], rightAt: (n, value) => value.length === n && value[n - 1] === n },
  chord: { sizes: [1_000, 10_000, 100_000, 1_000_000], rightAt: (n, value) => value === (n * (n + 1)) / 2 },
  'nested chains': { sizes: [50, 500, 5_000], rightAt: (n, value) => value === n },
  'nested groups': { sizes: [5, 50, 500], rightAt: (n, value) => depthOf(value) === n },
}

async function canvasOf(kind, n) {
  const { chain, chord, group } = await import('celeriac')
  const { add, sum } = await import('./size-tasks.js')
  const numbers = () => Array.from({ length: n }, (_, i) => i)
  switch (kind) {
    case 'chain':
      return chain(numbers().map((i) => (i === 0 ? add.si(0, 1) : add.s(1))))
    case 'group':
      return group(numbers().map((i) => add.s(i, 1)))
    case 'each':
      return add.each(numbers().map((i) => [i, 1]))
    case 'chord':
      return chord(
        numbers().map((i) => add.s(i, 1)),
        sum.s(),
      )
    case 'nested chains':
      return numbers().reduce((inner, i) => (i === 0 ? add.si(0, 1) : chain([inner, add.s(1)])), undefined)
    default:
      return numbers().reduce((inner) => group([inner]), add.si(0, 1))
  }
}

function depthOf(value) {
  let depth = 0
  for (let at = value; Array.isArray(at); at = at[0]) depth++
  return depth
}

/** In the child: one run, building the canvas included. */
async function measure(executor, kind, n) {
  const { createRuntime } = await import('celeriac')
  const runtime = createRuntime({ executor, threads: 2 })
  await runtime.ready()
  const before = process.memoryUsage.rss()
  let value
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, throws: true })
  bench.add(kind, async () => {
    value = await runtime.run(await canvasOf(kind, n))
  })
  await bench.run()
  const ms = bench.tasks[0].result.latency.mean
  const peak = process.resourceUsage().maxRSS * 1024
  const peakMb = peak / 1024 ** 2
  const bytes = Math.max(0, peak - before) / n
  process.send({ ms, peakMb, bytes, right: KINDS[kind].rightAt(n, value) })
  await runtime.close()
  process.disconnect()
}

function inChild(executor, kind, n) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ['--measure', executor, kind, String(n)], {
      timeout: DEADLINE_MS,
    })
    let result = { ms: Number.NaN, peakMb: Number.NaN, bytes: Number.NaN, right: false }
    child.on('message', (message) => {
      result = message
    })
    child.on('exit', () => resolve(result))
  })
}

async function main(check) {
  let failed = 0
  let passed = 0
  console.log('executor  kind               calls      time ms   µs a call   bytes a call   peak MB')
  for (const [kind, { sizes }] of Object.entries(KINDS))
    for (const executor of ['inline', 'threads'])
      for (const n of check ? sizes.slice(-1) : sizes) {
        const { ms, peakMb, bytes, right } = await inChild(executor, kind, n)
        const ok = right && peakMb < MEMORY_LIMIT_MB
        if (ok) passed++
        else failed++
        const cells = [
          executor.padEnd(9),
          kind.padEnd(14),
          String(n).padStart(9),
          ms.toFixed(0).padStart(12),
          ((ms * 1_000) / n).toFixed(2).padStart(11),
          bytes.toFixed(0).padStart(14),
          peakMb.toFixed(0).padStart(9),
        ]
        console.log(cells.join(' ') + (ok ? '' : '   WRONG'))
      }
  if (check) console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
}

const [mode, executor, kind, n] = process.argv.slice(2)
if (mode === '--measure') await measure(executor, kind, Number(n))
else await main(mode === '--check')
