/** How Piscina is set: as many threads as it is given, for good, each of which may get as many runs as there are, and the one that is asked for. */
import { fileURLToPath } from 'node:url'
import type { ResourceLimits } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { declaredModules } from '../task/registry.js'
import type { WorkerSetup } from '../worker/protocol.js'
import { hardenedFlags } from './hardening.js'

/** What threads may use, read and see. */
export interface PoolOptions {
  readonly resourceLimits: ResourceLimits | undefined
  readonly execArgv: readonly string[] | undefined
  readonly env: Readonly<Record<string, string>> | undefined
  readonly hardened: boolean
}

/** What Piscina loads in every thread. */
const ENTRY = new URL('../worker/entry.cjs', import.meta.url)

/** Runs that Piscina may hand to one thread at one time: more than there can be. */
const NO_LIMIT = 2 ** 30

/** @param target - The thread that the run being handed over is for. */
export function newPool(
  piscina: typeof Piscina,
  threads: number,
  target: () => number | undefined,
  options: PoolOptions,
  workerData: WorkerSetup,
): Piscina {
  const { resourceLimits, env } = options
  const execArgv = flagsOf(options)
  return new piscina({
    filename: fileURLToPath(ENTRY),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: NO_LIMIT,
    loadBalancer: (_task, workers) => workers.find(({ id }) => id === target()) ?? workers[0] ?? null,
    idleTimeout: Infinity,
    recordTiming: false,
    // With two runs in a thread, the default answers both only after the second.
    atomics: 'disabled',
    workerData,
    ...(resourceLimits && { resourceLimits }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(env && { env }),
  })
}

/** A hardened thread may read the packages of the task modules that are known when the first thread starts, and no others later on. */
function flagsOf({ execArgv, hardened }: PoolOptions): readonly string[] | undefined {
  return hardened ? hardenedFlags([ENTRY.href, ...declaredModules()], execArgv, process.execArgv) : execArgv
}
