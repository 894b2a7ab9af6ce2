// The demo: real work over real files, as a chord of chunks, on all cores. Start reading here, then tasks.js.
//
//   listFiles ─▶ chunks of files ─▶ analyze each slice, side by side ─▶ merge ─▶ report.json, report.html
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { chord, createRuntime } from 'celeriac'
import { listFiles, warmDiskCache } from './files.js'
import { pageOf, tableOf } from './page.js'
import { showProgress } from './progress.js'
import { analyze, merge } from './tasks.js'

const FILES_PER_CALL = 64

const files = await listFiles()
console.log(`${files.length} files of node_modules, up to 256 KB each`)
warmDiskCache(files)

// The whole workflow. The header is a group of calls, each for 64 files; the body gets the list of what they gave.
// This is a frozen description: nothing has run yet, and it can be run as often as you like, by any runtime.
const items = files.map((file) => /** @type {const} */ ([file.path]))
const workflow = chord(analyze.chunks(items, FILES_PER_CALL), merge.s())
// A small part of it, run once before the clock starts: a thread that has just been made still has to compile its code.
const warmUp = analyze.chunks(items.slice(0, files.length / 10), 8)

const onAllCores = await measure(availableParallelism())
const onOneThread = await measure(1)

await writeReport(onAllCores.report, [onAllCores, onOneThread])

/**
 * Runs the workflow on that many threads.
 *
 * @param {number} threads
 */
async function measure(threads) {
  const runtime = createRuntime({ threads })
  try {
    await runtime.ready()
    await runtime.run(warmUp)
    showProgress(runtime, `${threads} thread${threads === 1 ? ' ' : 's'}`, files.length)
    const start = performance.now()
    const report = await runtime.run(workflow)
    return { threads, ms: performance.now() - start, report }
  } finally {
    await runtime.close()
  }
}

/**
 * Prints what came out, and writes it to demo-report/.
 *
 * @param {import('./report.js').Report} report
 * @param {{ threads: number, ms: number, report: import('./report.js').Report }[]} runs
 */
async function writeReport(report, runs) {
  const times = runs.map(({ threads, ms }) => ({ threads, ms }))
  console.log(`\n${tableOf(report, times)}\n`)
  console.log('most common identifiers:', report.identifiers.map(([name]) => name).join(' '))
  // However many threads, and whichever slice is done first: the value is the same.
  console.log(
    'the same report each time:',
    runs.every((run) => isDeepStrictEqual(run.report, report)),
  )

  const folder = new URL('../../demo-report/', import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL('report.json', folder), `${JSON.stringify({ ...report, times }, null, 2)}\n`)
  await writeFile(new URL('report.html', folder), pageOf(report, times))
  console.log(`written to ${fileURLToPath(folder)}`)
}
