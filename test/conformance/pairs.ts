/**
 * Every pair of the features of a call's life, on every executor: where runtimes break. The cells are data, in `pairs/`; each is a program
 * of a line or two with what it must give, or says why the two have no place where they meet.
 */
import { createRuntime, type RuntimeOptions } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { afterwards } from './pairs/afterwards.js'
import { type Cell, FEATURES } from './pairs/features.js'
import { inside } from './pairs/inside.js'
import { type Keeps, Lab, type Make } from './pairs/lab.js'
import { limits } from './pairs/limits.js'
import { order } from './pairs/order.js'
import { retries } from './pairs/retries.js'
import { stopping } from './pairs/stopping.js'
import { times } from './pairs/times.js'

const CELLS: readonly Cell[] = [...retries, ...times, ...limits, ...stopping, ...order, ...inside, ...afterwards]

/** A program that waits for something that never comes holds up those behind it no longer. */
const LONGEST_MS = 10_000

const programs = CELLS.filter((cell) => cell.length === 4)
const written = FEATURES.flatMap((a, i) => FEATURES.slice(i + 1).map((b) => `${a} × ${b}`))

/**
 * @param make - How a runtime is made, if not by `createRuntime`.
 * @param keeps - How exactly time is kept there, if not by the clock on the wall.
 */
export function pairConformance(
  name: string,
  options: RuntimeOptions,
  make: Make = createRuntime,
  keeps?: Keeps,
): void {
  describe(`pairs: ${name}`, () => {
    let lab: Lab
    beforeAll(async () => {
      lab = new Lab((more) => make({ ...more, ...options }), { threads: 2 }, keeps)
    })
    afterAll(() => lab.close())

    it('has a cell for every pair, and no other', () => {
      expect([...new Set(CELLS.map(([pair]) => pair))].sort()).toEqual([...written].sort())
    })

    it('has programs for a pair, or one reason why it needs none', () => {
      const apart = CELLS.filter((cell) => cell.length === 2).map(([pair]) => pair)
      const met = new Set(programs.map(([pair]) => pair))
      expect(apart.filter((pair, i) => met.has(pair) || apart.indexOf(pair) !== i)).toEqual([])
    })

    it.each(programs)(
      '%s: %s',
      async (_pair, _sentence, program, expected) => {
        expect(await program(lab)).toEqual(expected)
      },
      LONGEST_MS,
    )
  })
}
