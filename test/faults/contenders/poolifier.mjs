import { fileURLToPath } from 'node:url'
import { DynamicThreadPool, FixedThreadPool } from 'poolifier'
import { NotOffered } from './not-offered.mjs'

const file = (name) => fileURLToPath(new URL(`../bodies/${name}`, import.meta.url))

/** Its threads take any number of calls side by side, unless it queues. */
export function open({
  threads = 2,
  least = threads,
  perThread = 1,
  maxQueue,
  heapMb,
  module,
  onWorker,
  onError,
  own = {},
}) {
  if (maxQueue !== undefined) throw new NotOffered('no limit of the queue')
  if (onWorker !== undefined) throw new NotOffered('no event when a thread starts')
  const options = {
    enableTasksQueue: true,
    tasksQueueOptions: { concurrency: perThread },
    ...(onError !== undefined && { errorHandler: onError }),
    ...(heapMb !== undefined && { workerOptions: { resourceLimits: { maxOldGenerationSizeMb: heapMb } } }),
    ...own,
  }
  const worker = module === undefined ? file('poolifier-worker.js') : fileURLToPath(module)
  const pool =
    least === threads
      ? new FixedThreadPool(threads, worker, options)
      : new DynamicThreadPool(least, threads, worker, options)
  return {
    run: async (name, args = [], { stop, signal = stop, transfer, limit } = {}) =>
      pool.execute(args, name, limit === undefined ? signal : AbortSignal.timeout(limit), transfer),
    runNamed: async (name) => pool.execute([], name),
    isOfOneModule: true,
    ready: async () => undefined,
    close() {
      throw new NotOffered('no graceful close')
    },
    destroy: () => pool.destroy(),
    threads: () => pool.info.workerNodes,
  }
}
