/** The production scheduler under seeded chance: three hundred thousand steps, and everything checked after each. */
import { describe, expect, it } from 'vitest'
import { Episode } from './episode.js'
import { production } from './machine.js'
import { simulate } from './simulate.js'

const STEPS = 300_000
const MOST_MS = 300_000

describe('the simulated scheduler', () => {
  it(
    `keeps every promise for ${STEPS} steps`,
    () => {
      // A new seed each time; a violation prints the one of its episode, and `node scripts/sim.mjs --seed` replays it.
      const seed = Math.floor(Math.random() * 2 ** 31)
      const { steps, nextSeed } = simulate(seed, STEPS)
      expect(steps, `seeds ${seed} to ${nextSeed - 1}`).toBeGreaterThanOrEqual(STEPS)
    },
    MOST_MS,
  )

  it('does the same from the same seed', () => {
    expect(simulate(7, 2_000).hash).toBe(simulate(7, 2_000).hash)
    expect(simulate(7, 2_000).hash).not.toBe(simulate(8, 2_000).hash)
  })

  it('meets every fault there is within a hundred seeds', () => {
    const stories = Array.from({ length: 100 }, (_, seed) => new Episode(production, seed).run().story.text()).join(
      '\n',
    )
    for (const what of [
      'lost → ',
      'lost with',
      '"late" → \n',
      'running calls finish',
      'running calls drop',
      'listen true',
      'watch',
      'keep false',
      'tick →',
      'retry after',
      'run 2',
      'requeue',
      'reject',
      'ignore',
      'replace',
      'reports apply',
      'reports add-to-chord',
      'reports revoke-child',
      'reports parked',
      'reports resumed',
      'reports started',
      'revoke subtree',
      'revoke call',
      'cancel',
      'terminate batch',
      'TaskExpiredError',
      'recall batch',
      'taken back after',
      ' passed',
      ', then ',
      'flushed',
      'is gone',
      'is there',
    ])
      expect(stories).toContain(what)
  })
})
