/**
 * Spoilt and drawn dicts and texts, by the ten thousand: each is a canvas or a typed refusal, in bounded time and memory, and leaves nothing
 * behind. `FUZZ_INPUTS` and `FUZZ_SEED` say how many and which.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Canvas } from '../../src/canvas/canvas.js'
import { chain } from '../../src/canvas/chain.js'
import { chord } from '../../src/canvas/chord.js'
import { isEqual } from '../../src/canvas/equality.js'
import { fromJSON } from '../../src/canvas/from-json.js'
import { group } from '../../src/canvas/group.js'
import { InvalidCanvasError } from '../../src/errors.js'
import { defineTasks } from '../../src/task/task.js'
import { corpus } from '../parity/corpus.js'
import { Random } from '../simulator/random.js'
import { dict } from './drawn.js'
import { Spoiler } from './spoil.js'
import { prototypes } from './strange.js'

/** A third each: dicts that are spoilt, texts that are garbled, dicts that are drawn. */
const INPUTS = Math.ceil(Number(process.env.FUZZ_INPUTS ?? 21_000) / 3)
const SEED = Number(process.env.FUZZ_SEED ?? 1_234_567)
/** One of 100 kB may take so long; most are of some hundred bytes. All of them together are asked, which no busy machine falsifies. */
const MOST_MS_EACH = 50
const MOST_MB_LEFT = 64

const own = defineTasks('file:///tasks.js', {
  any: (...args: unknown[]) => args,
  named: (x: unknown, o: { a?: unknown }) => [x, o],
})
const { any, named } = own
const names = new Set([...JSON.stringify(corpus).matchAll(/"task":"([^"]+)"/g)].map(([, name]) => name as string))
const ofCorpus = [...names].filter((name) => !name.startsWith('celery.') && !Object.hasOwn(own, name))
const tasks = {
  ...own,
  ...defineTasks('file:///corpus.js', Object.fromEntries(ofCorpus.map((name) => [name, () => 0]))),
}

const written = [
  any.s(1, 'two', [3, { four: null }]),
  named.with({ a: { b: [true] } }).s(),
  chain(any.s(1), any.s(), group(any.s(), any.si(2))).link(any.s()),
  chord([any.s(1), chain(any.s(), any.s())], any.s().linkError(any.si())).set({ taskId: 'id', headers: { tenant: 1 } }),
  chord(group(any.s()).link(any.s()), chord([any.map([1, 2])], any.s())),
  group(any.starmap([[1], [2, 3]]), any.chunks([[1], [2]], 1), any.each([[1], [2]])),
  any
    .s(1)
    .set({ countdown: 5, maxRetries: 2, timeLimit: 50, priority: 3, ignoreResult: true })
    .stamp({ tenant: [1, 2] }),
].map((canvas) => JSON.stringify(canvas))
const seeds = [...written, ...written, ...corpus.map(({ canvas }) => JSON.stringify(canvas))]

const counts = { canvas: 0, refusal: 0 }

/** The canvas that `json` describes, if it is not refused. */
function accepted(json: unknown): Canvas | undefined {
  try {
    return fromJSON(json, { tasks })
  } catch (error) {
    if (!(error instanceof InvalidCanvasError)) throw new Error(`seed ${SEED}: this is no refusal`, { cause: error })
    if (typeof error.path !== 'string') throw new Error(`seed ${SEED}: this refusal has no path`, { cause: error })
    return undefined
  }
}

function tryOne(json: unknown): void {
  const canvas = accepted(json)
  counts[canvas === undefined ? 'refusal' : 'canvas']++
  // What was accepted can be written, and comes back the same.
  if (canvas !== undefined) expect(isEqual(fromJSON(canvas.toJSON(), { tasks }), canvas)).toBe(true)
}

const usedBytes = (): number => {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

/** Tries many, and asks what all of that has cost and left behind. At least one in `oneIn` is to be a canvas. */
function fuzz(oneIn: number, tryAll: () => void): void {
  Object.assign(counts, { canvas: 0, refusal: 0 })
  const before = { prototypes: prototypes(), bytes: usedBytes(), ms: performance.now() }
  tryAll()
  const ms = performance.now() - before.ms
  expect(counts.canvas + counts.refusal).toBeGreaterThanOrEqual(INPUTS)
  expect(counts.canvas).toBeGreaterThan(INPUTS / oneIn)
  expect(counts.refusal).toBeGreaterThan(INPUTS / oneIn)
  expect(ms).toBeLessThan(INPUTS * MOST_MS_EACH)
  expect((usedBytes() - before.bytes) / 2 ** 20).toBeLessThan(MOST_MB_LEFT)
  expect(prototypes()).toEqual(before.prototypes)
  expect('polluted' in {}).toBe(false)
}

describe(`fromJSON, of ${INPUTS} inputs`, { timeout: 300_000 }, () => {
  const random = new Random(SEED)
  const spoiler = new Spoiler(random, seeds, [any.s(), any])

  it('that are spoilt dicts, makes a canvas or a refusal of each', () => {
    fuzz(50, () => {
      for (let i = 0; i < INPUTS; i++) {
        const whole = JSON.parse(random.pick(seeds)) as object
        for (let times = 1 + random.below(3); times > 0; times--) spoiler.spoil(whole)
        tryOne(whole)
      }
    })
  })

  it('that are garbled texts, makes a canvas or a refusal of each', () => {
    fuzz(200, () => {
      for (let i = 0; i < INPUTS; i++) {
        let text = random.pick(seeds)
        for (let times = 1 + random.below(3); times > 0 && text !== ''; times--) text = spoiler.garble(text)
        tryOne(text)
      }
    })
  })

  it('that are drawn in the shape of dicts, as objects and as texts, makes a canvas or a refusal of each', () => {
    fuzz(50, () => {
      const property = fc.property(dict, (drawn) => {
        tryOne(drawn)
        if (counts.canvas % 8 === 0) tryOne(JSON.stringify(drawn))
      })
      fc.assert(property, { numRuns: INPUTS, seed: SEED })
    })
  })
})
