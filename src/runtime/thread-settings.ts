/** The options that say what a worker thread may do and see, checked at the call: a thread that cannot start says so too late. It starts none. */
import type { ResourceLimits } from 'node:worker_threads'
import { ConfigurationError } from '../errors.js'
import { checkHardened } from '../executors/hardening.js'
import { type EnvOption, threadEnv } from '../executors/thread-env.js'
import { checkThread } from '../executors/thread-flags.js'
import { checkOptions, isPlainObject, type OptionRule, texts } from '../option-rules.js'

interface ThreadRelated {
  readonly resourceLimits?: ResourceLimits
  readonly executor?: 'threads' | 'inline'
  readonly env?: EnvOption
  readonly execArgv?: readonly string[]
  readonly hardened?: boolean
  readonly spareThreads?: number
}

const isText = (value: unknown): boolean => typeof value === 'string' && !value.includes('\0')
const isName = (value: unknown): boolean => isText(value) && value !== '' && !(value as string).includes('=')

export const envRule: OptionRule = {
  expected: 'a list of names of environment variables, or an object of texts',
  accepts: (value) =>
    texts.accepts(value)
      ? (value as unknown[]).every(isName)
      : isPlainObject(value) && Object.entries(value).every(([name, text]) => isName(name) && isText(text)),
}

const size: OptionRule = {
  expected: 'a number of MiB above 0',
  accepts: (value) => typeof value === 'number' && value > 0 && value < Infinity,
}
const LIMIT_RULES = {
  maxOldGenerationSizeMb: size,
  maxYoungGenerationSizeMb: size,
  codeRangeSizeMb: size,
  stackSizeMb: size,
} as const satisfies Record<keyof ResourceLimits, OptionRule>

/** @throws {@link ConfigurationError} for what this Node's threads cannot do, and for what the executor `'inline'` has no thread for. */
export function threadSettings(options: ThreadRelated) {
  const { execArgv, resourceLimits, hardened = false } = options
  // Node leaves out what it does not understand.
  checkOptions('createRuntime: resourceLimits', resourceLimits, LIMIT_RULES)
  if (options.executor === 'inline') refuseInline(options)
  if (hardened) checkHardened(process.versions.node)
  const env = threadEnv(options.env, hardened, process.env)
  checkThread(execArgv, env)
  return { env, execArgv, resourceLimits, hardened }
}

/** Whoever asks for it would think that tasks are kept from something. */
function refuseInline(options: ThreadRelated): void {
  const name = (['env', 'execArgv', 'hardened', 'spareThreads'] as const).find((one) => options[one] !== undefined)
  if (name === undefined || options[name] === false || options[name] === 0) return
  throw new ConfigurationError(
    `createRuntime: option "${name}" is for worker threads, and with executor 'inline' tasks run on this one`,
    name,
    options[name],
  )
}
