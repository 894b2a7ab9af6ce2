/** The value law on the test runtime: whatever the canvas and whatever the order, it does what the reference evaluator says. */
import { createTestRuntime } from 'celeriac/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyInput, anyPlan } from './arbitraries.js'
import { expectedOf, Lab } from './lab.js'
import { programOf } from './plan.js'

const CANVASES = 1_000

describe('the test runtime', () => {
  it(`does with ${CANVASES} random canvases, in as many orders, what the reference says`, async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, anyInput, fc.maxSafeNat(), async (plan, input, seed) => {
        const lab = new Lab({}, (options) => createTestRuntime({ ...options, seed }))
        const canvas = lab.build(plan)
        expect(await lab.run(canvas, input), programOf(plan)).toEqual(expectedOf(canvas, input))
        await lab.close()
      }),
      { numRuns: CANVASES },
    )
  })
})
