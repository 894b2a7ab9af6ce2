/** Teardowns of threads under way, each with a deadline, since one may never end. It runs none itself, and ends no thread. */
import type { Clock } from '../environment.js'
import type { Report } from './executor.js'

export class Teardowns<T> {
  readonly #clock: Pick<Clock, 'after'>
  readonly #report: Report
  readonly #mostMs: number
  readonly #underWay = new Map<T, { readonly over: Promise<void>; readonly end: () => void }>()

  /** @param mostMs - How long one may take at the most, in ms. */
  constructor(clock: Pick<Clock, 'after'>, mostMs: number, report: Report) {
    this.#clock = clock
    this.#mostMs = mostMs
    this.#report = report
  }

  isUnderWay(thread: T): boolean {
    return this.#underWay.has(thread)
  }

  /** Begins one, unless it has begun. Resolves when it has ended, or its time is over, which is told as a warning. */
  begin(thread: T, withinMs: number, ask: () => void): Promise<void> {
    const known = this.#underWay.get(thread)
    if (known !== undefined) return known.over
    const ms = Math.min(withinMs, this.#mostMs)
    let resolveOver = (): void => {}
    const over = new Promise<void>((resolve) => {
      resolveOver = resolve
    })
    const late = (): void => {
      this.#report.warning('a teardown did not end in time', new Error(`it took longer than ${ms} ms`))
      this.end(thread)
    }
    const cancel = ms === Infinity ? () => {} : this.#clock.after(ms, late)
    const end = (): void => {
      cancel()
      resolveOver()
    }
    this.#underWay.set(thread, { over, end })
    ask()
    return over
  }

  /** It has ended, or its thread has. */
  end(thread: T, errors: readonly Error[] = []): void {
    for (const error of errors) this.#report.warning('the teardown of a task module failed', error)
    const known = this.#underWay.get(thread)
    this.#underWay.delete(thread)
    known?.end()
  }

  endAll(): void {
    for (const thread of [...this.#underWay.keys()]) this.end(thread)
  }
}
