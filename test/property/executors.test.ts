/** Inline and threads side by side: the same canvas does the same on both. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyInput, anyPlan } from './arbitraries.js'
import { Lab } from './lab.js'
import { programOf } from './plan.js'

describe('inline and threads', () => {
  let labs: readonly Lab[] = []
  beforeAll(() => {
    labs = [new Lab({ executor: 'inline' }), new Lab({ executor: 'threads', threads: 2 })]
  })
  afterAll(() => Promise.all(labs.map((lab) => lab.close())))

  it('do the same with the same canvas', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, anyInput, async (plan, input) => {
        const [inline, threads] = labs as [Lab, Lab]
        const canvas = inline.build(plan)
        expect(await threads.run(canvas, input), programOf(plan)).toEqual(await inline.run(canvas, input))
      }),
      { numRuns: 100 },
    )
  })
})
