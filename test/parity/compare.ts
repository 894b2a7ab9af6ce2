/** Says how what a canvas did differs from what the corpus expects of it. It runs nothing. */
import { isDeepStrictEqual } from 'node:util'
import type { Effect, Expectation, OutcomeName } from './corpus.js'

/** What a canvas did. */
export interface Observed {
  readonly outcome: OutcomeName
  readonly result?: unknown
  readonly error?: Error
  readonly effects: readonly Effect[]
  /** What else was wrong, whatever the corpus expects: work that never ended, an id that is not the one asked for. */
  readonly complaints: readonly string[]
}

/** Python's names of errors, and ours. Any other name is the same in both. */
const OUR_NAMES: Readonly<Record<string, readonly string[]>> = {
  NotRegistered: ['NotRegisteredError', 'InvalidCanvasError'],
  TimeLimitExceeded: ['TimeLimitError'],
  SoftTimeLimitExceeded: ['SoftTimeLimitError'],
  ImproperlyConfigured: ['InvalidCanvasError'],
  TaskRevokedError: ['TaskRevokedError', 'TaskExpiredError'],
}

/** One sentence for each difference; none if it did what is expected. */
export function differences(expected: Expectation, observed: Observed): string[] {
  const outcomes = expected.outcome_any_of ?? [expected.outcome]
  if (!outcomes.includes(observed.outcome))
    return [...observed.complaints, `expected ${outcomes}, got ${summary(observed)}`]
  const { missing, unexpected } = compareEffects(expected.effects, observed.effects)
  return [
    ...observed.complaints,
    ...(observed.outcome === 'value'
      ? compareValues(expected.result, observed.result)
      : compareErrors(expected, observed)),
    ...missing.map((effect) => `missing effect ${JSON.stringify(effect)}`),
    ...unexpected.map((effect) => `unexpected effect ${JSON.stringify(effect)}`),
  ]
}

const summary = ({ error, result }: Observed): string =>
  error ? `${error.name}: ${error.message}` : `value ${JSON.stringify(result)}`

function compareValues(expected: unknown, value: unknown): string[] {
  return isSame(expected, value) ? [] : [`expected value ${JSON.stringify(expected)}, got ${JSON.stringify(value)}`]
}

function compareErrors({ error: expected }: Expectation, { error }: Observed): string[] {
  if (expected === undefined || error === undefined) return ['an error must be compared, and there is none']
  const same = isErrorType(expected.type, error.name) && error.message.includes(expected.message_contains)
  return same
    ? []
    : [`expected ${expected.type} with "${expected.message_contains}", got ${error.name}: ${error.message}`]
}

/** The lists as multisets. The longest messages go first, so that one that fits many effects takes what they leave. */
function compareEffects(
  expected: readonly Effect[],
  found: readonly Effect[],
): { missing: Effect[]; unexpected: Effect[] } {
  const unexpected = [...found]
  const missing: Effect[] = []
  for (const effect of expected.toSorted((a, b) => partOf(b).length - partOf(a).length)) {
    const at = unexpected.findIndex((one) => isEffect(effect, one))
    if (at < 0) missing.push(effect)
    else unexpected.splice(at, 1)
  }
  return { missing, unexpected }
}

const partOf = (effect: Effect): string => String(effect.exc_message_contains ?? '')

function isEffect(expected: Effect, found: Effect): boolean {
  const { exc_type: type, exc_message_contains: part, ...rest } = expected
  const { exc_type: foundType, exc_message_contains: message, ...foundRest } = found
  if (!isSame(rest, foundRest)) return false
  return type === undefined
    ? foundType === undefined
    : isErrorType(String(type), String(foundType)) && String(message).includes(String(part))
}

/** Whether an error's name is one that the corpus's type stands for: `*`, a name, or names joined by `|`. */
function isErrorType(type: string, name: string): boolean {
  if (type === '*') return true
  return type.split('|').some((one) => (OUR_NAMES[one] ?? [one]).includes(name))
}

/** Deep equality after JSON, where `undefined` in a list or alone is `null`. */
function isSame(expected: unknown, found: unknown): boolean {
  return isDeepStrictEqual(throughJSON(expected), throughJSON(found))
}

const throughJSON = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null')
