/**
 * Checks what would be published: the list of files, the manifest, how types resolve, and that the packed package, installed into an
 * empty project, runs a chain and a chord on threads, and a retry on a test runtime. It expects a build.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'celeriac-package-'))

const DOCUMENTS = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']

const TASKS = `
import { isMainThread } from 'node:worker_threads'
import { defineTasks } from 'celeriac'
export const { add, multiply, tsum, isOnMainThread } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  multiply: (x, y) => x * y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  isOnMainThread: () => isMainThread,
})
`
const MAIN = `
import { chain, chord, createRuntime } from 'celeriac'
import { add, isOnMainThread, multiply, tsum } from './tasks.js'
const runtime = createRuntime({ threads: 2 })
try {
  console.log(await runtime.run(chain(add.s(1, 2), multiply.s(10))))
  console.log(await runtime.run(chord([add.s(1, 1), add.s(2, 2)], tsum.s())))
  console.log(await runtime.run(isOnMainThread.s()))
} finally {
  await runtime.close()
}
`
const PRINTED = '30\n6\nfalse\n'

const TEST = `
import { createTestRuntime } from 'celeriac/testing'
import { add } from './tasks.js'
const runtime = createTestRuntime()
runtime.delay(add, 3_600_000)
console.log(await runtime.run(add.s(1, 2)), runtime.now)
await runtime.close()
`
const TEST_PRINTED = '3 3600000\n'

try {
  const tarball = pack()
  tool('publint', ['run', tarball, '--strict'])
  tool('attw', [tarball, '--profile', 'esm-only', '--no-color'])
  runInstalled(tarball)
} catch (error) {
  console.error(`package check: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Packs the package as it is built now, and checks what is inside. */
function pack() {
  const [{ filename, files }] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', work], root),
  )
  const paths = files.map(({ path }) => path)
  const strays = paths.filter((path) => !/^dist\/.+\.(c?js|d\.c?ts|html)$/.test(path) && !DOCUMENTS.includes(path))
  const missing = [...DOCUMENTS, 'dist/index.js', 'dist/index.d.ts', 'dist/worker/entry.cjs'].filter(
    (path) => !paths.includes(path),
  )
  if (strays.length > 0) throw new Error(`these files have no business in the package: ${strays.join(', ')}`)
  if (missing.length > 0) throw new Error(`these files are missing from the package: ${missing.join(', ')}`)
  console.log(`packed ${paths.length} files as ${filename}`)
  return join(work, filename)
}

function runInstalled(tarball) {
  const project = join(work, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }')
  npm(['install', '--no-audit', '--no-fund', tarball], project)
  writeFileSync(join(project, 'tasks.js'), TASKS)
  expectPrinted(project, 'main.js', MAIN, PRINTED)
  expectPrinted(project, 'test.js', TEST, TEST_PRINTED)
  console.log(
    'installed from the tarball into an empty project: threads ran a chain and a chord, a test runtime an hour',
  )
}

function expectPrinted(project, file, program, expected) {
  writeFileSync(join(project, file), program)
  const printed = output(process.execPath, [file], { cwd: project, timeout: 60_000, killSignal: 'SIGKILL' })
  if (printed !== expected)
    throw new Error(`${file} printed ${JSON.stringify(printed)}, not ${JSON.stringify(expected)}`)
}

function npm(args, cwd) {
  return output('npm', args, { cwd, shell: process.platform === 'win32' })
}

function tool(name, args) {
  console.log(output(join(root, 'node_modules/.bin', name), args, { cwd: root, shell: process.platform === 'win32' }))
}

/** What a program prints. @throws with all of it if the program fails. */
function output(file, args, options) {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
  } catch (error) {
    throw new Error(
      `${[file, ...args].join(' ')} failed\n${error.stdout ?? ''}${error.stderr ?? ''}${error.status === null ? error.message : ''}`,
    )
  }
}
