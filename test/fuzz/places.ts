/** Every place that takes options: which, and how it shows that what was accepted works. */

import { fromJSON } from '../../src/canvas/from-json.js'
import { group } from '../../src/canvas/group.js'
import type { AnyCanvas } from '../../src/canvas/typing.js'
import { createRuntime } from '../../src/runtime/create-runtime.js'
import type { Runtime } from '../../src/runtime/runtime.js'
import { defineTasks, task } from '../../src/task/task.js'
import { tasksFrom } from '../../src/task/tasks-from.js'
import { createTestRuntime } from '../../src/testing/test-runtime.js'
import type { Known } from './bag.js'

/** What a place does with options that it has accepted; it rejects if they do not work. */
export type Proof = () => Promise<void>

export interface Place {
  readonly name: string
  readonly known: Known
  readonly required?: readonly string[]
  /** Gives the options to the place. @throws what it refuses them with. */
  take(options: never): Proof
  /** It gives a promise, and so refuses by that. */
  readonly rejects?: true
  /** Names of errors that accepted options may end in, by what they say. */
  readonly mayEndIn?: readonly string[]
}

export const { add } = defineTasks(import.meta.url, { add: (x: number, y: number) => x + y })

class Late extends Error {}
const aborted = AbortSignal.abort(new Late('too late'))
const never = new AbortController().signal

const flags = [true, false]
const durations = [0, 1, 5, 0.5, 1e12, Number.POSITIVE_INFINITY]
const POLICY: Known = {
  maxRetries: [0, 1, 3, Number.POSITIVE_INFINITY],
  retryDelay: [0, 1, 1_000],
  retryFor: [['TypeError'], [Error, Late]],
  dontRetryFor: [[], ['RangeError'], [Late]],
  retryBackoff: [true, false, 1, 2.5],
  retryBackoffMax: durations,
  retryJitter: flags,
  timeLimit: [1_000, 1e12, Number.POSITIVE_INFINITY],
  softTimeLimit: [1_000, 1e12, Number.POSITIVE_INFINITY],
  priority: [0, 5, 9],
  ignoreResult: flags,
  onWorkerLost: ['fail', 'requeue'],
}
const CALL: Known = {
  ...POLICY,
  taskId: ['an-id'],
  countdown: [0, 1, 5_000, 1e9],
  eta: [new Date(0), new Date(1e12)],
  expires: [0, 1, 1e12, Number.POSITIVE_INFINITY, new Date(1e13)],
  link: [add.s(1), [], [add.s(1), add.si(1, 1)]],
  linkError: [add.si(1, 1), []],
  headers: [{}, { tenant: 1 }],
  failFast: flags,
}
const APPLY: Known = {
  ...CALL,
  keepIntermediate: flags,
  signal: [never, aborted],
  args: [[], [3]],
  kwargs: [{}],
  transfer: [[]],
}
const RUNTIME: Known = {
  threads: [1, 2, 3],
  callsPerThread: [1, 2],
  maxQueue: [1, 10, Number.POSITIVE_INFINITY],
  defaults: [{}, { maxRetries: 1 }, { priority: 3, timeLimit: 5_000 }],
  graceMs: durations,
  resultTtl: durations,
  maxTasksPerWorker: [1, 2, Number.POSITIVE_INFINITY],
  startTimeout: [1_000, Number.POSITIVE_INFINITY],
  maxDepth: [4, 512],
  maxLosses: [1, 10, Number.POSITIVE_INFINITY],
  lossWindow: [1, 60_000],
  maxArgumentBytes: [1_000, Number.POSITIVE_INFINITY],
  maxResultBytes: [1_000, Number.POSITIVE_INFINITY],
}
export const THREADS: Known = {
  ...RUNTIME,
  executor: ['threads'],
  spareThreads: [0, 1],
  resourceLimits: [{}, { maxOldGenerationSizeMb: 64 }, { stackSizeMb: 4 }],
  env: [[], ['PATH'], { A: '1' }],
  execArgv: [[], ['--no-warnings'], ['--conditions', 'dev']],
  hardened: [false],
}

/** A call may be dropped or not be there yet, as its own options say. */
const ENDS = ['TaskExpiredError', 'TaskRevokedError', 'Late']
const isDropped = (options: unknown): boolean =>
  (options as { ignoreResult?: unknown } | undefined)?.ignoreResult === true

function expectEqual(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`it gave ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
}

/** Runs a canvas whose value is 5 on a runtime of its own, where time passes by itself. */
const gives5 =
  (canvas: AnyCanvas, options: unknown): Proof =>
  async () => {
    await using runtime = createTestRuntime()
    expectEqual(await runtime.run(canvas as never), isDropped(options) ? undefined : 5)
    await runtime.idle()
  }

/** Of a runtime: it runs something, and ends. */
const runs =
  (runtime: Runtime, dropped: boolean): Proof =>
  async () => {
    expectEqual(await runtime.run(add.s(2, 3)), dropped ? undefined : 5)
    await runtime.close()
  }

const dropsByDefault = (options: unknown): boolean =>
  isDropped((options as { defaults?: unknown } | undefined)?.defaults)

/** A member of a group that ran, and the runtime that ran it. */
async function withGroup(
  use: (runtime: Runtime, result: ReturnType<Runtime['apply']>) => Promise<void>,
): Promise<void> {
  await using runtime = createTestRuntime()
  await use(runtime, runtime.apply(group(add.s(1, 1), add.s(2, 2)) as never))
}

/** Options of a method that answers later: they are given to one that has nothing to do, and then to one that has. */
const later = (give: (options: never) => unknown, prove: (options: never) => Promise<void>) => (options: never) => {
  give(options)
  return () => prove(options)
}

const idleRuntime = createTestRuntime()
const idleGroup = idleRuntime.apply(group(add.s(1, 1), add.s(2, 2)))

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const value of stream) found.push(value)
  return found
}

const SCHEDULE: Known = {
  name: ['n'],
  canvas: [add.s(1, 1)],
  maxRuns: [1, 2, Number.POSITIVE_INFINITY],
  overlap: ['skip', 'queue', 'allow'],
  missed: ['skip', 'catch-up'],
}

function scheduled(options: never): Proof {
  const runtime = createTestRuntime()
  const schedule = runtime.schedule(options)
  return async () => {
    const due = schedule.nextRun
    if (due === undefined) throw new Error('it is never due')
    await runtime.advance(due.valueOf() - runtime.now + 1) // A date has no fractions.
    if (schedule.runs < 1) throw new Error(`it ran ${schedule.runs} times`)
    schedule.remove()
    await runtime.close()
  }
}

export const places: readonly Place[] = [
  {
    name: 'createRuntime, inline',
    known: { ...RUNTIME, executor: ['inline'] },
    required: ['executor'],
    take: (options: never) => {
      const runtime = createRuntime(options)
      // One that starts threads is only made: they are asked for elsewhere, since a thread is dear.
      const isInline = (options as { executor?: unknown } | undefined)?.executor === 'inline'
      return isInline ? runs(runtime, dropsByDefault(options)) : () => runtime.destroy().then(() => {})
    },
    // A limit of bytes may be a small one.
    mayEndIn: ['SerializationError'],
  },
  {
    name: 'createTestRuntime',
    known: { ...RUNTIME, seed: [0, 7], now: [0, new Date(5)], autoAdvance: [true] },
    take: (options: never) => runs(createTestRuntime(options), dropsByDefault(options)),
    mayEndIn: ['SerializationError'],
  },
  {
    name: 'task',
    known: { ...POLICY, name: ['sum'], rateLimit: [5, '10/s'], concurrency: [1, 2], batch: flags, trackStarted: flags },
    take: (options: never) => {
      const made = defineTasks('file:///fuzzed.js', { fuzzed: task(options, (x: number, y: number) => x + y) })
      return gives5(made.fuzzed.s(2, 3), options)
    },
  },
  { name: 'set', known: CALL, take: (options: never) => gives5(add.s(2, 3).set(options), options), mayEndIn: ENDS },
  {
    name: 'set of a group',
    known: CALL,
    take: (options: never) => {
      const canvas = group(add.s(2, 3), add.s(1, 4)).set(options)
      return async () => {
        await using runtime = createTestRuntime()
        await runtime.run(canvas as never)
        await runtime.idle()
      }
    },
    // A callback gets the group's list.
    mayEndIn: ENDS,
  },
  {
    name: 'apply',
    known: APPLY,
    required: ['args'],
    take: (options: never) => {
      const runtime = createTestRuntime()
      const result = runtime.apply(add.s(2) as never, options)
      return async () => {
        const { args, kwargs } = options as { args?: unknown[]; kwargs?: object }
        const isPlain = args?.length === 1 && args[0] === 3 && Object.keys(kwargs ?? {}).length === 0
        const value = await result.get()
        if (isPlain) expectEqual(value, isDropped(options) ? undefined : 5)
        await runtime.close()
      }
    },
    // Of whatever is given as `args`.
    mayEndIn: [...ENDS, 'TypeError', 'SerializationError'],
  },
  ...(['map', 'starmap'] as const).map((method): Place => {
    const items = method === 'map' ? [1, 2, 3] : [[1], [2], [3]]
    return {
      name: method,
      known: { window: [1, 2, 50], ordered: flags, chunkSize: [1, 2, 50], signal: [never, aborted] },
      take: (options: never) => {
        const runtime = createTestRuntime()
        const { double } = defineTasks('file:///fuzzed.js', { double: (x: number) => 2 * x })
        const stream = runtime[method](double as never, items as never, options)
        return async () => {
          expectEqual((await collect(stream)).sort(), [2, 4, 6])
          await runtime.close()
        }
      },
      mayEndIn: ['Late'],
    }
  }),
  {
    name: 'schedule, by interval',
    known: { ...SCHEDULE, every: [1, 1_000, 1e6] },
    required: ['name', 'canvas', 'every'],
    take: scheduled,
  },
  {
    name: 'schedule, by cron',
    known: { ...SCHEDULE, cron: ['* * * * *', '*/5 * * * * *', '0 0 1 1 *'], timeZone: ['UTC', 'Europe/Vienna'] },
    required: ['name', 'canvas', 'cron'],
    take: scheduled,
  },
  {
    name: 'revoke',
    known: { terminate: flags, reason: [new Late(), 'x'] },
    take: later(
      (options) => idleRuntime.revoke([], options),
      (options) =>
        withGroup(async (runtime, result) => {
          runtime.revoke(result, options)
          await runtime.idle()
          if (!result.ready()) throw new Error('it is not revoked')
        }),
    ),
  },
  {
    name: 'revokeByStamps',
    known: { tenant: [1, [1, 2]], x: ['y', null] },
    take: later(
      (stamps) => idleRuntime.revokeByStamps(stamps),
      (stamps) =>
        withGroup(async (runtime, result) => {
          runtime.revokeByStamps(stamps)
          expectEqual(await result.get(), [2, 4])
        }),
    ),
  },
  {
    name: 'stamp',
    known: { tenant: [1, [1, 2]], x: ['y', null] },
    take: (stamps: never) => gives5(add.s(2, 3).stamp(stamps) as never, undefined),
    mayEndIn: ['SerializationError'],
  },
  {
    name: 'close',
    known: { drain: flags, timeout: durations },
    take: (options: never) => {
      const runtime = createTestRuntime()
      const result = runtime.apply(add.s(2, 3))
      const closing = runtime.close(options)
      return async () => {
        await closing
        if (!result.ready()) throw new Error('it is pending')
      }
    },
  },
  {
    name: 'get',
    known: { timeout: durations, propagate: flags, signal: [never, aborted] },
    take: (options: never) => {
      const runtime = createTestRuntime()
      const value = runtime.apply(add.s(2, 3)).get(options)
      return async () => {
        expectEqual(await value, 5)
        await runtime.close()
      }
    },
    rejects: true,
    mayEndIn: ['ResultTimeoutError', 'Late'],
  },
  {
    name: 'iterate',
    known: { ordered: flags, signal: [never, aborted] },
    take: later(
      (options) => idleGroup.iterate(options),
      (options) =>
        withGroup(async (_, result) => {
          expectEqual((await collect((result as unknown as typeof idleGroup).iterate(options))).length, 2)
        }),
    ),
    mayEndIn: ['Late'],
  },
  {
    name: 'defineTasks',
    known: { namespace: ['n'] },
    take: (options: never) => {
      const { fuzzed } = defineTasks('file:///fuzzed.js', { fuzzed: (x: number, y: number) => x + y }, options)
      return gives5(fuzzed.s(2, 3), undefined)
    },
  },
  {
    name: 'tasksFrom',
    known: { namespace: ['n'] },
    take: (options: never) => {
      const made = tasksFrom(new URL('../unit/task/plain-module.ts', import.meta.url), options)
      return async () => expectEqual(typeof made.anything, 'function')
    },
  },
  {
    name: 'fromJSON',
    known: {
      tasks: [[add], { add }],
      maxDepth: [1, 50],
      maxNodes: [1, 50],
      maxBytes: [1_000, Number.POSITIVE_INFINITY],
    },
    required: ['tasks'],
    take: (options: never) => gives5(fromJSON(JSON.stringify(add.s(2, 3)), options) as never, undefined),
  },
  {
    name: 'skew',
    known: { start: [0, 5], step: [0, 1], stop: [10, Number.POSITIVE_INFINITY] },
    required: ['start'],
    take: (options: never) => {
      const { start, stop, step } = (options ?? {}) as { start: number; stop?: number; step?: number }
      const skewed = group(add.s(2, 3), add.s(1, 1)).skew(start, stop, step)
      return async () => {
        await using runtime = createTestRuntime()
        expectEqual(await runtime.run(skewed as never), [5, 2])
      }
    },
  },
]
