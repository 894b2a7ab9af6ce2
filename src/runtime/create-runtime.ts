/** The composition root: the one file that knows every part. */
import type { ResourceLimits } from 'node:worker_threads'
import { checkPolicy, POLICY_RULES, type RunPolicy } from '../canvas/policy.js'
import { entryFileUrl, processHold, system } from '../environment.js'
import { ConfigurationError } from '../errors.js'
import { InlineExecutor } from '../executors/inline.js'
import { PiscinaExecutor } from '../executors/piscina.js'
import {
  checkOptions,
  durationFrom,
  flag,
  oneOf,
  plainObject,
  texts,
  wholeFrom,
  wholeOrInfinity,
} from '../option-rules.js'
import { byteLimitsOf } from '../serialization/size.js'
import { isOurWorker } from '../worker/mark.js'
import { LocalRuntime } from './local-runtime.js'
import type { Runtime } from './runtime.js'
import { keepSpecimens } from './specimens.js'
import { envRule, threadSettings } from './thread-settings.js'

/** What {@link createRuntime} takes; every option may be left out. */
export interface RuntimeOptions {
  /** Worker threads; whole, from 1. Default `os.availableParallelism()`. */
  readonly threads?: number
  /** Asynchronous calls that one thread may have in progress at one time; whole, from 1. A call that never awaits has the thread to itself anyway. Default 1. */
  readonly callsPerThread?: number
  /** `'threads'`: a Piscina pool. `'inline'`: this thread, same scheduler, arguments still cloned. Default `'threads'`. */
  readonly executor?: 'threads' | 'inline'
  /** Most calls waiting to start; one more application: `QueueFullError`. Default `Infinity`; 0: only what can start at once. */
  readonly maxQueue?: number
  /** Task options for every task that does not say otherwise. */
  readonly defaults?: RunPolicy
  /** Between soft and hard cancel, in ms. Default 1_000; 0: at once; `Infinity`: never ends a thread. */
  readonly graceMs?: number
  /** How long a finished result can be looked up by id, in ms, when nobody holds its handle. Default 0: not at all; `Infinity`: for ever. */
  readonly resultTtl?: number
  /** Calls after which a thread is replaced, between calls. Default `Infinity`; from 1. */
  readonly maxTasksPerWorker?: number
  /** How long a task module may take to import, top-level await and `setup` included, in ms. Default 30_000; `Infinity`: no limit. */
  readonly startTimeout?: number
  /**
   * Threads that are started beside `threads`, with the task modules that others have imported, and take the place of one that dies at once;
   * whole, from 0. They run nothing until then. Default 0: another one is started when a thread dies.
   */
  readonly spareThreads?: number
  /** Losses of threads in `lossWindow` ms after which calls fail instead of starting threads again. Default 10 in 60_000; `Infinity`: never. */
  readonly maxLosses?: number
  readonly lossWindow?: number
  /** Deepest nesting of arguments and results. Default, and most, 512. */
  readonly maxDepth?: number
  /** Largest arguments of a call, in bytes: `SerializationError`. Default `Infinity`. */
  readonly maxArgumentBytes?: number
  /** Largest result of a call, in bytes: `SerializationError`. Default `Infinity`. */
  readonly maxResultBytes?: number
  /**
   * Freezes lists and plain objects among the arguments, at any depth, when they are applied: whoever changes one before its call has left gets a `TypeError`
   * there, where otherwise the task may see the change. Costs a walk over all arguments; meant for development and tests. Default `false`.
   */
  readonly freezeArguments?: boolean
  /** V8's limits per thread; best effort, not containment. */
  readonly resourceLimits?: ResourceLimits
  /** What workers see as `process.env`: names to pass on, or values. Default: a copy of all of it; with `hardened`, `PATH`, `HOME`, `TZ`, `LANG`, `NODE_ENV`. */
  readonly env?: readonly string[] | Readonly<Record<string, string>>
  /** Node options of the worker threads, such as loaders. Default: those of the process. */
  readonly execArgv?: readonly string[]
  /** Run workers under Node's permission model, allowed to read only task modules and their packages. Node ≥ 22, else {@link ConfigurationError}. Default `false`. */
  readonly hardened?: boolean
}

const MAX_DEPTH = 512
const START_TIMEOUT_MS = 30_000
const GRACE_MS = 1_000
const MAX_LOSSES = 10
const LOSS_WINDOW_MS = 60_000
/** More threads than this in one process is a slip of the pen. */
const MOST_THREADS = 1_024

const RULES = {
  threads: wholeFrom(1, MOST_THREADS),
  callsPerThread: wholeFrom(1, 1_000),
  spareThreads: wholeFrom(0, MOST_THREADS),
  executor: oneOf('threads', 'inline'),
  maxQueue: wholeOrInfinity(0),
  defaults: plainObject,
  graceMs: durationFrom(0),
  resultTtl: durationFrom(0),
  maxTasksPerWorker: wholeOrInfinity(1),
  startTimeout: durationFrom(1),
  maxLosses: wholeOrInfinity(1),
  lossWindow: durationFrom(1),
  maxDepth: wholeFrom(1, MAX_DEPTH),
  maxArgumentBytes: wholeOrInfinity(0),
  maxResultBytes: wholeOrInfinity(0),
  freezeArguments: flag,
  resourceLimits: plainObject,
  env: envRule,
  execArgv: texts,
  hardened: flag,
}

/**
 * Makes a runtime: a scheduler and its threads. Threads start with the first call, or with `runtime.ready()`.
 *
 * @throws {@link ConfigurationError} for a wrong option, and inside one of celeriac's own workers.
 * @example
 * const runtime = createRuntime({ threads: 4 })
 * await runtime.run(chain(multiply.s(5, 5), add.s(4), multiply.s(8))) // 232
 * await runtime.close()
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const { threads = system.parallelism, ...settings } = settingsOf('createRuntime', options)
  if (isOurWorker())
    throw new ConfigurationError(
      "createRuntime was called inside one of celeriac's own worker threads, which would start threads without end: create the runtime in the program's entry file, and keep task modules free of it",
    )
  const { callsPerThread, maxDepth, bytes, startTimeout, defaults } = settings
  const { spareThreads = 0 } = options
  const inline = options.executor === 'inline'
  const { resourceLimits, env, execArgv, hardened } = threadSettings(options)
  return new LocalRuntime({
    ...partsOf(settings),
    environment: system,
    hold: processHold(),
    warnsOfLongRuns: true,
    lanes: threads,
    admission: { maxDepth, bytes, entryFileUrl: inline ? undefined : entryFileUrl() },
    makeExecutor: (report) =>
      inline
        ? new InlineExecutor(
            { lanes: threads, callsPerThread, maxDepth, bytes, defaults, startTimeout },
            report,
            system.clock,
          )
        : new PiscinaExecutor(
            {
              threads,
              callsPerThread,
              maxDepth,
              bytes,
              defaults,
              startTimeout,
              whileStarting: keepSpecimens,
              spareThreads,
              resourceLimits,
              env,
              execArgv,
              hardened,
            },
            report,
            system.clock,
          ),
  })
}

/**
 * Options as checked, with the defaults of those that every runtime has: also of one for tests.
 *
 * @throws {@link ConfigurationError} for a wrong option.
 */
export function settingsOf(where: string, options: RuntimeOptions) {
  checkOptions(where, options, RULES)
  checkOptions(`${where}: defaults`, options.defaults, POLICY_RULES)
  checkPolicy(`${where}: defaults`, options.defaults ?? {})
  const {
    threads,
    callsPerThread = 1,
    maxDepth = MAX_DEPTH,
    startTimeout = START_TIMEOUT_MS,
    defaults = {},
    graceMs = GRACE_MS,
    maxQueue = Infinity,
    resultTtl = 0,
    maxTasksPerWorker = Infinity,
    maxLosses = MAX_LOSSES,
    lossWindow = LOSS_WINDOW_MS,
    freezeArguments = false,
  } = options
  const scheduling = { callsPerThread, defaults, graceMs, maxQueue, maxTasksPerWorker, maxLosses, lossWindow }
  const bytes = byteLimitsOf(options)
  return { threads, callsPerThread, maxDepth, bytes, startTimeout, defaults, scheduling, resultTtl, freezeArguments }
}

/** What of the settings goes into the runtime itself. */
export function partsOf(settings: Omit<ReturnType<typeof settingsOf>, 'threads'>) {
  const { scheduling, resultTtl, freezeArguments } = settings
  return { scheduling, resultTtl, freezeArguments }
}
