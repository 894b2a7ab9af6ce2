/**
 * Runs the recipes for test runners as a user would: the packed package, and the runners at the versions of `test/recipes/package.json`, in a
 * folder of their own. It expects a build.
 *
 *     npm run test:recipes
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const DEADLINE_MS = 120_000
const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'celeriac-recipes-'))

/** Each by its name: command, arguments, and what else stands in the environment. */
const RECIPES = {
  'vitest, forks': ['npx', ['vitest', 'run', 'vitest.test.js', '--pool', 'forks']],
  'vitest, threads': ['npx', ['vitest', 'run', 'vitest.test.js', '--pool', 'threads']],
  'vitest, vmThreads': ['npx', ['vitest', 'run', 'vitest.test.js', '--pool', 'vmThreads']],
  'node:test': [process.execPath, ['--test', 'node.test.js']],
  jest: ['npx', ['jest', 'jest.test.js'], { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' }],
}

try {
  cpSync(join(root, 'test/recipes'), work, { recursive: true })
  const [{ filename }] = JSON.parse(
    output('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], { cwd: root }),
  )
  output('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `./${filename}`])
  for (const [name, recipe] of Object.entries(RECIPES)) run(name, ...recipe)
} finally {
  rmSync(work, { recursive: true, force: true })
}

function run(name, command, args, env = {}) {
  try {
    output(command, args, { env: { ...process.env, ...env } })
    console.log(`ok      ${name}`)
  } catch (error) {
    console.log(`FAILED  ${name}\n${error.stdout}${error.stderr}`)
    process.exitCode = 1
  }
}

/** What a program prints. @throws if it fails. */
function output(file, args, options) {
  return execFileSync(file, args, {
    cwd: work,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    shell: process.platform === 'win32',
    ...options,
  })
}
