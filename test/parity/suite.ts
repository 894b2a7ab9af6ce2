/** Every case of the corpus on one runtime: it does what is expected, or is listed as one that cannot yet. */
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differences } from './compare.js'
import { corpus } from './corpus.js'
import { type Effects, openEffects } from './effects.js'
import { reasonFor } from './expected-failures.js'
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

    it.each(corpus.filter(({ name }) => reasonFor(name) === undefined))('$name does as expected: $build', async (one) => {
      expect(differences(one.expect, await runCase(runtime, effects, one))).toEqual([])
    })

    it.each(corpus.filter(({ name }) => reasonFor(name) !== undefined))('$name cannot be done yet: $build', async (one) => {
      expect(differences(one.expect, await runCase(runtime, effects, one))).not.toEqual([])
    })
  })
}
