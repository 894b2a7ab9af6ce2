/**
 * One wait: for one node after the other, with one time limit and one signal for all of them. It touches neither timer
 * nor signal before it really has to wait, and leaves nothing behind once it is over. What the ends mean is not its
 * business.
 */
import { ResultTimeoutError } from '../errors.js'
import { whenAborted } from './abort.js'
import type { GetOptions, TaskState } from './async-result.js'
import type { NodeEnd, NodeRef, ResultSource } from './source.js'

const FINAL: ReadonlySet<TaskState> = new Set<TaskState>(['SUCCESS', 'FAILURE', 'REVOKED', 'IGNORED', 'REJECTED'])

/** By state, since a source may have to work for the end of a node. */
export const hasEnded = ({ source, node }: NodeRef): boolean => FINAL.has(source.stateOf(node))

/** Timers count no further: a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export class Wait {
  readonly #source: ResultSource
  readonly #node: number
  readonly #timeout: number
  readonly #signal: AbortSignal | undefined
  #isStarted = false
  #stopped: { readonly reason: unknown } | undefined
  /** Ends what is being waited for just now. */
  #giveUp: (reason: unknown) => void = () => {}
  #cancelTimer: () => void = () => {}
  #ignoreSignal: () => void = () => {}

  /** @param node - Whose handle was asked: a timeout names it. */
  constructor(source: ResultSource, node: number, { timeout = Infinity, signal }: GetOptions) {
    this.#source = source
    this.#node = node
    this.#timeout = timeout
    this.#signal = signal
  }

  /** @throws the signal's reason, as `fetch` does even if the answer is there; {@link ResultTimeoutError}. */
  async endOf(at: NodeRef): Promise<NodeEnd> {
    if (this.#signal?.aborted) throw this.#signal.reason
    if (!hasEnded(at)) await this.#until(at)
    return at.source.endOf(at.node) as NodeEnd // it has ended
  }

  /** To be called when the wait is over, in whatever way. */
  end(): void {
    this.#cancelTimer()
    this.#ignoreSignal()
  }

  #until({ source, node }: NodeRef): Promise<void> {
    this.#start()
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped.reason)
      const takeBack = source.whenEnded(node, resolve)
      this.#giveUp = (reason) => {
        takeBack()
        reject(reason)
      }
    })
  }

  #start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    const signal = this.#signal
    if (this.#timeout === 0) return this.#stop(this.#tooLate())
    if (this.#timeout !== Infinity) this.#startTimer(this.#timeout)
    if (signal !== undefined) this.#ignoreSignal = whenAborted(signal, () => this.#stop(signal.reason))
  }

  #startTimer(ms: number): void {
    const leg = Math.min(ms, LONGEST_TIMER_MS)
    this.#cancelTimer = this.#source.after(leg, () => {
      if (ms > leg) this.#startTimer(ms - leg)
      else this.#stop(this.#tooLate())
    })
  }

  #stop(reason: unknown): void {
    this.#stopped = { reason }
    this.#giveUp(reason)
  }

  #tooLate(): ResultTimeoutError {
    const id = this.#source.idOf(this.#node)
    const when = this.#timeout === 0 ? 'yet, and timeout is 0' : `within ${this.#timeout} ms`
    const state = this.#source.stateOf(this.#node)
    const message = `${id} was not ready ${when} (state ${state}); the work goes on, so get() may be called again`
    return new ResultTimeoutError(message, id, this.#timeout)
  }
}
