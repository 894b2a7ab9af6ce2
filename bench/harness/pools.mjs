/**
 * The other pools behind one shape: `run(args, task?, transferList?)` and `close()`. Each is set up as its own documentation says, with
 * as many threads as celeriac has and all of them started; each is imported only when it is opened.
 */
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** Threads of every contender. Not `availableParallelism()`, which is 1 where a run is pinned to one CPU. */
export const THREADS = Math.max(2, cpus().length)

const workerFile = (name) => fileURLToPath(new URL(`../workers/${name}`, import.meta.url))

/** Opens a pool whose threads run `task` unless a call names another. */
export const POOLS = {
  async piscina(task) {
    return ofPiscinaKind((await import('piscina')).Piscina, task, {})
  },
  /** No setting of Piscina passes about twice its defaults; these are the ones that help. */
  async 'piscina, tuned'(task) {
    return ofPiscinaKind((await import('piscina')).Piscina, task, { atomics: 'disabled', concurrentTasksPerWorker: 8 })
  },
  async tinypool(task) {
    return ofPiscinaKind((await import('tinypool')).Tinypool, task, {})
  },
  async workerpool(task) {
    const { default: workerpool } = await import('workerpool')
    const pool = workerpool.pool(workerFile('workerpool-worker.js'), {
      workerType: 'thread',
      minWorkers: THREADS,
      maxWorkers: THREADS,
    })
    return {
      run: (args, name = task, transfer = undefined) => pool.exec(name, args, transfer && { transfer }),
      close: () => pool.terminate(true),
    }
  },
  async poolifier(task) {
    const { FixedThreadPool } = await import('poolifier')
    const pool = new FixedThreadPool(THREADS, workerFile('poolifier-worker.js'))
    return {
      run: (args, name = task, transferList = undefined) => pool.execute(args, name, undefined, transferList),
      // Now and then its promise never settles: nobody waits for it.
      close: () => void pool.destroy(),
    }
  },
}

/** Piscina and its fork tinypool take the same options and calls. */
function ofPiscinaKind(Pool, task, settings) {
  const pool = new Pool({
    filename: workerFile('pool-tasks.js'),
    name: task,
    minThreads: THREADS,
    maxThreads: THREADS,
    ...settings,
  })
  return {
    run(args, name, transferList) {
      if (name === undefined && transferList === undefined) return pool.run(args)
      return pool.run(args, { name: name ?? task, ...(transferList && { transferList }) })
    },
    close: () => pool.destroy(),
  }
}

/** Bare threads, each with its share of the work dealt by hand: as fast as threads can be. */
export function openShares() {
  const workers = Array.from({ length: THREADS }, () => new Worker(workerFile('share-worker.js')))
  return {
    run: (task, shares) => Promise.all(shares.map((table, i) => askShare(workers[i], { task, table }))),
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  }
}

async function askShare(worker, message) {
  worker.postMessage(message)
  const [values] = await once(worker, 'message')
  return values
}

/** Deals a table out to the threads, round and round; give the largest first. */
export function deal(table) {
  const shares = Array.from({ length: THREADS }, () => [])
  table.forEach((args, i) => {
    shares[i % THREADS].push(args)
  })
  return shares
}
