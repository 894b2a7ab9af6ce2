/** Looks for the seed whose episode shows what is wrong with a scheduler that is broken on purpose. */
import { Episode } from './episode.js'
import type { Machine } from './machine.js'
import { MUTANTS } from './mutants.js'
import { loadPatched } from './patched-copy.js'
import type { Invariant, Violation } from './violation.js'

/** The strategy allows ten thousand. */
export const MOST_SEEDS = 3_000

export interface Caught {
  readonly seed: number
  readonly invariant: Invariant
}

/** The first seed whose episode shows that something is wrong, and which promise is broken there. */
export function catchingSeed(machine: Machine): Caught | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    for (let seed = 0; seed < MOST_SEEDS; seed++) {
      try {
        new Episode(machine, seed).run()
      } catch (error) {
        return { seed, invariant: (error as Violation).invariant }
      }
    }
    return undefined
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

export const catchMutant = async (name: string): Promise<Caught | undefined> =>
  catchingSeed(await loadPatched([MUTANTS[name] as (typeof MUTANTS)[string]]))
