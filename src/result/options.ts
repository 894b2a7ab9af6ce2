/** Refuses wrong options of `get()` and `iterate()`. It sees to the options only: waiting is done elsewhere. */
import { ConfigurationError } from '../errors.js'

/** What one option must be: words for the message, and the test. */
interface OptionRule {
  readonly expected: string
  accepts(value: unknown): boolean
}

const flag: OptionRule = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' }
const duration: OptionRule = {
  expected: 'a number of milliseconds from 0, or Infinity',
  accepts: (value) => typeof value === 'number' && value >= 0,
}
const signal: OptionRule = { expected: 'an AbortSignal', accepts: isSignal }

/** By what it can do, not by its class: a signal may come from another realm. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  )
}

/** What each method takes. A value of `undefined` stands for the default. */
const RULES = {
  get: { timeout: duration, propagate: flag, signal },
  iterate: { ordered: flag, signal },
} as const satisfies Record<string, Readonly<Record<string, OptionRule>>>

/** @throws {@link ConfigurationError} for the first option that is unknown or wrong, naming it and its value. */
export function checkOptions(method: keyof typeof RULES, options: unknown): void {
  if (options === undefined) return
  if (!isPlainObject(options))
    throw new ConfigurationError(`${method} takes an object of options, not ${show(options)}`, undefined, options)
  const rules: Readonly<Record<string, OptionRule>> = RULES[method]
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) throw new ConfigurationError(unknownOption(method, name, Object.keys(rules)), name, value)
    if (value !== undefined && !rule.accepts(value))
      throw new ConfigurationError(wrongOption(method, name, rule.expected, value), name, value)
  }
}

const unknownOption = (method: string, name: string, known: readonly string[]): string =>
  `${method} has no option "${name}"; it has ${known.join(', ')}`

const wrongOption = (method: string, name: string, expected: string, value: unknown): string =>
  `${method}: option "${name}" must be ${expected}, and is ${show(value)}`

/** Of any realm. An instance of a class is none: `get(signal)` is a mistake, although a signal has nothing of its own. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'bigint' ? `${value}n` : String(value)
}
