/** The field of contenders, opened once and measured often: celeriac as it is and with a listener on every event, and the pools. */
import { createRuntime } from 'celeriac'
import { POOLS, THREADS } from './pools.mjs'

const EVENTS = [
  ...[
    'sent',
    'received',
    'started',
    'succeeded',
    'failed',
    'retried',
    'revoked',
    'rejected',
    'ignored',
    'progress',
    'state',
  ].map((what) => `task-${what}`),
  'worker-online',
  'worker-offline',
  'workflow-finished',
  'warning',
]

/** What the name of a contender ends in if somebody listens to every one of its events. */
export const WATCHED = ', watched'

/** A runtime whose threads have started. */
export async function openRuntime({ watched = false, ...options } = {}) {
  const runtime = createRuntime({ threads: THREADS, ...options })
  if (watched) for (const event of EVENTS) runtime.on(event, () => {})
  await runtime.ready()
  return runtime
}

/**
 * @param task - What the pools run unless a call names another task.
 * @param names - Which pools. Default: all.
 */
export async function openField(task, names = Object.keys(POOLS)) {
  const quiet = await openRuntime()
  const watched = await openRuntime({ watched: true })
  const opened = await Promise.all(names.map(async (name) => [name, await POOLS[name](task)]))
  const { piscina } = Object.fromEntries(opened)
  return {
    /** As two contenders: unwatched and watched. */
    celeriac: (name, run) => ({
      [`celeriac, ${name}`]: () => run(quiet),
      [`celeriac, ${name}${WATCHED}`]: () => run(watched),
    }),
    pools: (run) => Object.fromEntries(opened.map(([name, pool]) => [name, () => run(pool)])),
    quiet,
    watched,
    /** The reference alone, as a run. */
    piscina: (run) => () => run(piscina),
    close: () => Promise.all([quiet.destroy(), watched.destroy(), ...opened.map(([, pool]) => pool.close())]),
  }
}
