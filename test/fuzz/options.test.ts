/**
 * Options of all kinds at every public place: each bag is refused with a typed error that names the option, or what it says works.
 * `FUZZ_BAGS` and `FUZZ_SEED` say how many for each place, and which.
 */
import { describe, expect, it } from 'vitest'
import { ConfigurationError, InvalidCanvasError, SerializationError } from '../../src/errors.js'
import { Random } from '../simulator/random.js'
import { drawBag } from './bag.js'
import { type Place, type Proof, places } from './places.js'
import { prototypes } from './strange.js'

const BAGS = Number(process.env.FUZZ_BAGS ?? 200)
const SEED = Number(process.env.FUZZ_SEED ?? 7)

/** What is wrong with a refusal, if anything. */
function complaintAbout(error: unknown, bag: unknown): string | undefined {
  if (error instanceof InvalidCanvasError || error instanceof SerializationError) return undefined
  if (!(error instanceof ConfigurationError)) return 'it is no refusal'
  const { option } = error
  // Options as such are wrong: they have no name.
  if (option === undefined) return isBag(bag) ? 'it names no option' : undefined
  return error.message.includes(option) ? undefined : `it does not speak of ${option}`
}

const isBag = (bag: unknown): boolean =>
  typeof bag === 'object' && bag !== null && [Object.prototype, null].includes(Object.getPrototypeOf(bag))

/** The proof that the place accepts the bag, or nothing if it refuses it well. */
function taken(place: Place, bag: unknown): Proof | undefined {
  try {
    return place.take(bag as never)
  } catch (error) {
    const complaint = complaintAbout(error, bag)
    if (complaint === undefined) return undefined
    throw new Error(`seed ${SEED}: ${complaint}`, { cause: error })
  }
}

/** Whether what the place accepts works; if it refuses only now, that it does so well. */
async function prove(place: Place, proof: Proof, bag: unknown): Promise<boolean> {
  try {
    await proof()
    return true
  } catch (error) {
    if (place.rejects && complaintAbout(error, bag) === undefined) return false
    if (!place.mayEndIn?.includes((error as Error).constructor.name))
      throw new Error(`seed ${SEED}: it was accepted, and does not work`, { cause: error })
    return true
  }
}

describe(`options, ${BAGS} bags`, { timeout: 300_000 }, () => {
  it.each(places)('of $name work or are refused', async (place) => {
    const random = new Random(SEED)
    const before = prototypes()
    const counts = { accepted: 0, refused: 0 }
    for (let i = 0; i < BAGS; i++) {
      const bag = drawBag(random, place.known, place.required ?? [])
      try {
        const proof = taken(place, bag)
        const isAccepted = proof !== undefined && (await prove(place, proof, bag))
        counts[isAccepted ? 'accepted' : 'refused']++
      } catch (error) {
        console.error(place.name, 'bag', i, bag)
        throw error
      }
    }
    expect(counts.accepted).toBeGreaterThan(BAGS / 10)
    expect(counts.refused).toBeGreaterThan(BAGS / 100)
    expect(prototypes()).toEqual(before)
  })
})
