/**
 * Listens to signals: one listener a signal, however many wait with it. Node warns of a leak at eleven listeners on one
 * signal, and a signal for many waits is no leak. It does not look whether the signal has aborted already.
 */

interface Watch {
  readonly callbacks: Set<() => void>
  readonly tell: () => void
}

const watches = new WeakMap<AbortSignal, Watch>()

/** Calls back when the signal aborts; gives a function that stops that. */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? listenTo(signal)
  watch.callbacks.add(callback)
  return () => {
    if (!watch.callbacks.delete(callback) || watch.callbacks.size > 0) return
    signal.removeEventListener('abort', watch.tell)
    watches.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>()
  const tell = (): void => {
    for (const callback of callbacks) callback()
  }
  const watch: Watch = { callbacks, tell }
  signal.addEventListener('abort', tell)
  watches.set(signal, watch)
  return watch
}
