/** Runs one provocation in a process of its own, with a deadline: a hang, or the death of the process, is something seen like any other. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { withoutPlace } from './phrases.mjs'

const child = fileURLToPath(new URL('./child.mjs', import.meta.url))
const DEADLINE_MS = 25_000
const KEPT_TEXT = 2_000

/**
 * What was seen, by name, in the order in which it was first spoken of; `process` only if that did not end by itself with code 0.
 *
 * @param options.node - Another Node than this one.
 */
export function observe({ id, deadline = DEADLINE_MS, args = [] }, contender, { node = process.execPath } = {}) {
  const running = spawn(node, [...args, child, id, contender], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: deadline,
    killSignal: 'SIGKILL',
  })
  let lines = ''
  let errors = ''
  running.stdio[3].on('data', (part) => (lines += part))
  running.stderr.on('data', (part) => (errors = (errors + part).slice(-KEPT_TEXT)))
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', (code, signal) => resolve({ seen: seenIn(lines, { code, signal, errors, deadline }), errors }))
  })
}

function seenIn(lines, end) {
  const seen = Object.fromEntries(
    lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  )
  const { done, ...rest } = seen
  const process = endOf(end, done === 'yes')
  return process === undefined ? rest : { ...rest, process }
}

function endOf({ code, signal, errors, deadline }, isDone) {
  if (signal === 'SIGKILL') return isDone ? 'stays alive' : `hangs (killed after ${deadline / 1000} s)`
  if (signal !== null) return `dies of ${signal}`
  if (code === 0) return isDone ? undefined : 'exits with code 0 before the work is done'
  const uncaught = /^(?:Uncaught:?\s*)?(\w*Error\b[^\n]{0,60})/m.exec(withoutPlace(errors))?.[1]
  return `exits with code ${code}${uncaught === undefined ? '' : `, uncaught ${uncaught}`}`
}
