import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'

const file = (name) => fileURLToPath(new URL(`../bodies/${name}`, import.meta.url))

/** It has no calls side by side on one thread: `perThread` is passed over, and such calls wait. */
export function open({ threads = 2, least = threads, maxQueue, heapMb, module, onWorker, own = {} }) {
  const pool = workerpool.pool(module === undefined ? file('workerpool-worker.js') : fileURLToPath(module), {
    workerType: 'thread',
    minWorkers: least,
    maxWorkers: threads,
    ...(maxQueue !== undefined && { maxQueueSize: maxQueue }),
    ...(heapMb !== undefined && { workerThreadOpts: { resourceLimits: { maxOldGenerationSizeMb: heapMb } } }),
    ...(onWorker !== undefined && { onCreateWorker: onWorker }),
    ...own,
  })
  return {
    async run(name, args = [], { stop, signal = stop, transfer, limit } = {}) {
      const running = pool.exec(name, args, transfer && { transfer })
      signal?.addEventListener('abort', () => running.cancel(), { once: true })
      if (signal?.aborted) running.cancel()
      return await (limit === undefined ? running : running.timeout(limit))
    },
    runNamed: async (name) => pool.exec(name, []),
    isOfOneModule: true,
    ready: async () => undefined,
    close: async () => pool.terminate(false),
    destroy: async () => pool.terminate(true),
    threads: () => pool.stats().totalWorkers,
  }
}
