/** Which options `get()`, `iterate()` and `revoke()` take. It sees to the options only: waiting is done elsewhere. */
import { abortSignal, checkOptions, durationFrom, flag, type OptionRule } from '../option-rules.js'

const anything: OptionRule = { expected: 'anything', accepts: () => true }

/** What each method takes. A value of `undefined` stands for the default. */
export const RESULT_RULES = {
  get: { timeout: durationFrom(0), propagate: flag, signal: abortSignal },
  iterate: { ordered: flag, signal: abortSignal },
  revoke: { terminate: flag, reason: anything },
} as const satisfies Record<string, Readonly<Record<string, OptionRule>>>

/** @throws {@link ConfigurationError} for the first option that is unknown or wrong, naming it and its value. */
export function checkResultOptions(method: keyof typeof RESULT_RULES, options: unknown): void {
  checkOptions(method, options, RESULT_RULES[method])
}
