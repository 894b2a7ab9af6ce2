/**
 * What running tasks have asked of the real world, and has not come yet: files, sockets, timers, threads. As long as there is such a thing,
 * a run will go on by itself, and virtual time must stand still. A run that waits without one waits for something virtual, or for the test.
 *
 * Work is told apart by the run that began it. A socket that was opened before the run is not seen.
 */
import { AsyncLocalStorage, AsyncResource, createHook } from 'node:async_hooks'

/** One thing that a run waits for, by Node's name, such as `Timeout` or `TCPWRAP`; of a timer, its length in ms. */
export interface Work {
  readonly type: string
  readonly ms: number | undefined
}

/** What no turn of the event loop is needed for: it is over before anybody looks. */
const AT_ONCE: ReadonlySet<string> = new Set(['PROMISE', 'TickObject', 'Microtask'])

const current = new AsyncLocalStorage<object>()
const workOf = new WeakMap<object, Map<number, Work>>()
const ownerOf = new Map<number, object>()
/** Runs that are watched: each costs every promise a little, so nothing is watched while there is none. */
const watched = new Set<object>()

const hook = createHook({
  init(id, type, _trigger, resource) {
    if (AT_ONCE.has(type) || resource instanceof AsyncResource) return
    const owner = current.getStore()
    const work = owner && watched.has(owner) ? workOf.get(owner) : undefined
    if (owner === undefined || work === undefined) return
    work.set(id, { type, ms: (resource as { readonly _idleTimeout?: number })._idleTimeout })
    ownerOf.set(id, owner)
  },
  destroy(id) {
    const owner = ownerOf.get(id)
    if (owner === undefined) return
    ownerOf.delete(id)
    workOf.get(owner)?.delete(id)
  },
})

/** Runs code and watches what it begins, until its promise has settled. */
export async function watching<T>(owner: object, code: () => Promise<T>): Promise<T> {
  workOf.set(owner, new Map())
  watched.add(owner)
  hook.enable()
  try {
    return await current.run(owner, code)
  } finally {
    forget(owner)
  }
}

/** What a watched piece of code waits for. */
export function realWorkOf(owner: object): readonly Work[] {
  return [...(workOf.get(owner)?.values() ?? [])]
}

/** Runs code of our own that no run is to be blamed for. */
export function unwatched<T>(code: () => T): T {
  return current.exit(code)
}

/** Stops watching: what is left open matters to nobody. */
export function forget(owner: object): void {
  for (const id of workOf.get(owner)?.keys() ?? []) ownerOf.delete(id)
  workOf.delete(owner)
  watched.delete(owner)
  if (watched.size === 0) hook.disable()
}
