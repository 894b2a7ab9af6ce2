/** The test of the test: each broken scheduler must be caught, the mended one not. `npm run mutants` shows by what. */
import { describe, expect, it } from 'vitest'
import { catchingSeed, catchMutant } from './catching.js'
import { MUTANTS, NAMED_MUTANTS } from './mutants.js'
import { loadPatched } from './patched-copy.js'

describe('a scheduler that', () => {
  it.each(Object.keys(MUTANTS))('%s is caught', async (name) => {
    expect(await catchMutant(name), 'the seed that catches it').toBeDefined()
  })

  it('was not touched is not', async () => {
    expect(catchingSeed(await loadPatched([]))).toBeUndefined()
  })
})

it('the ten mutants that the strategy names are among them', () => {
  expect(Object.keys(NAMED_MUTANTS)).toHaveLength(10)
  expect(Object.values(NAMED_MUTANTS).filter((name) => MUTANTS[name] === undefined)).toEqual([])
})
