/** Imports of task modules under way, their `setup` included, each with a deadline: a thread in a loop cannot watch itself. It ends no thread by itself. */
import type { Clock } from '../environment.js'
import type { Loss } from '../scheduler/messages.js'

export class Imports {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #onLate: (batch: number, loss: Loss) => void
  /** What stops the clock of a batch's import. */
  readonly #underWay = new Map<number, { readonly moduleUrl: string; cancel(): void }>()

  constructor(clock: Clock, timeoutMs: number, onLate: (batch: number, loss: Loss) => void) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#onLate = onLate
  }

  start(batch: number, moduleUrl: string): void {
    const cancel = this.#clock.after(this.#timeoutMs, () => {
      this.#underWay.delete(batch)
      const cause = new Error(
        `importing and setting up ${moduleUrl} took longer than startTimeout (${this.#timeoutMs} ms)`,
      )
      this.#onLate(batch, { reason: 'start', cause })
    })
    this.#underWay.set(batch, { moduleUrl, cancel })
  }

  /** Gives the module that was imported, if its time was not over. */
  stop(batch: number): string | undefined {
    const found = this.#underWay.get(batch)
    found?.cancel()
    this.#underWay.delete(batch)
    return found?.moduleUrl
  }

  stopAll(): void {
    for (const batch of [...this.#underWay.keys()]) this.stop(batch)
  }
}
