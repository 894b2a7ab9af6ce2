/** Episode after episode, from one seed on, until enough has happened. */
import { Episode } from './episode.js'
import { type Machine, production } from './machine.js'

export interface Simulated {
  readonly episodes: number
  readonly steps: number
  /** The seed that comes next, to continue with. */
  readonly nextSeed: number
  /** Of all that happened: the same from the same seed. */
  readonly hash: string
}

/** @throws the first violation; its message begins with what is wrong and holds the seed and the whole story. */
export function simulate(seed: number, steps: number, machine: Machine = production): Simulated {
  let done = 0
  let next = seed
  let hash = ''
  while (done < steps) {
    const { story } = new Episode(machine, next++).run()
    done += story.steps
    hash = foldedIn(hash, story.hash)
  }
  return { episodes: next - seed, steps: done, nextSeed: next, hash }
}

const foldedIn = (hash: string, added: string): string =>
  (Math.imul(Number.parseInt(hash || '1', 16), 31) ^ Number.parseInt(added, 16)).toString(16).replace('-', '')
