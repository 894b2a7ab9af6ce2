/** How a call is to be run: what call and task options share, and the check of each. Types and rules; nothing here runs anything. */
import { ConfigurationError } from '../errors.js'
import {
  durationFrom,
  finiteDuration,
  flag,
  type OptionRule,
  oneOf,
  wholeFrom,
  wholeOrInfinity,
} from '../option-rules.js'

/** A class of errors, abstract ones included. */
export type ErrorClass = abstract new (...args: any[]) => Error

/** When a failed run is tried again. A run that throws nothing listed in `retryFor` is not retried, unless it calls `this.retry()`. */
export interface RetryPolicy {
  /** How many runs may follow the first one. Default 3; 0: none; `Infinity`: no limit. */
  readonly maxRetries?: number
  /** Wait before a retry, in ms. Default 1_000; 0: at once. */
  readonly retryDelay?: number
  /** Errors to retry by themselves: classes (subclasses included) or names. Default: none. `[]` is refused: it catches nothing. */
  readonly retryFor?: readonly (ErrorClass | string)[]
  /** Errors never to retry; wins over `retryFor`. Default: none. */
  readonly dontRetryFor?: readonly (ErrorClass | string)[]
  /** Growth of the wait: `retryDelay × factor ** retries`. `true` is 2; a number, from 1, is the factor. Default `false`: always `retryDelay`. */
  readonly retryBackoff?: boolean | number
  /** Longest wait with backoff, in ms, before jitter. Default 600_000; `Infinity`: no cap. */
  readonly retryBackoffMax?: number
  /** With backoff, wait a random time between 0 and the computed one. Default `true`. */
  readonly retryJitter?: boolean
}

/** What call and task options share. */
export interface RunPolicy extends RetryPolicy {
  /** Longest run, in ms, from its start. Past it the thread is ended: `TimeLimitError`. Default, and `Infinity`: none. 0 is refused. */
  readonly timeLimit?: number
  /** Past it, in ms, `this.signal` aborts with `SoftTimeLimitError`. At most `timeLimit`. Default, and `Infinity`: none. 0 is refused. */
  readonly softTimeLimit?: number
  /** 0–9, whole; higher starts sooner, equal ones in the order they became ready. Default 0. */
  readonly priority?: number
  /** Drop the value once callbacks and next steps have it: `get()` then gives `undefined`, whatever the type says. Default `false`. */
  readonly ignoreResult?: boolean
  /** What becomes of a call whose thread dies: `WorkerLostError`, or another run (at most 3). Default `'fail'`. */
  readonly onWorkerLost?: 'fail' | 'requeue'
}

const isErrorName = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') ||
  (typeof value === 'function' && (value === Error || (value as { prototype?: unknown }).prototype instanceof Error))

const errorNames: OptionRule = {
  expected: 'a list of error classes and names',
  accepts: (value) => Array.isArray(value) && value.every(isErrorName),
}
/** An empty list would look as if it said something, and catch nothing. */
const someErrorNames: OptionRule = {
  expected: `${errorNames.expected} that is not empty`,
  accepts: (value) => errorNames.accepts(value) && (value as readonly unknown[]).length > 0,
}
const factor: OptionRule = {
  expected: 'true, false or a number from 1',
  accepts: (value) => typeof value === 'boolean' || (typeof value === 'number' && value >= 1 && value < Infinity),
}
const limit: OptionRule = {
  expected: 'a number of milliseconds above 0, or Infinity',
  accepts: (value) => typeof value === 'number' && value > 0,
}

export const POLICY_RULES = {
  maxRetries: wholeOrInfinity(0),
  retryDelay: finiteDuration,
  retryFor: someErrorNames,
  dontRetryFor: errorNames,
  retryBackoff: factor,
  retryBackoffMax: durationFrom(0),
  retryJitter: flag,
  timeLimit: limit,
  softTimeLimit: limit,
  priority: wholeFrom(0, 9),
  ignoreResult: flag,
  onWorkerLost: oneOf('fail', 'requeue'),
} as const satisfies Record<keyof RunPolicy, OptionRule>

const POLICY_NAMES = Object.keys(POLICY_RULES) as readonly (keyof RunPolicy)[]

/** What is the scheduler's alone: when a call leaves, and what becomes of it afterwards. */
const NOT_FOR_THREADS: readonly string[] = ['priority', 'ignoreResult', 'onWorkerLost']
/** What a thread has to know of a policy: limits, and when a run is tried again. */
export const NAMES_FOR_THREADS = POLICY_NAMES.filter((name) => !NOT_FOR_THREADS.includes(name))

/** @throws {@link ConfigurationError} if two options of one policy contradict each other. */
export function checkPolicy(where: string, { timeLimit, softTimeLimit }: RunPolicy): void {
  if (timeLimit === undefined || softTimeLimit === undefined || softTimeLimit <= timeLimit) return
  const message = `${where}: option "softTimeLimit" must be at most "timeLimit" (${timeLimit}), and is ${softTimeLimit}`
  throw new ConfigurationError(message, 'softTimeLimit', softTimeLimit)
}

/** Whether there is nothing in it, in constant time. */
export function isEmpty(options: object): boolean {
  for (const _ in options) return false
  return true
}

/** The policy among options, or of it what has these names, without what was not given; `undefined` if there is none. */
export function policyIn(options: RunPolicy, names = POLICY_NAMES): RunPolicy | undefined {
  if (isEmpty(options)) return undefined
  let found: Record<string, unknown> | undefined
  for (const name of names) {
    if (options[name] === undefined) continue
    found ??= {}
    found[name] = options[name]
  }
  return found
}

/** The same policy as data that crosses threads: error classes by their names. */
export function portablePolicy(policy: RunPolicy): RunPolicy {
  const { retryFor, dontRetryFor } = policy
  if (retryFor === undefined && dontRetryFor === undefined) return policy
  return {
    ...policy,
    ...(retryFor && { retryFor: names(retryFor) }),
    ...(dontRetryFor && { dontRetryFor: names(dontRetryFor) }),
  }
}

const names = (list: readonly (ErrorClass | string)[]): string[] =>
  list.map((one) => (typeof one === 'string' ? one : one.name))

/** Whether an error is one of these: of a class or subclass of it, or of that name. */
export function isOneOf(error: unknown, list: readonly (ErrorClass | string)[]): boolean {
  const known = namesOf(error)
  return list.some((one) => (typeof one === 'string' ? known.has(one) : known.has(one.name) || error instanceof one))
}

/** The name of an error and of every class that it is of. */
function namesOf(error: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  if (!(error instanceof Error)) return found
  found.add(error.name)
  for (
    let at: object | null = Object.getPrototypeOf(error);
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  )
    found.add(at.constructor.name)
  return found
}
