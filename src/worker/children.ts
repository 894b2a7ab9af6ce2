/** Canvases that a running task applies: asks for them, and waits for them with its thread lent to others. */
import { ResultTimeoutError } from '../errors.js'
import type { ChildResult, GetOptions, RevokeOptions } from '../result/async-result.js'
import { checkResultOptions } from '../result/options.js'
import { decodeError } from '../serialization/errors.js'
import { type Packed, pack, unpack } from '../serialization/values.js'
import type { ChildOutcome, Saying, Told } from './protocol.js'
import type { RunSetting } from './run-setting.js'

type Ended = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Error }

/** A child that may not have ended. */
interface Pending {
  ended: Ended | undefined
  readonly waiting: Set<() => void>
}

export class Children {
  readonly #say: (saying: Saying) => void
  readonly #setting: RunSetting
  /** The parent's id and run: another run of it applies other children. */
  readonly #idPrefix: string
  readonly #pending: Pending[] = []
  /** Waits under way: the first lends the thread, the last takes it back. */
  #waits = 0

  constructor(say: (saying: Saying) => void, setting: RunSetting, idPrefix: string) {
    this.#say = say
    this.#setting = setting
    this.#idPrefix = idPrefix
  }

  /**
   * @param asked - The id that it asks for, if it does.
   * @param signal - Revokes it when it aborts. It cannot cross threads, so it is heard here.
   */
  apply(canvas: Packed, asked: string | undefined, signal?: AbortSignal): ChildResult<unknown> {
    const child = this.#pending.push({ ended: undefined, waiting: new Set() }) - 1
    const id = asked ?? `${this.#idPrefix}.${child}`
    this.#say({ kind: 'apply', child, id, canvas })
    if (signal !== undefined) this.#obey(signal, child)
    return {
      id,
      get: (options: GetOptions = {}) => this.#get(child, id, options),
      revoke: (options: RevokeOptions = {}) => {
        checkResultOptions('revoke', options)
        this.#revoke(child, options)
      },
    } as ChildResult<unknown>
  }

  #obey(signal: AbortSignal, child: number): void {
    const revoke = (): void => this.#revoke(child, { reason: signal.reason })
    if (signal.aborted) return revoke()
    signal.addEventListener('abort', revoke, { once: true })
    this.#pending[child]?.waiting.add(() => signal.removeEventListener('abort', revoke))
  }

  settle({ child, outcome }: Extract<Told, { kind: 'child' }>): void {
    const pending = this.#pending[child]
    if (pending === undefined || pending.ended !== undefined) return
    pending.ended = endedBy(outcome, this.#idPrefix)
    for (const wake of pending.waiting) wake()
    pending.waiting.clear()
  }

  async #get(child: number, id: string, options: GetOptions): Promise<unknown> {
    checkResultOptions('get', options)
    const { timeout = Infinity, propagate = true, signal } = options
    const pending = this.#pending[child] as Pending
    signal?.throwIfAborted()
    if (pending.ended === undefined) await this.#lendThread(() => this.#wait(pending, id, timeout, signal))
    const ended = pending.ended as unknown as Ended
    if (ended.ok) return ended.value
    if (propagate) throw ended.error
    return ended.error
  }

  #wait(pending: Pending, id: string, timeout: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void =>
        stop(() => reject(new ResultTimeoutError(`${id} did not end within ${timeout} ms`, id, timeout)))
      const aborted = (): void => stop(() => reject(signal?.reason))
      const wake = (): void => stop(resolve)
      const cancel = timeout === Infinity ? () => {} : this.#setting.clock.after(timeout, late)
      const stop = (settle: () => void): void => {
        cancel()
        pending.waiting.delete(wake)
        signal?.removeEventListener('abort', aborted)
        settle()
      }
      pending.waiting.add(wake)
      signal?.addEventListener('abort', aborted)
    })
  }

  async #lendThread(wait: () => Promise<void>): Promise<void> {
    if (this.#waits++ === 0) this.#say({ kind: 'parked' })
    try {
      await wait()
    } finally {
      if (--this.#waits === 0) this.#say({ kind: 'resumed' })
    }
  }

  #revoke(child: number, { reason, terminate = false }: RevokeOptions): void {
    const packed = pack(reason, { maxDepth: this.#setting.maxDepth, what: 'reason' })
    this.#say({ kind: 'revoke-child', child, reason: packed, terminate })
  }
}

function endedBy(outcome: ChildOutcome, taskId: string): Ended {
  const run = { taskId, taskName: '', attempt: 0 }
  return outcome.ok
    ? { ok: true, value: unpack(outcome.value, run) }
    : { ok: false, error: decodeError(outcome.error, run) }
}
