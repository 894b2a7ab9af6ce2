/** Chance that can be repeated: all that a seed decides. It is no source for secrets. */
import type { IdSource } from '../environment.js'

/** Numbers between 0 and 1, the same for the same seed: mulberry32, over both halves of the seed. */
export function seededRandom(seed: number): () => number {
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Which of `count` comes next: the first for seed 0, else any. */
export function seededChoice(seed: number): (count: number) => number {
  if (seed === 0) return () => 0
  const random = seededRandom(seed)
  return (count) => Math.floor(random() * count)
}

/** Ids that tell the seed they came from. */
export function seededIds(seed: number): IdSource {
  let count = 0
  return () => `test-${seed.toString(36)}${count++ === 0 ? '' : `-${count}`}`
}
