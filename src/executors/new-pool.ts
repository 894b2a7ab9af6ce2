/** How Piscina is set: as many threads as it is given, for good. It is never asked to run anything. */
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

export function newPool(
  piscina: typeof Piscina,
  threads: number,
  options: PoolOptions,
  workerData: WorkerSetup,
): Piscina {
  const { resourceLimits, env } = options
  const execArgv = flagsOf(options)
  return new piscina({
    filename: fileURLToPath(ENTRY),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
    recordTiming: false,
    // By default a thread that has no run sleeps, and would not hear its port.
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
