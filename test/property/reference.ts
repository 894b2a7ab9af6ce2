/** The value law, as a suite over executors: whatever the canvas, the runtime does what the reference evaluator says. */
import type { RuntimeOptions } from 'celeriac'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyInput, anyPlan } from './arbitraries.js'
import { expectedOf, Lab } from './lab.js'
import { programOf } from './plan.js'

export function equalsReference(executor: NonNullable<RuntimeOptions['executor']>, canvases: number): void {
  describe(`the runtime, ${executor}`, () => {
    let lab: Lab
    beforeAll(() => {
      lab = new Lab({ executor })
    })
    afterAll(() => lab.close())

    it(`does with ${canvases} random canvases what the reference says`, async () => {
      await fc.assert(
        fc.asyncProperty(anyPlan, anyInput, async (plan, input) => {
          const canvas = lab.build(plan)
          expect(await lab.run(canvas, input), programOf(plan)).toEqual(expectedOf(canvas, input))
        }),
        { numRuns: canvases },
      )
    })
  })
}
