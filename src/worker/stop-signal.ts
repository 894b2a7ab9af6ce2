/**
 * `this.signal`: aborts when the call is revoked or its soft time limit strikes. Made only for a task that looks at it. `aborted` and
 * `throwIfAborted` also look at the thread's mail and at the clock, so a loop that never yields sees what no event can tell it.
 */
import { type RunIdentity, SoftTimeLimitError } from '../errors.js'
import { decodeError, type EncodedError } from '../serialization/errors.js'
import type { RunSetting } from './run-setting.js'

export class StopSignal {
  readonly #softTimeLimit: number
  readonly #run: RunIdentity
  readonly #setting: RunSetting
  #controller: AbortController | undefined
  #startedAt: number | undefined
  #cancelTimer = (): void => {}
  #reason: Error | undefined
  #ended = false

  constructor(softTimeLimit: number | undefined, run: RunIdentity, setting: RunSetting) {
    this.#softTimeLimit = softTimeLimit ?? Infinity
    this.#run = run
    this.#setting = setting
  }

  /** The limit counts from then. */
  start(startedAt: number): void {
    this.#startedAt = startedAt
    this.#waitFrom(startedAt)
  }

  /** A timer may go off a little before its time, as the clock tells it: then it is set again. */
  #waitFrom(startedAt: number): void {
    const { clock } = this.#setting
    const left = startedAt + this.#softTimeLimit - clock.now()
    this.#cancelTimer = clock.after(Math.max(left, 1), () => {
      this.#check()
      if (this.#reason === undefined && !this.#ended) this.#waitFrom(startedAt)
    })
  }

  end(): void {
    this.#ended = true
    this.#cancelTimer()
  }

  /** The call was revoked. */
  cancel(reason: EncodedError): void {
    this.#abort(decodeError(reason, this.#run))
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#makeController()
    return this.#controller.signal
  }

  #makeController(): AbortController {
    const controller = new AbortController()
    const check = (): void => this.#check()
    const native = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get as () => boolean
    Object.defineProperties(controller.signal, {
      aborted: {
        get(this: AbortSignal) {
          check()
          return native.call(this)
        },
      },
      throwIfAborted: {
        value(this: AbortSignal) {
          if (this.aborted) throw this.reason
        },
      },
    })
    if (this.#reason !== undefined) controller.abort(this.#reason)
    return controller
  }

  /** Looks where no event comes from. */
  #check(): void {
    if (this.#reason !== undefined || this.#ended) return
    this.#setting.checkMail()
    if (this.#startedAt !== undefined && this.#setting.clock.now() - this.#startedAt >= this.#softTimeLimit)
      this.#abort(
        new SoftTimeLimitError(`the run took longer than ${this.#softTimeLimit} ms`, this.#run, this.#softTimeLimit),
      )
  }

  #abort(reason: Error): void {
    if (this.#reason !== undefined || this.#ended) return
    this.#reason = reason
    this.#cancelTimer()
    this.#controller?.abort(reason)
  }
}
