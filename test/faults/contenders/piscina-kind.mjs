/** Piscina and its fork tinypool take the same options and calls. */
import { fileURLToPath } from 'node:url'
import { NotOffered } from './not-offered.mjs'

const file = (name) => fileURLToPath(new URL(`../bodies/${name}`, import.meta.url))

export const openOfPiscinaKind =
  (Pool, listen) =>
  ({ threads = 2, least = threads, perThread = 1, maxQueue, heapMb, module, onWorker, onError, own = {} }) => {
    const pool = new Pool({
      filename: module === undefined ? file('pool-tasks.js') : fileURLToPath(module),
      minThreads: least,
      maxThreads: threads,
      concurrentTasksPerWorker: perThread,
      ...(maxQueue !== undefined && { maxQueue }),
      ...(heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
      ...own,
    })
    listen(pool, { onWorker, onError })
    return {
      pool,
      async run(name, args = [], { stop, signal = stop, transfer, limit } = {}) {
        const given = limit === undefined ? signal : AbortSignal.timeout(limit)
        const options = { ...(given && { signal: given }), ...(transfer && { transferList: transfer }) }
        return await pool.run([name, args], options)
      },
      runNamed: async (name) => pool.run([], { filename: file('pool-plain.cjs'), name }),
      runOther: async (other, name) => pool.run([], { filename: fileURLToPath(other), name }),
      runFile: async (filename, name, arg) => pool.run(arg, { filename, name }),
      ready: async () => undefined,
      close() {
        if (pool.close === undefined) throw new NotOffered('no graceful close')
        return pool.close()
      },
      destroy: () => pool.destroy(),
      threads: () => pool.threads.length,
    }
  }
