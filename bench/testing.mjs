/**
 * What celeriac/testing costs a test suite: how long two hundred tests of workflows take, and how much later a test file starts that imports it.
 *
 *     npm run bench:testing
 *     npm run bench:testing -- --check   fails unless the two hundred tests take less than a second of their own time
 *
 * Of several tries the best counts for the tests, the median for the starts: everything else is other work on the machine.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TRIES = 3
const STARTS = 15
const LIMIT_MS = 1_000
const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'celeriac-testing-'))

/** Test files that differ in what they import. */
const FILES = {
  'nothing of celeriac': '',
  celeriac: "import { defineTasks } from 'celeriac'\nvoid defineTasks\n",
  'celeriac and celeriac/testing':
    "import { defineTasks } from 'celeriac'\nimport { createTestRuntime } from 'celeriac/testing'\nvoid [defineTasks, createTestRuntime]\n",
}

try {
  const suites = Array.from({ length: TRIES }, timeOfSuite)
  const best = Math.min(...suites)
  console.log(
    `200 tests: ${best.toFixed(0)} ms of their own time (tries: ${suites.map((ms) => ms.toFixed(0)).join(', ')})`,
  )
  for (const [name, ms] of startsOf(FILES))
    console.log(`a test file that imports ${name}: starts and ends in ${ms.toFixed(0)} ms`)
  if (process.argv.includes('--check') && best >= LIMIT_MS) process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** The time of all tests of the suite as vitest measures them, hooks included; without its own start, and the compiling. */
function timeOfSuite() {
  const outputFile = join(work, 'result.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = ['run', 'test/unit/testing/two-hundred.test.ts', '--reporter', 'json', '--outputFile', outputFile]
  execFileSync(process.execPath, [vitest, ...args], { cwd: root, stdio: 'pipe' })
  const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8'))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  if (tests.length !== 200) throw new Error(`there are ${tests.length} tests, not 200`)
  return tests.reduce((sum, { duration }) => sum + duration, 0)
}

/** The median time of each file in a process of its own, taken in turns. */
function startsOf(files) {
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'), 'junction')
  writeFileSync(join(work, 'package.json'), '{ "type": "module" }')
  const own = (imports) => imports.replaceAll(/'celeriac(\/testing)?'/g, (_, entry) => JSON.stringify(fileOf(entry)))
  const paths = Object.entries(files).map(([name, imports], i) => {
    const path = join(work, `${i}.test.js`)
    writeFileSync(path, `import { test } from 'node:test'\n${own(imports)}test('passes', () => {})\n`)
    return { name, path, times: [] }
  })
  for (let i = 0; i < STARTS; i++)
    for (const { path, times } of paths) {
      const began = performance.now()
      execFileSync(process.execPath, [path], { stdio: 'pipe' })
      times.push(performance.now() - began)
    }
  return paths.map(({ name, times }) => [name, times.sort((a, b) => a - b)[STARTS >> 1]])
}

function fileOf(entry) {
  return new URL(`../dist${entry ?? ''}/index.js`, import.meta.url).href
}
