/**
 * What is measured, once as a canvas and once as somebody would write it on a pool. Building the canvas, or the list of arguments, is
 * part of each. The questions and the guard measure the same.
 */
import { chain, chord, group } from 'celeriac'
import { functions } from '../workers/functions.js'
import { tasks } from '../workers/tasks.js'

const { add, sum } = tasks

/** `n` things, made from 0 … n − 1. */
export const times = (n, make) => Array.from({ length: n }, (_, i) => make(i))

export const onCeleriac = {
  group: (runtime, n) => runtime.run(group(times(n, (i) => add.s(i, 1)))),
  each: (runtime, n) => runtime.run(add.each(times(n, (i) => [i, 1]))),
  singles: (runtime, n) => Promise.all(times(n, (i) => runtime.run(add.s(i, 1)))),
  chord: (runtime, n) =>
    runtime.run(
      chord(
        times(n, (i) => add.s(i, 1)),
        sum.s(),
      ),
    ),
  chunks: (runtime, n, size) =>
    runtime.run(
      add.chunks(
        times(n, (i) => [i, 1]),
        size,
      ),
    ),
  chain: (runtime, n) => runtime.run(chain(times(n, stepOf))),
  /** Each step has a priority of its own, and so must leave alone. */
  unfusable: (runtime, n) => runtime.run(chain(times(n, (i) => stepOf(i).set({ priority: 1 + (i % 2) })))),
  lone: (runtime) => runtime.run(add.s(1, 1)),
}

const stepOf = (i) => (i === 0 ? add.si(0, 1) : add.s(1))

export const onPool = {
  singles: (pool, n) => Promise.all(times(n, (i) => pool.run([i, 1]))),
  chord: async (pool, n) => pool.run([await onPool.singles(pool, n)], 'sum'),
  async chain(pool, n) {
    let value = 0
    for (let step = 0; step < n; step++) value = await pool.run([value, 1])
    return value
  },
  lone: (pool) => pool.run([1, 1]),
}

export const inline = {
  singles: (n) => Promise.all(times(n, async (i) => functions.add(i, 1))),
}

/** Whether the values are those of `singles`, nested in chunks or not. */
export const endsWith = (last) => (values) => values.flat().at(-1) === last
