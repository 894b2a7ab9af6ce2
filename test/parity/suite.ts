/** Every case of the corpus on one runtime: it does what is expected, or is listed as one that cannot yet. */
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differences } from './compare.js'
import { type Case, corpus } from './corpus.js'
import { type Effects, openEffects } from './effects.js'
import { expectedFailures } from './expected-failures.js'
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
    const differencesOf = async (one: Case): Promise<string[]> =>
      differences(one.expect, await runCase(runtime, effects, one))

    const listed = new Map(expectedFailures)
    for (const [name, lack] of listed)
      it(`${name} needs what is not built yet: ${lack}`, async () => {
        const one = corpus.find((any) => any.name === name)
        expect(one, 'there is such a case').toBeDefined()
        expect(await differencesOf(one!), 'it passes now: take it off the list').not.toEqual([])
      })

    const able = corpus.filter(({ name }) => !listed.has(name))
    it.each(able.map((one) => [one.name, one] as const))('%s does what is expected', async (_name, one) => {
      expect(await differencesOf(one), one.build).toEqual([])
    })
  })
}
