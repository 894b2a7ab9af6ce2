/**
 * Streams items through calls in bounded memory: sends off the chunks that the intake has gathered, and hands out their values one by one.
 * It is built on applying map and starmap canvases, and knows nothing of threads or of how a call runs.
 *
 * No async generator: leaving one while it waits would have to wait as well.
 */
import type { AnyCanvas } from '../canvas/typing.js'
import { QueueFullError } from '../errors.js'
import { whenAborted } from '../result/abort.js'
import { Fifo } from '../result/fifo.js'
import { ChunkSize } from './chunk-size.js'
import { inStream } from './stream-errors.js'
import { StreamIntake } from './stream-intake.js'
import type { StreamPlan } from './stream-options.js'

/** What a stream needs of a runtime. */
export interface StreamHost {
  /** Calls that can run at one time. */
  readonly slots: number
  now(): number
  /** Starts a call, and tells of its end. Gives a function that revokes it. @throws what keeps it from starting. */
  start(canvas: AnyCanvas, ended: (end: CallEnd) => void): (reason: unknown) => void
  /** Resolves when a call that found the queue full may try again. */
  room(canvas: AnyCanvas): Promise<void>
  warn(message: string, error: Error): void
}

export type CallEnd = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

/** The items of one call. */
interface Chunk {
  readonly number: number
  /** Place of its first item among all. */
  readonly offset: number
  readonly size: number
  readonly submittedAt: number
  revoke: (reason: unknown) => void
  end: CallEnd | undefined
  /** Values handed out. */
  given: number
}

/** One call of `next()` that has not been answered. */
interface Ask {
  readonly resolve: (result: IteratorResult<unknown, undefined>) => void
  readonly reject: (reason: unknown) => void
}

const DONE = { done: true, value: undefined } as const
const LEFT = 'the stream was left'

export class StreamIteration implements AsyncIterableIterator<unknown, undefined> {
  readonly #plan: StreamPlan
  readonly #host: StreamHost
  readonly #measured: ChunkSize
  #phase: 'new' | 'open' | 'over' = 'new'
  #intake: StreamIntake | undefined
  #count = 0
  readonly #flying = new Set<Chunk>()
  /** Chunks in the order in which they are handed out: as they left, or as they ended. */
  readonly #line = new Fifo<Chunk>()
  readonly #asks = new Fifo<Ask>()
  #ignoreSignal: () => void = () => {}
  /** Why the iteration was stopped, until somebody was told. */
  #stopped: { readonly reason: unknown } | undefined
  /** Calls of `next()` are not answered before the source is closed. */
  #isClosing = false

  constructor(plan: StreamPlan, host: StreamHost) {
    this.#plan = plan
    this.#host = host
    this.#measured = new ChunkSize(host.slots, plan.window ?? Infinity)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      this.#asks.push({ resolve, reject })
      if (this.#phase === 'new') this.#open()
      if (this.#phase === 'over') this.#dismiss()
      else this.#serve()
    })
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#stopped = undefined
    const closing = this.#end(new Error(LEFT))
    this.#dismiss()
    await closing
    return DONE
  }

  #open(): void {
    const { signal } = this.#plan
    this.#phase = 'open'
    if (signal?.aborted) return this.#stop(signal.reason)
    try {
      this.#intake = new StreamIntake(this.#plan, this.#measured, {
        slots: this.#host.slots,
        isIdle: () => this.#flying.size < this.#host.slots,
        send: (items, offset) => this.#send(items, offset),
        failed: (error) => this.#sourceFailed(error),
        paused: () => this.#serve(),
        warn: (message, error) => this.#host.warn(message, error),
      })
    } catch (error) {
      return this.#stop(error)
    }
    if (signal !== undefined) this.#ignoreSignal = whenAborted(signal, () => this.#stop(signal.reason))
  }

  #send(items: readonly unknown[], offset: number): void {
    const chunk = this.#newChunk(items.length, offset)
    this.#flying.add(chunk)
    if (this.#plan.ordered) this.#line.push(chunk)
    this.#start(chunk, items)
  }

  /** A full queue is no failure: that is what back pressure is for. */
  #start(chunk: Chunk, items: readonly unknown[]): void {
    if (!this.#flying.has(chunk)) return // it was given up meanwhile
    const canvas = this.#plan.canvasOf(items)
    try {
      chunk.revoke = this.#host.start(canvas, (end) => this.#ended(chunk, end))
    } catch (error) {
      if (error instanceof QueueFullError) void this.#host.room(canvas).then(() => this.#start(chunk, items))
      else this.#ended(chunk, { ok: false, error })
    }
  }

  #newChunk(size: number, offset: number): Chunk {
    const [number, submittedAt] = [this.#count++, this.#host.now()]
    return { number, offset, size, submittedAt, revoke: () => {}, end: undefined, given: 0 }
  }

  /** What the source gave before comes first, if order matters. */
  #sourceFailed(error: unknown): void {
    if (!this.#plan.ordered) return this.#stop(error)
    this.#intake?.flush()
    this.#line.push({ ...this.#newChunk(0, 0), end: { ok: false, error } })
    this.#closeEarly()
  }

  #ended(chunk: Chunk, end: CallEnd): void {
    if (!this.#flying.delete(chunk)) return // it was given up
    chunk.end = end.ok ? end : { ok: false, error: inStream(end.error, chunk.offset) }
    if (chunk.end.ok) {
      this.#measured.ended(chunk.size, chunk.submittedAt, this.#host.now())
      if (!this.#plan.ordered) this.#line.push(chunk)
      this.#intake?.flushIfIdle()
    } else if (this.#plan.ordered) this.#cutBehind(chunk, chunk.end.error)
    else return this.#stop(chunk.end.error)
    this.#serve()
  }

  /** A chunk failed: nothing behind it will be handed out any more. What is before it is, and then its error. */
  #cutBehind(chunk: Chunk, error: unknown): void {
    for (const other of this.#flying) if (other.number > chunk.number) this.#giveUp(other, error)
    this.#closeEarly()
  }

  #giveUp(chunk: Chunk, reason: unknown): void {
    this.#flying.delete(chunk)
    chunk.revoke(reason)
  }

  /** Answers as many calls of `next()` as it can, and pulls what there is room for then. */
  #serve(): void {
    while (this.#phase === 'open' && this.#asks.size > 0) {
      const chunk = this.#line.peek()
      if (chunk === undefined) {
        if (this.#flying.size === 0 && this.#intake?.isAtEnd) return this.#finish()
        break
      }
      if (chunk.end === undefined) break
      if (!chunk.end.ok) return this.#stop(chunk.end.error)
      this.#handOut(chunk, chunk.end.value as readonly unknown[] | undefined)
    }
    if (this.#phase === 'open') this.#intake?.fill()
  }

  /** @param values - Nothing where results are ignored. */
  #handOut(chunk: Chunk, values: readonly unknown[] | undefined): void {
    this.#asks.take()?.resolve({ done: false, value: values?.[chunk.given] })
    this.#intake?.handedOut()
    if (++chunk.given === chunk.size) this.#line.take()
  }

  #finish(): void {
    void this.#end(undefined)
    this.#dismiss()
  }

  /** Ends it with a reason, once the source is closed. */
  #stop(reason: unknown): void {
    if (this.#phase === 'over') return
    this.#stopped = { reason }
    this.#isClosing = true
    void this.#end(reason)
      .catch((error) => this.#host.warn('the source of a stream could not be closed', error))
      .then(() => {
        this.#isClosing = false
        this.#dismiss()
      })
  }

  /** Gives up what is on its way and closes the source. Rejects with what closing it throws. */
  async #end(reason: unknown): Promise<void> {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#ignoreSignal()
    for (const chunk of this.#flying) this.#giveUp(chunk, reason)
    await this.#intake?.close()
  }

  /** The source is not needed any more, though the iteration goes on for a while; what closing it throws is told at the end. */
  #closeEarly(): void {
    this.#intake?.close().catch(() => {})
  }

  /** Answers whoever still asks when it is over: the first is told why, if there is a reason. */
  #dismiss(): void {
    if (this.#isClosing) return
    for (let ask = this.#asks.take(); ask !== undefined; ask = this.#asks.take()) {
      const stopped = this.#stopped
      this.#stopped = undefined
      if (stopped === undefined) ask.resolve(DONE)
      else ask.reject(stopped.reason)
    }
  }
}
