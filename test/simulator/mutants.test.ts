/** The test of the test: each broken scheduler must be caught, the mended one not. */
import { describe, expect, it } from 'vitest'
import { Episode } from './episode.js'
import type { Machine } from './machine.js'
import { MUTANTS } from './mutants.js'
import { loadPatched } from './patched-copy.js'

const MOST_SEEDS = 500

/** The first seed whose episode shows that something is wrong. */
function catchingSeed(machine: Machine): number | undefined {
  for (let seed = 0; seed < MOST_SEEDS; seed++) {
    try {
      new Episode(machine, seed).run()
    } catch {
      return seed
    }
  }
  return undefined
}

describe('a scheduler that', () => {
  it.each(Object.entries(MUTANTS))('%s is caught', async (_name, edit) => {
    expect(catchingSeed(await loadPatched([edit])), 'the seed that catches it').toBeDefined()
  })

  it('was not touched is not', async () => {
    expect(catchingSeed(await loadPatched([]))).toBeUndefined()
  })
})
