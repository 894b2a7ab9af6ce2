/** The bodies of all measured tasks, as plain functions: every contender runs these same ones, on whatever thread. */
import { pbkdf2Sync } from 'node:crypto'

export const functions = {
  add: (x, y) => x + y,

  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),

  /** A loop that no compiler can shorten: `turns` steps of a small random generator. */
  loop(turns) {
    let state = 1
    for (let turn = 0; turn < turns; turn++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state
  },

  /** Native work, equally fast in every isolate. */
  hash: (iterations) => pbkdf2Sync('password', 'salt', iterations, 32, 'sha256')[0],

  /** Tells the size of what arrived, and so that it has. */
  sizeOf: (payload) => payload.byteLength ?? payload.length,

  /** Hands on what it got. */
  pass: (payload) => payload,

  /** Says that it holds its thread, and does until `gate[0]` is written and notified. */
  block(gate) {
    Atomics.add(gate, 1, 1)
    Atomics.notify(gate, 1)
    Atomics.wait(gate, 0, 0)
  },
}
