// Streams: a gzipped file of a million lines of JSON, transformed on all cores and written again, in constant memory.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime } from 'celeriac'
import { linesOf, writeLines } from './files.js'
import { summarize } from './tasks.js'

const LINES = 1_000_000
const WORDS = ['celery', 'stalk', 'root', 'leaf', 'celeriac', 'soup', 'salt']

function* invented() {
  for (let id = 0; id < LINES; id++) {
    const words = Array.from({ length: 1 + (id % 5) }, (_, i) => WORDS[(id + i * 3) % WORDS.length])
    yield JSON.stringify({ id, words })
  }
}

/** The most memory that the process had in use, in the first half of the lines and in the second. */
const most = [0, 0]
async function* watched(lines) {
  let count = 0
  for await (const line of lines) {
    const half = count < LINES / 2 ? 0 : 1
    if (count++ % 10_000 === 0) most[half] = Math.max(most[half], process.memoryUsage().rss)
    yield line
  }
}

const folder = await mkdtemp(join(tmpdir(), 'celeriac-streams-'))
const [before, after] = [join(folder, 'before.ndjson.gz'), join(folder, 'after.ndjson.gz')]
const runtime = createRuntime()
try {
  await writeLines(before, invented())

  // Nothing is read before it is needed, and nothing is kept once it is written.
  await writeLines(after, watched(runtime.map(summarize, linesOf(before))))
  console.log('memory grew in the second half:', most[1] - most[0] > 150e6)

  let count = 0
  let last
  for await (const line of linesOf(after)) {
    if (count++ === 0) console.log('first:', line)
    last = line
  }
  console.log('lines:', count)
  console.log('last: ', last)

  // Leaving the loop stops the work and closes the file.
  for await (const line of runtime.map(summarize, linesOf(before))) {
    console.log('only one:', line)
    break
  }
  await runtime.idle()
} finally {
  await runtime.close()
  await rm(folder, { recursive: true })
}
