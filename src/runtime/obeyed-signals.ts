/**
 * Which workflows an AbortSignal revokes. A signal has one listener here, however many workflows obey it: Node warns of more than ten, and
 * all are revoked in one go. It listens no longer than one of them runs.
 */
import type { Revoke } from '../scheduler/messages.js'

type Target = Revoke['targets'][number]

interface Obeyed {
  readonly targets: Set<Target>
  readonly listener: () => void
}

export class ObeyedSignals {
  readonly #obeyed = new Map<AbortSignal, Obeyed>()
  readonly #revoke: (targets: readonly Target[], reason: unknown) => void

  constructor(revoke: (targets: readonly Target[], reason: unknown) => void) {
    this.#revoke = revoke
  }

  /** Revokes a target when a signal aborts that has not yet. Gives what ends that. */
  add(signal: AbortSignal, target: Target): () => void {
    const { targets } = this.#obeyed.get(signal) ?? this.#listen(signal)
    targets.add(target)
    return () => {
      targets.delete(target)
      if (targets.size === 0) this.#forget(signal)
    }
  }

  #listen(signal: AbortSignal): Obeyed {
    const targets = new Set<Target>()
    const listener = (): void => {
      this.#forget(signal)
      this.#revoke([...targets], signal.reason)
    }
    const obeyed = { targets, listener }
    this.#obeyed.set(signal, obeyed)
    signal.addEventListener('abort', listener)
    return obeyed
  }

  #forget(signal: AbortSignal): void {
    const obeyed = this.#obeyed.get(signal)
    if (obeyed === undefined) return
    this.#obeyed.delete(signal)
    signal.removeEventListener('abort', obeyed.listener)
  }
}
