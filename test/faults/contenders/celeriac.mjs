/** celeriac in the shape of the others: a call of a pool is a canvas of one call. */
import { createRuntime, tasksFrom } from 'celeriac'
import { tasks } from '../bodies/celeriac-tasks.js'

export function open({ threads = 2, perThread = 1, maxQueue, heapMb, module, onWorker, celeriac = {} }) {
  const runtime = createRuntime({
    threads,
    callsPerThread: perThread,
    graceMs: 50,
    ...(maxQueue !== undefined && { maxQueue }),
    ...(heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
    ...celeriac,
  })
  if (onWorker !== undefined) runtime.on('worker-online', onWorker)
  const known = module === undefined ? tasks : tasksFrom(module)
  return {
    runtime,
    tasks,
    run: (name, args = [], options = {}) => run(runtime, known[name], args, options),
    runNamed: async (name) =>
      runtime.run(tasksFrom(new URL('../bodies/celeriac-tasks.js', import.meta.url))[name].si()),
    /** With another module, on the same threads. */
    runOther: async (other, name) => runtime.run(tasksFrom(other)[name].si()),
    ready: () => runtime.ready(),
    close: () => runtime.close({ timeout: 10_000 }),
    destroy: () => runtime.destroy(),
    threads: () => runtime.inspect().workers.length,
  }
}

/** `signal` revokes the call; `stop` does so by all means there are; `limit` is a time limit in ms. */
async function run(runtime, task, args, { signal, stop, transfer, limit }) {
  const options = {
    ...(signal && { signal }),
    ...(transfer && { transfer }),
    ...(limit !== undefined && { timeLimit: limit }),
  }
  const result =
    transfer === undefined ? runtime.apply(task.si(...args), options) : runtime.apply(task.s(), { ...options, args })
  stop?.addEventListener('abort', () => result.revoke({ terminate: true, reason: stop.reason }), { once: true })
  return await result.get()
}
