/** Every case of the corpus on one runtime: it does what is expected. */
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differences } from './compare.js'
import { corpus } from './corpus.js'
import { type Effects, openEffects } from './effects.js'
import { runCase } from './run-case.js'

export function parity(executor: NonNullable<RuntimeOptions['executor']>): void {
  describe(`the corpus, ${executor}`, () => {
    let effects: Effects
    let runtime: Runtime
    beforeAll(() => {
      effects = openEffects()
      runtime = createRuntime({ executor, threads: 2 })
    })
    afterAll(async () => {
      await runtime.close({ timeout: 0 })
      effects.close()
    })
    it.each(corpus.map((one) => [one.name, one] as const))('%s does what is expected', async (_name, one) => {
      expect(differences(one.expect, await runCase(runtime, effects, one)), one.build).toEqual([])
    })
  })
}
