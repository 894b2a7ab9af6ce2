/** Options of real threads, on the build: what is accepted starts threads that run calls. Few bags, since each takes a thread. */
import * as celeriac from 'celeriac'
import { expect, it } from 'vitest'
import { add } from '../integration/programs/counted.js'
import { Random } from '../simulator/random.js'
import { drawBag } from './bag.js'
import { THREADS } from './places.js'

const RUNS = Number(process.env.FUZZ_THREADS ?? 15)
const SEED = Number(process.env.FUZZ_SEED ?? 3)

function made(bag: unknown): celeriac.Runtime | undefined {
  try {
    return celeriac.createRuntime(bag as never)
  } catch (error) {
    if (error instanceof celeriac.ConfigurationError) return undefined
    throw new Error(`seed ${SEED}: this is no refusal`, { cause: error })
  }
}

it(`${RUNS} runtimes with options of all kinds run calls on their threads`, async () => {
  const random = new Random(SEED)
  let left = RUNS
  while (left > 0) {
    const bag = drawBag(random, THREADS, ['threads'])
    const runtime = made(bag)
    if (runtime === undefined) continue
    left--
    const isDropped = (bag as celeriac.RuntimeOptions).defaults?.ignoreResult === true
    expect(await runtime.run(add.s(2, 3)).catch((error) => ({ bag, error }))).toEqual(isDropped ? undefined : 5)
    await runtime.close()
  }
}, 120_000)
