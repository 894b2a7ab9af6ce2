/**
 * Runs the questions, each in a process of its own so that one does not heat another.
 *
 *     npm run bench                       all of them, and writes RESULTS.md, results.json, results.svg and the figures in docs/performance.md
 *     npm run bench -- dispatch chain     these, and only prints
 *     npm run bench -- dispatch --write   the same, and puts the answer in the place of the last one
 *     npm run bench -- --quick            few rounds, small sizes: to see that all of it works; never written
 */
import { execFileSync, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printAnswer, printTargets } from './harness/report.mjs'
import { readAnswers, writeAnswers } from './harness/results.mjs'

/** In the order of the report. */
const QUESTIONS = [
  ...['dispatch', 'chord', 'chain', 'latency', 'chunks', 'break-even', 'long', 'mixed', 'held', 'payloads'],
  ...['memory', 'messages', 'scheduler', 'limits', 'revoke', 'recovery', 'cold-start'],
]
/** Also asked on one CPU: there the time is that of the software, without waking another CPU. */
const PINNED = ['chain', 'latency']
/** A question that takes longer hangs. */
const DEADLINE_MS = 900_000

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
})
const unknown = names.find((name) => !QUESTIONS.includes(name))
if (unknown === undefined) await main(names.length > 0 ? names : QUESTIONS)
else refuse(`there is no question "${unknown}"; there are ${QUESTIONS.join(', ')}`)

async function main(asked) {
  const started = performance.now()
  const answers = []
  for (const asking of asked.flatMap(askingsOf)) {
    const answer = await answerTo(asking)
    if (answer === undefined) refuse(`${asking.title} gave no answer`)
    else {
      printAnswer(answer)
      answers.push(answer)
    }
  }
  printTargets(answers)
  console.log(`\n${((performance.now() - started) / 60_000).toFixed(1)} minutes`)
  if (flags.quick || (names.length > 0 && !flags.write)) return
  writeAnswers(inOrder([...kept(answers), ...answers]))
}

/** What was answered before and not now. */
function kept(answers) {
  return readAnswers().filter((old) => answers.every(({ name }) => name !== old.name))
}

function inOrder(answers) {
  const titles = QUESTIONS.flatMap((name) => [name, pinnedTitle(name)])
  return answers.toSorted((a, b) => titles.indexOf(a.name) - titles.indexOf(b.name))
}

function pinnedTitle(name) {
  return `${name} on one CPU`
}

/** How a question is asked: on the machine as it is, and perhaps on one CPU, where a figure is told and has no target. */
function askingsOf(name) {
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
  const args = flags.quick ? ['--quick'] : []
  const plain = { title: name, file, args, command: `npm run bench -- ${name}`, options: {} }
  if (!PINNED.includes(name) || !canPin()) return [plain]
  const options = { execPath: 'taskset', execArgv: ['-c', '0', process.execPath] }
  const command = `taskset -c 0 node bench/${name}.mjs`
  return [plain, { ...plain, title: pinnedTitle(name), command, options, hasNoTarget: true }]
}

/** @returns The answer; `undefined` if the process ended without one. */
function answerTo({ title, file, args, command, options, hasNoTarget = false }) {
  const child = fork(file, args, { timeout: DEADLINE_MS, serialization: 'advanced', ...options })
  return new Promise((resolve) => {
    let answer
    child.on('message', (message) => {
      answer = { ...message, name: title, command, figures: hasNoTarget ? [] : message.figures }
    })
    child.on('exit', () => resolve(answer))
  })
}

function canPin() {
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    // Not on this system: the rows on one CPU are left out.
    return false
  }
}

function refuse(message) {
  console.error(`bench: ${message}`)
  process.exitCode = 1
}
