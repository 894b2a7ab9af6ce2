/** The features whose pairs the table lists, and what a cell of it is. */
import type { Lab } from './lab.js'

export const FEATURES = [
  'retry',
  'mapped',
  'delay',
  'expires',
  'timeLimit',
  'softTimeLimit',
  'revoke',
  'failFast',
  'priority',
  'rateLimit',
  'concurrency',
  'callsPerThread',
  'maxQueue',
  'batch',
  'replace',
  'addToChord',
  'ignore',
  'reject',
  'progress',
  'apply',
  'handlers',
  'ignoreResult',
  'resultTtl',
  'events',
  'close',
] as const

export type Feature = (typeof FEATURES)[number]
/** Two features, the one that comes first in the list first. */
export type Pair = `${Feature} × ${Feature}`
export type Program = (lab: Lab) => Promise<unknown>

/** What two features do together: a sentence, a program, and what it must give. Or why there is no place where they meet. */
export type Cell =
  | readonly [pair: Pair, sentence: string, program: Program, expected: unknown]
  | readonly [pair: Pair, apart: string]
