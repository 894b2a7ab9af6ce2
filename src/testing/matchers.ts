/**
 * Matchers for `expect.extend`, in vitest and jest alike; plain functions for every other runner. Each gives whether it passes, and a
 * message that shows what ran instead. No runner is imported.
 */
import { isDeepStrictEqual } from 'node:util'
import type { AnyTask } from '../canvas/typing.js'
import { ConfigurationError } from '../errors.js'
import { show, wholeFrom } from '../option-rules.js'
import { placeOf, type RecordedCall } from './recorder.js'
import { isMeant, nameOf, requireTarget, type Target } from './target.js'

/** The matchers, as assertions. */
export interface CeleriacMatchers<R = unknown> {
  /** The task ran at least once; with `args`, once with these. */
  toHaveRun(task: AnyTask | string, args?: readonly unknown[]): R
  /** The task ran so many times, retries counted. */
  toHaveRunTimes(task: AnyTask | string, times: number): R
  /** The last run of the one ended before the first run of the other started. */
  toHaveRunBefore(first: AnyTask | string, second: AnyTask | string): R
  /** The result is final; with `state`, in that state. */
  toHaveSettled(state?: string): R
}

/** What a matcher gives. */
interface Verdict {
  readonly pass: boolean
  message(): string
}

type Equals = (a: unknown, b: unknown) => boolean

const FINAL: ReadonlySet<string> = new Set(['SUCCESS', 'FAILURE', 'REVOKED', 'IGNORED', 'REJECTED'])
/** How many runs a message lists. */
const MOST_RUNS = 20

/**
 * Matchers for `expect.extend(matchers)`, in vitest and jest alike. `expect` takes a runtime or recorder, `toHaveSettled` a result.
 *
 * @example Types, once in a project:
 * declare module 'vitest' { interface Matchers<T> extends CeleriacMatchers<T> {} }
 * @example Without an `expect`:
 * const { pass, message } = matchers.toHaveRun(runtime, add, [1, 2])
 * assert.ok(pass, message())
 */
export const matchers: {
  readonly [K in keyof CeleriacMatchers]: (received: unknown, ...args: unknown[]) => Verdict
} = Object.freeze({
  toHaveRun(this: unknown, received: unknown, task: unknown, args?: unknown): Verdict {
    const calls = callsIn('toHaveRun', received)
    const target = requireTarget('toHaveRun', task)
    if (args !== undefined && !Array.isArray(args))
      throw new ConfigurationError(`toHaveRun: "args" must be a list, not ${show(args)}`, 'args', args)
    const equals = equalityOf(this)
    const runs = runsOf(calls, target)
    const pass = args === undefined ? runs.length > 0 : runs.some((run) => equals(run.args, args))
    const wanted = args === undefined ? quoted(target) : `${quoted(target)} to have run with ${listed(args)}`
    const sentence = args === undefined ? `${wanted} to have run` : wanted
    return verdict(pass, sentence, () => (runs.length > 0 ? `it ran ${timesAndRuns(runs)}` : whatRan(calls)))
  },

  toHaveRunTimes(received: unknown, task: unknown, times: unknown): Verdict {
    const calls = callsIn('toHaveRunTimes', received)
    const target = requireTarget('toHaveRunTimes', task)
    if (!wholeFrom(0).accepts(times))
      throw new ConfigurationError(`toHaveRunTimes: "times" must be a whole number, not ${show(times)}`, 'times', times)
    const runs = runsOf(calls, target)
    return verdict(runs.length === times, `${quoted(target)} to have run ${counted(times as number)}`, () =>
      runs.length > 0 ? `it ran ${timesAndRuns(runs)}` : whatRan(calls),
    )
  },

  toHaveRunBefore(received: unknown, first: unknown, second: unknown): Verdict {
    const calls = callsIn('toHaveRunBefore', received)
    const targets = [requireTarget('toHaveRunBefore', first), requireTarget('toHaveRunBefore', second)] as const
    const [before, after] = targets.map((target) => runsOf(calls, target)) as [RecordedCall[], RecordedCall[]]
    const missing = targets.find((_target, i) => (i === 0 ? before : after).length === 0)
    const sentence = `${quoted(targets[0])} to have run before ${quoted(targets[1])}`
    if (missing !== undefined) return verdict(false, sentence, () => `${quoted(missing)} never ran; ${whatRan(calls)}`)
    return verdict(endedBefore(before, after), sentence, () => {
      const either = calls.filter((call) => before.includes(call) || after.includes(call))
      return `in order of start:${lines(either)}`
    })
  },

  toHaveSettled(received: unknown, state?: unknown): Verdict {
    const result = Object(received) as { readonly id?: unknown; readonly state?: unknown; readonly error?: unknown }
    if (typeof result.id !== 'string' || typeof result.state !== 'string')
      throw new ConfigurationError(
        `toHaveSettled: expect takes a result here, not ${show(received)}`,
        'received',
        received,
      )
    if (state !== undefined && !FINAL.has(state as string))
      throw new ConfigurationError(
        `toHaveSettled: "state" must be one of ${[...FINAL].join(', ')}, not ${show(state)}`,
        'state',
        state,
      )
    const pass = state === undefined ? FINAL.has(result.state) : result.state === state
    const wanted = state === undefined ? 'to have settled' : `to have settled as ${state}`
    const error = result.error instanceof Error ? ` with ${result.error.name}: ${result.error.message}` : ''
    return verdict(pass, `${result.id} ${wanted}`, () => `it is ${result.state}${error}`)
  },
})

function callsIn(where: string, received: unknown): readonly RecordedCall[] {
  const { calls } = Object(received) as { readonly calls?: unknown }
  if (Array.isArray(calls)) return calls as readonly RecordedCall[]
  throw new ConfigurationError(
    `${where}: expect takes a test runtime or a recorder, not ${show(received)}; of any other runtime, make a recorder: recorder(runtime)`,
    'received',
    received,
  )
}

const runsOf = (calls: readonly RecordedCall[], target: Target): RecordedCall[] =>
  calls.filter((call) => isMeant(target, call))

const endedBefore = (before: readonly RecordedCall[], after: readonly RecordedCall[]): boolean => {
  const start = Math.min(...after.map((call) => placeOf(call).start))
  return before.every((call) => placeOf(call).end < start)
}

/** The runner's own equality, if it has lent one: it knows `expect.anything()` and its like. */
function equalityOf(runner: unknown): Equals {
  const { equals } = Object(runner) as { readonly equals?: unknown }
  return typeof equals === 'function' ? (equals as Equals) : isDeepStrictEqual
}

const verdict = (pass: boolean, sentence: string, instead: () => string): Verdict => ({
  pass,
  message: () => `expected ${pass ? sentence.replace(' to have ', ' not to have ') : sentence}, and ${instead()}`,
})

const quoted = (target: Target): string => `"${nameOf(target)}"`
const counted = (times: number): string => (times === 1 ? 'once' : `${times} times`)
const listed = (args: readonly unknown[]): string => `(${args.map(shown).join(', ')})`
const timesAndRuns = (runs: readonly RecordedCall[]): string => `${counted(runs.length)}:${lines(runs)}`

function lines(runs: readonly RecordedCall[]): string {
  const more = runs.length > MOST_RUNS ? `\n  and ${runs.length - MOST_RUNS} more` : ''
  return runs.slice(0, MOST_RUNS).map(line).join('') + more
}

function line({ taskName, args, attempt, startedAt, endedAt, outcome }: RecordedCall): string {
  const end =
    outcome === undefined
      ? 'still runs'
      : outcome.ok
        ? `gave ${shown(outcome.value)}`
        : `failed: ${outcome.error.message}`
  return `\n  ${taskName}${listed(args)}, run ${attempt}, ${startedAt} to ${endedAt ?? '…'} ms: ${end}`
}

function whatRan(calls: readonly RecordedCall[]): string {
  if (calls.length === 0) return 'nothing ran'
  const counts = new Map<string, number>()
  for (const { taskName } of calls) counts.set(taskName, (counts.get(taskName) ?? 0) + 1)
  return `what ran: ${[...counts].map(([name, count]) => `${name} ${counted(count)}`).join(', ')}`
}

/** A value in a message: as JSON where that says something. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return show(value)
  try {
    const text = JSON.stringify(value)
    return text.length > 80 ? `${text.slice(0, 80)}…` : text
  } catch {
    return show(value) // it holds what JSON cannot: its kind will do
  }
}
