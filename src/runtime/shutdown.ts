/**
 * How a runtime ends: first what is pending, within its time, then what its threads have to tear down, then the threads. Each happens once,
 * however often it is asked for; `now` cuts all of it short.
 */
import type { Clock, Hold } from '../environment.js'
import type { Executor } from '../executors/executor.js'
import type { ShutdownReport } from './runtime.js'

/** What a shutdown needs of its runtime. */
export interface ShutdownHost {
  readonly clock: Clock
  readonly hold: Hold
  readonly executor: Executor
  /** Calls that ended by themselves so far, and those that were revoked. */
  counts(): { readonly ended: number; readonly revoked: number }
  /** Whether anything is pending; and when nothing is. */
  isIdle(): boolean
  idle(): Promise<void>
  /** Lets nothing start any more; of what runs, waits for the end or drops it. */
  stop(running: 'finish' | 'drop'): void
}

export class Shutdown {
  readonly #host: ShutdownHost
  #closing: Promise<ShutdownReport> | undefined
  #ending: Promise<void> | undefined
  /** Who waits for something that may be cut short. */
  #whenCutShort: (() => void)[] = []

  constructor(host: ShutdownHost) {
    this.#host = host
  }

  /** The report to come, once it has begun. */
  get report(): Promise<ShutdownReport> | undefined {
    return this.#closing
  }

  begin(drain: boolean, timeout: number): Promise<ShutdownReport> {
    this.#closing ??= this.#run(drain, timeout)
    return this.#closing
  }

  /** Revokes what is left and ends the threads. */
  now(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #run(drain: boolean, timeout: number): Promise<ShutdownReport> {
    const { clock, counts, stop } = this.#host
    const before = counts()
    if (!drain) stop('finish')
    const until = clock.now() + timeout
    const timedOut = timeout <= 0 ? !this.#host.isIdle() : !(await this.#idleWithin(timeout))
    if (timeout > 0 && !timedOut) await this.#tearDown(until - clock.now())
    await this.now()
    const after = counts()
    return Object.freeze({ finished: after.ended - before.ended, revoked: after.revoked - before.revoked, timedOut })
  }

  async #end(): Promise<void> {
    const { executor, hold, stop } = this.#host
    stop('drop')
    for (const tell of this.#whenCutShort) tell()
    await executor.destroy()
    hold.release()
  }

  /** Lets the threads tear down their task modules; nothing else keeps the process alive meanwhile. */
  async #tearDown(ms: number): Promise<void> {
    if (this.#ending !== undefined) return
    const { executor, hold } = this.#host
    hold.take()
    await Promise.race([executor.tearDown(ms), this.#cutShort()])
    hold.release()
  }

  /** Whether everything was over before `ms` had passed. */
  async #idleWithin(ms: number): Promise<boolean> {
    const { clock, idle, isIdle } = this.#host
    if (ms === Infinity) await idle()
    if (isIdle()) return true
    let cancel = (): void => {}
    const late = new Promise<boolean>((resolve) => {
      cancel = clock.after(ms, () => resolve(false))
    })
    const inTime = await Promise.race([idle().then(() => true), late, this.#cutShort().then(() => false)])
    cancel()
    return inTime
  }

  #cutShort(): Promise<void> {
    return new Promise((resolve) => this.#whenCutShort.push(resolve))
  }
}
