/**
 * The task modules of an executor whose lanes all run on this thread. They share what a module keeps, so what stands for replacing a thread
 * is that all modules are torn down once no lane does anything, and set up anew. It runs no calls.
 */
import type { Clock } from '../environment.js'
import { TaskModules } from '../worker/task-modules.js'
import type { Report } from './executor.js'
import { Teardowns } from './teardowns.js'

export class GuestModules {
  readonly modules = new TaskModules(true)
  readonly #teardowns: Teardowns<TaskModules>
  readonly #isIdle: () => boolean
  readonly #onRenewed: (lane: number) => void
  /** Lanes that get nothing until then. */
  readonly #worn = new Set<number>()
  #renewing: Promise<void> | undefined

  /**
   * @param mostMs - How long a teardown may take, in ms.
   * @param isIdle - Whether no call is under way.
   */
  constructor(
    clock: Pick<Clock, 'after'>,
    mostMs: number,
    report: Report,
    isIdle: () => boolean,
    onRenewed: (lane: number) => void,
  ) {
    this.#teardowns = new Teardowns(clock, mostMs, report)
    this.#isIdle = isIdle
    this.#onRenewed = onRenewed
  }

  /** Until when nothing may begin; nothing if it may. */
  get renewing(): Promise<void> | undefined {
    return this.#renewing
  }

  /** A lane has had all its calls. Later: whoever says so is still at telling of the last of them. */
  wear(lane: number): void {
    this.#worn.add(lane)
    queueMicrotask(() => this.renewIfIdle())
  }

  renewIfIdle(): void {
    if (this.#worn.size === 0 || this.#renewing !== undefined || !this.#isIdle()) return
    this.#renewing = this.tearDown(Infinity).then(() => {
      this.#renewing = undefined
      const lanes = [...this.#worn]
      this.#worn.clear()
      for (const lane of lanes) this.#onRenewed(lane)
    })
  }

  async tearDown(withinMs: number): Promise<void> {
    const { modules } = this
    if (!modules.hasTeardown && !this.#teardowns.isUnderWay(modules)) return modules.forget()
    await this.#teardowns.begin(modules, withinMs, () => {
      void modules.tearDown().then((errors) => this.#teardowns.end(modules, errors))
    })
  }

  /** Waits for none any more. */
  stop(): void {
    this.#worn.clear()
    this.#teardowns.endAll()
  }
}
