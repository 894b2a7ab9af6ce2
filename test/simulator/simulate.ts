/** Episode after episode, from one seed on. */
import { Episode } from './episode.js'
import { type Machine, production } from './machine.js'
import { broken } from './violation.js'

export interface Simulated {
  readonly steps: number
  /** Of all that happened: the same from the same seeds. */
  readonly hash: string
}

/** @throws the first violation; its message begins with what is wrong and holds the seed and the whole story. */
export function simulate(seed: number, episodes: number, machine: Machine = production): Simulated {
  // No stack of an error is looked at, and to write them takes its time.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    let [steps, hash] = [0, '1']
    for (let next = seed; next < seed + episodes; next++) {
      const { story } = runEpisode(next, machine)
      steps += story.steps
      hash = foldedIn(hash, story.hash)
    }
    return { steps, hash }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** An episode goes by without being written down. If something is wrong, it is run once more, and told. */
export function runEpisode(seed: number, machine: Machine = production): Episode {
  try {
    return new Episode(machine, seed).run()
  } catch (error) {
    new Episode(machine, seed, true).run()
    return broken('I13', `seed ${seed} went wrong once, and not again: ${(error as Error).message}`)
  }
}

/** One hash of two. */
export const foldedIn = (hash: string, added: string): string =>
  (Math.imul(Number.parseInt(hash, 16), 31) ^ Number.parseInt(added, 16)).toString(16).replace('-', '')
