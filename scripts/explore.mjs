/**
 * Every order of events of every canvas of up to four calls, on two threads, with two faults at any moment (a call that fails, a thread that
 * dies, a revoke, an end that comes twice): with calls that leave alone, in batches, and in batches of which all values come back.
 *
 * npm run explore                    at most some hundred states of each larger canvas: half a minute
 * npm run explore -- --whole         all of them, as in CI: some two minutes
 */
import { parseArgs } from 'node:util'
import { compileSimulator } from './compiled.mjs'

const options = { calls: { type: 'string', default: '4' }, whole: { type: 'boolean', default: false } }
const { values: flags } = parseArgs({ options })
/** Of one canvas, where it must be quick. */
const MOST_STATES = 300

const folder = compileSimulator()
const { explore, WORLDS } = await import(new URL('test/simulator/explore.js', folder))
const { canvasesOf } = await import(new URL('test/simulator/small-canvases.js', folder))
Error.stackTraceLimit = 0

const mostStates = flags.whole ? Infinity : MOST_STATES
let whole = 0
let searched = 0
for (let calls = 1; calls <= Number(flags.calls); calls++) {
  const started = performance.now()
  const canvases = canvasesOf(calls)
  let [states, ends] = [0, 0]
  for (const canvas of canvases)
    for (const world of WORLDS) {
      const found = tryTo(() => explore(canvas, { faults: 2, world, mostStates: calls < 3 ? Infinity : mostStates }))
      states += found.states
      ends += found.ends
      searched++
      if (found.isWhole) whole++
    }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${calls} calls: ${canvases.length} canvases, ${states} states, ${ends} ends, ${seconds} s, no violation`)
}
console.log(`${whole} of ${searched} searches saw all there is`)

function tryTo(work) {
  try {
    return work()
  } catch (error) {
    console.error(error.message)
    return process.exit(1)
  }
}
