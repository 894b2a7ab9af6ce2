/**
 * Runs every example in a process of its own and compares what it prints with its `expected.txt`.
 *
 * node scripts/examples.mjs [--node 22]     with another Node than this one, fetched by npx
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const DEADLINE_MS = 60_000
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'examples')
const { values: flags } = parseArgs({ options: { node: { type: 'string' } } })
const node = flags.node === undefined ? process.execPath : fetchNode(flags.node)

let failed = 0
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d\d-/.test(name)) : []
for (const name of names.sort()) {
  const complaint = await check(name)
  console.log(complaint === undefined ? `ok      ${name}` : `FAILED  ${name}\n${indent(complaint)}`)
  if (complaint !== undefined) failed++
}
if (names.length === 0) console.log('there are no examples')
console.log(`${names.length - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0

/** The path of a Node of another version. */
function fetchNode(version) {
  const args = ['-y', '-p', `node@${version}`, 'node', '-p', 'process.execPath']
  return execFileSync('npx', args, { encoding: 'utf8', shell: process.platform === 'win32' }).trim()
}

/** What is wrong with an example, if anything. */
async function check(name) {
  const main = ['main.js', 'main.ts'].map((file) => join(folder, name, file)).find((file) => existsSync(file))
  const expected = join(folder, name, 'expected.txt')
  if (main === undefined) return 'there is no main.js and no main.ts'
  if (!existsSync(expected)) return 'there is no expected.txt'
  const { stdout, stderr, error } = await run(main.endsWith('.ts') ? ['--import', 'tsx', main] : [main])
  if (error !== null) return `${reasonOf(error)}\n${stdout}${stderr}`
  return difference(lines(readFileSync(expected, 'utf8')), lines(stdout))
}

function run(args) {
  const options = { cwd: root, timeout: DEADLINE_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 24 }
  return new Promise((resolve) => {
    const child = execFile(node, args, options, (error, stdout, stderr) => resolve({ error, stdout, stderr }))
    child.stdin?.end()
  })
}

function reasonOf(error) {
  if (error.killed) return `it did not end within ${DEADLINE_MS / 1000} s`
  return `it ended with ${error.signal ?? `code ${error.code}`}`
}

function lines(text) {
  return text.trimEnd().split(/\r?\n/)
}

function indent(text) {
  return text.replace(/^/gm, '        ')
}

/** The first line that differs. */
function difference(expected, printed) {
  const at = Array.from({ length: Math.max(expected.length, printed.length) }, (_, i) => i).find(
    (i) => expected[i] !== printed[i],
  )
  if (at === undefined) return undefined
  const show = (line) => (line === undefined ? 'the end' : JSON.stringify(line))
  return `line ${at + 1}\nexpected ${show(expected[at])}\nprinted  ${show(printed[at])}`
}
