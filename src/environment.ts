/**
 * The only door to the outside: time, identity and what this Node can do. Whoever needs one of them gets it from here, as an argument,
 * so that a test can put another in its place. It does not hold state.
 */
import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { nanoid } from 'nanoid'

/** Tells the time and calls back later. */
export interface Clock {
  /** ms since the epoch. */
  now(): number
  /** Calls `callback` once, after `ms`; gives a function that cancels it. It keeps no process alive: pending work does that. */
  after(ms: number, callback: () => void): () => void
}

/** Gives text that no other source gives. */
export type IdSource = () => string

/** What a runtime needs from outside. */
export interface Environment {
  readonly clock: Clock
  readonly newId: IdSource
  readonly parallelism: number
  /** Between 0 and 1, for jitter. */
  readonly random: () => number
}

const LONGEST_TIMER = 2 ** 31 - 1

const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), LONGEST_TIMER)).unref()
    return () => clearTimeout(timer)
  },
}

/** In ms with fractions, from some moment on: for how long something took, where `now()` is too coarse. */
export const stopwatch = (): number => performance.now()

/** The real one. */
export const system: Environment = {
  clock: systemClock,
  newId: () => nanoid(12),
  parallelism: availableParallelism(),
  random: Math.random,
}

/** Whether this Node imports TypeScript by itself, by stripping types. */
export function stripsTypes(): boolean {
  return Boolean((process as { features?: { typescript?: unknown } }).features?.typescript)
}

/** The URL of the file that this program was started with; `undefined` if there is none. */
export function entryFileUrl(): string | undefined {
  const file = process.argv[1]
  if (file === undefined) return undefined
  try {
    return pathToFileURL(realpathSync(file)).href
  } catch {
    return undefined // a name that is no file: nothing was started from one
  }
}

/** Keeps the process alive while it is held. */
export interface Hold {
  take(): void
  release(): void
}

/** A hold that is not taken yet. */
export function processHold(): Hold {
  let timer: NodeJS.Timeout | undefined
  return {
    take: () => {
      timer ??= setInterval(() => {}, LONGEST_TIMER)
      timer.ref()
    },
    release: () => timer?.unref(),
  }
}
