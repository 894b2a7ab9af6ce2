/** What an option must be, and the refusal of one that is not. */
import { ConfigurationError } from './errors.js'

/** What one option must be: a sentence for the message, and the test. */
export interface OptionRule {
  readonly expected: string
  accepts(value: unknown): boolean
}

export const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

export const text: OptionRule = {
  expected: 'a text that is not empty',
  accepts: (v) => typeof v === 'string' && v !== '',
}
export const flag: OptionRule = { expected: 'true or false', accepts: (v) => typeof v === 'boolean' }
export const plainObject: OptionRule = { expected: 'a plain object', accepts: isPlainObject }
export const texts: OptionRule = {
  expected: 'a list of texts',
  accepts: (v) => Array.isArray(v) && v.every((one) => typeof one === 'string'),
}
export const list: OptionRule = { expected: 'a list', accepts: Array.isArray }
export const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER): OptionRule => ({
  expected: `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
  accepts: (v) => Number.isInteger(v) && (v as number) >= least && (v as number) <= most,
})
export const wholeOrInfinity = (least: number): OptionRule => ({
  expected: `a whole number from ${least}, or Infinity`,
  accepts: (v) => v === Infinity || wholeFrom(least).accepts(v),
})
/** A length of time in ms; `Infinity` is one. */
export const durationFrom = (least: number): OptionRule => ({
  expected: `a number of milliseconds from ${least}, or Infinity`,
  accepts: (v) => typeof v === 'number' && v >= least,
})
export const oneOf = (...choices: readonly string[]): OptionRule => ({
  expected: choices.map((choice) => `'${choice}'`).join(' or '),
  accepts: (v) => typeof v === 'string' && choices.includes(v),
})

/** How a value looks in a message: short, and never a throw. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/**
 * Refuses unknown names and wrong values, naming option, value and what is expected. `undefined` means "as the default says".
 *
 * @throws {@link ConfigurationError} for the first that is wrong.
 */
export function checkOptions(where: string, options: unknown, rules: Readonly<Record<string, OptionRule>>): void {
  if (options === undefined) return
  if (!isPlainObject(options))
    throw new ConfigurationError(`${where} takes an object of options, not ${show(options)}`, undefined, options)
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) throw unknownOption(where, name, value, Object.keys(rules))
    if (value !== undefined && !rule.accepts(value))
      throw new ConfigurationError(
        `${where}: option "${name}" must be ${rule.expected}, and is ${show(value)}`,
        name,
        value,
      )
  }
}

const unknownOption = (where: string, name: string, value: unknown, known: readonly string[]): ConfigurationError =>
  new ConfigurationError(`${where} has no option "${name}"; it has ${known.join(', ')}`, name, value)

/** As far as a Date tells, in ms since the epoch. Further on, a ms more or less is the same number, and a clock stands still. */
export const END_OF_TIME_MS = 8.64e15

/** A length of time in ms that ends. */
export const finiteDuration: OptionRule = {
  expected: `a number of milliseconds from 0 to ${END_OF_TIME_MS}`,
  accepts: (v) => typeof v === 'number' && v >= 0 && v <= END_OF_TIME_MS,
}

/** By what it can do, not by its class: a signal may come from another realm. */
export const abortSignal: OptionRule = {
  expected: 'an AbortSignal',
  accepts: (value) => {
    if (typeof value !== 'object' || value === null) return false
    const { aborted, addEventListener, removeEventListener } = value as Record<string, unknown>
    return (
      typeof aborted === 'boolean' &&
      typeof addEventListener === 'function' &&
      typeof removeEventListener === 'function'
    )
  },
}
