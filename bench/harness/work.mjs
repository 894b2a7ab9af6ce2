/** Work of a given length. Lengths are calibrated once in this thread; others run a loop 15–25 % faster or slower, for reasons of their own. */
import { functions } from '../workers/functions.js'

/** How much of a kernel (`loop` or `hash`) takes one ms here: the best of several tries, so that a slow moment makes no task short. */
export function perMs(kernel) {
  const run = functions[kernel]
  let amount = 1
  while (msOf(run, amount) < 5) amount *= 2
  const best = Math.min(...Array.from({ length: 7 }, () => msOf(run, amount)))
  return amount / best
}

function msOf(run, amount) {
  const started = performance.now()
  run(amount)
  return performance.now() - started
}

/** Always the same shuffle. */
export function shuffled(list) {
  let state = 1
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return list
    .map((item) => [chance(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
