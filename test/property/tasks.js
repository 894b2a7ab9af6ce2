/**
 * The tasks of the property tests, in a module of their own so that worker threads can import it. Each call is noted down before it
 * does anything: in this module when it runs on the main thread, else in a file, which is complete when the call's answer arrives.
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { defineTasks } from 'celeriac'
import { behaviours, showCall, turnsOf } from './behaviour.js'

/** Threads have the process id of their process. */
const file = join(tmpdir(), `celeriac-property-${process.pid}.txt`)
let noted = []

function note(text) {
  if (isMainThread) noted.push(text)
  else appendFileSync(file, `${text}\n`)
}

/** The calls that ran since this was last asked, sorted. To be asked when nothing is running. */
export function takeCalls() {
  const calls = noted
  noted = []
  if (existsSync(file)) {
    calls.push(...readFileSync(file, 'utf8').split('\n').slice(0, -1))
    rmSync(file)
  }
  return calls.sort()
}

const noting = ([name, behave]) => [
  name,
  async (...args) => {
    note(showCall(name, args))
    for (let turn = turnsOf(args); turn > 0; turn--) await null
    return behave(...args)
  },
]

export const tasks = defineTasks(import.meta.url, Object.fromEntries(Object.entries(behaviours).map(noting)))
