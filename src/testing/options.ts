/** The options of a test runtime, and the check of those that only it has. */
import { ConfigurationError } from '../errors.js'
import { checkOptions, END_OF_TIME_MS, flag, type OptionRule, wholeFrom } from '../option-rules.js'
import type { RuntimeOptions } from '../runtime/create-runtime.js'

/** {@link RuntimeOptions} without those of real threads, and what a test decides. */
export interface TestRuntimeOptions
  extends Omit<RuntimeOptions, 'executor' | 'spareThreads' | 'resourceLimits' | 'env' | 'execArgv' | 'hardened'> {
  /** Decides order of completion, jitter and ids. Default 0: calls complete in the order they started. */
  readonly seed?: number
  /** Where the clock starts, as a date or ms since the epoch. Default 0. */
  readonly now?: Date | number
  /** Let the clock jump by itself. `false`: only `advance` moves it. Default `true`. */
  readonly autoAdvance?: boolean
  /** Threads to play. Default 2. */
  readonly threads?: number
}

const time: OptionRule = {
  expected: 'a valid Date, or a number of ms since the epoch that a Date can tell',
  accepts: (value) => {
    const ms: unknown = value instanceof Date ? value.valueOf() : value
    return typeof ms === 'number' && Math.abs(ms) <= END_OF_TIME_MS
  },
}

const OWN_RULES = { seed: wholeFrom(0), now: time, autoAdvance: flag }
/** What real threads have and played ones have not. */
const OF_REAL_THREADS = ['executor', 'spareThreads', 'resourceLimits', 'env', 'execArgv', 'hardened'] as const

/**
 * Separates what a test decides from what any runtime takes.
 *
 * @throws {@link ConfigurationError} for a wrong value, and for an option of real threads.
 */
export function splitOptions(where: string, options: TestRuntimeOptions) {
  if (typeof options !== 'object' || options === null) checkOptions(where, options, OWN_RULES)
  const refused = OF_REAL_THREADS.find((name) => (options as Record<string, unknown>)[name] !== undefined)
  if (refused !== undefined)
    throw new ConfigurationError(
      `${where}: option "${refused}" is for real threads, and a test runtime has none`,
      refused,
      (options as Record<string, unknown>)[refused],
    )
  const { seed = 0, now = 0, autoAdvance = true, ...rest } = options
  checkOptions(where, { seed: options.seed, now: options.now, autoAdvance: options.autoAdvance }, OWN_RULES)
  return { seed, now: now.valueOf(), autoAdvance, rest: rest as RuntimeOptions }
}
