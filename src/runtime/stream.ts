/**
 * Streams items through calls in bounded memory: pulls as long as there is room, sends them off by the chunk, and hands out values one
 * by one. It is built on applying map and starmap canvases, and knows nothing of threads or of how a call runs.
 *
 * No async generator: leaving one while it waits would have to wait as well.
 */
import type { AnyCanvas } from '../canvas/typing.js'
import { InvalidCanvasError } from '../errors.js'
import { show } from '../option-rules.js'
import { whenAborted } from '../result/abort.js'
import { Fifo } from '../result/fifo.js'
import { ChunkSize } from './chunk-size.js'
import { inStream } from './stream-errors.js'
import type { StreamPlan } from './stream-options.js'
import { StreamSource } from './stream-source.js'

/** What a stream needs of a runtime. */
export interface StreamHost {
  /** Calls that can run at one time. */
  readonly slots: number
  now(): number
  /** Starts a call; its end is told later. Gives a function that revokes it. @throws what keeps it from starting. */
  start(canvas: AnyCanvas, ended: (end: CallEnd) => void): (reason: unknown) => void
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
/** How many slots' worth of chunks the window holds by default. */
const CHUNKS_PER_SLOT = 4

export class StreamIteration implements AsyncIterableIterator<unknown, undefined> {
  readonly #plan: StreamPlan
  readonly #host: StreamHost
  readonly #measured: ChunkSize
  #phase: 'new' | 'open' | 'over' = 'new'
  #source: StreamSource | undefined
  /** The source has nothing more to give. */
  #isDrained = false
  #isPulling = false
  /** Items pulled so far, and those of them that were not handed out. */
  #pulled = 0
  #held = 0
  /** Items of the next call, and how many they are to be. */
  #gathered: unknown[] = []
  #wanted = 1
  #isFlushSet = false
  #count = 0
  readonly #flying = new Set<Chunk>()
  /** Chunks in the order in which they are handed out: as they left, or as they ended. */
  readonly #line = new Fifo<Chunk>()
  readonly #asks = new Fifo<Ask>()
  #ignoreSignal: () => void = () => {}
  /** Why the iteration was stopped, until somebody was told. */
  #stopped: { readonly reason: unknown } | undefined
  #closing: Promise<void> | undefined
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
    const { signal, items } = this.#plan
    this.#phase = 'open'
    if (signal?.aborted) return this.#stop(signal.reason)
    try {
      this.#source = new StreamSource(items)
    } catch (error) {
      return this.#stop(error)
    }
    if (signal !== undefined) this.#ignoreSignal = whenAborted(signal, () => this.#stop(signal.reason))
    this.#fill()
  }

  // ── from the source to calls ──

  /** Pulls while there is room. */
  #fill(): void {
    const source = this.#source as StreamSource
    if (this.#isPulling || !this.#hasRoom()) return
    this.#isPulling = true
    if (source.isAsync) void this.#pullAsync(source)
    else this.#pull(source)
  }

  #pull(source: StreamSource): void {
    try {
      while (this.#hasRoom()) this.#take(source.next())
    } catch (error) {
      this.#sourceFailed(error)
    }
    this.#isPulling = false
    if (this.#isDrained) this.#serve()
  }

  async #pullAsync(source: StreamSource): Promise<void> {
    try {
      while (this.#hasRoom()) {
        this.#setFlush()
        const step = await source.nextAsync()
        if (this.#phase === 'open') this.#take(step)
      }
    } catch (error) {
      if (this.#phase === 'open') this.#sourceFailed(error)
      else this.#host.warn('the source of a stream failed after the stream was left', error as Error)
    }
    this.#isPulling = false
    if (this.#phase === 'open') this.#serve()
  }

  /** A chunk is begun only when there is room for all of it; else items would trickle through in chunks of one. */
  #hasRoom(): boolean {
    if (this.#phase !== 'open' || this.#isDrained) return false
    const isBegun = this.#gathered.length > 0
    if (!isBegun) this.#wanted = this.#plan.chunkSize ?? this.#measured.size
    const window = this.#plan.window ?? CHUNKS_PER_SLOT * this.#host.slots * this.#wanted
    return this.#held + (isBegun ? 1 : this.#wanted) <= window
  }

  #take(step: IteratorResult<unknown, unknown>): void {
    if (step.done === true) {
      this.#isDrained = true
      return this.#flush()
    }
    if (this.#plan.isStarmap && !Array.isArray(step.value))
      throw new InvalidCanvasError(
        `each item must be a list of arguments, and this is ${show(step.value)}`,
        `items[${this.#pulled}]`,
      )
    this.#pulled++
    this.#held++
    this.#gathered.push(step.value)
    if (this.#gathered.length >= this.#wanted) this.#flush()
  }

  /** Sends off what is there when the source is silent for a turn of the event loop, unless chunks are to have a certain size. */
  #setFlush(): void {
    if (this.#isFlushSet || this.#gathered.length === 0 || this.#plan.chunkSize !== undefined) return
    this.#isFlushSet = true
    const pulled = this.#pulled
    setImmediate(() => {
      this.#isFlushSet = false
      if (this.#pulled === pulled) this.#flushIfIdle()
      else if (this.#isPulling) this.#setFlush()
    })
  }

  /** Waiting for more is no loss as long as every slot has work. */
  #flushIfIdle(): void {
    const isWaiting = this.#source?.isPending === true && this.#plan.chunkSize === undefined
    if (isWaiting && this.#phase === 'open' && this.#flying.size < this.#host.slots) this.#flush()
  }

  #flush(): void {
    const items = this.#gathered
    if (items.length === 0) return
    this.#gathered = []
    const chunk = this.#newChunk(items.length)
    this.#flying.add(chunk)
    if (this.#plan.ordered) this.#line.push(chunk)
    try {
      chunk.revoke = this.#host.start(this.#plan.canvasOf(items), (end) => this.#ended(chunk, end))
    } catch (error) {
      this.#ended(chunk, { ok: false, error })
    }
  }

  #newChunk(size: number): Chunk {
    return {
      number: this.#count++,
      offset: this.#pulled - size,
      size,
      submittedAt: this.#host.now(),
      revoke: () => {},
      end: undefined,
      given: 0,
    }
  }

  /** The source threw: what it gave before comes first, if order matters. */
  #sourceFailed(error: unknown): void {
    this.#isDrained = true
    if (!this.#plan.ordered) return this.#stop(error)
    this.#flush()
    this.#line.push({ ...this.#newChunk(0), end: { ok: false, error } })
    this.#closeEarly()
  }

  // ── from calls to whoever asks ──

  #ended(chunk: Chunk, end: CallEnd): void {
    if (!this.#flying.delete(chunk)) return // it was given up
    chunk.end = end.ok ? end : { ok: false, error: inStream(end.error, chunk.offset) }
    if (chunk.end.ok) {
      this.#measured.ended(chunk.size, chunk.submittedAt, this.#host.now())
      if (!this.#plan.ordered) this.#line.push(chunk)
      this.#flushIfIdle()
    } else if (this.#plan.ordered) this.#cutBehind(chunk, chunk.end.error)
    else return this.#stop(chunk.end.error)
    this.#serve()
  }

  /** A chunk failed: nothing behind it will be handed out any more. What is before it is, and then its error. */
  #cutBehind(chunk: Chunk, error: unknown): void {
    this.#isDrained = true
    this.#gathered = []
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
        if (this.#isAtEnd()) return this.#finish()
        break
      }
      if (chunk.end === undefined) break
      if (!chunk.end.ok) return this.#stop(chunk.end.error)
      this.#handOut(chunk, chunk.end.value as readonly unknown[] | undefined)
    }
    if (this.#phase === 'open') this.#fill()
  }

  /** @param values - Nothing where results are ignored. */
  #handOut(chunk: Chunk, values: readonly unknown[] | undefined): void {
    this.#asks.take()?.resolve({ done: false, value: values?.[chunk.given] })
    this.#held--
    if (++chunk.given === chunk.size) this.#line.take()
  }

  #isAtEnd(): boolean {
    return this.#isDrained && !this.#isPulling && this.#flying.size === 0 && this.#gathered.length === 0
  }

  // ── the end ──

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
    this.#gathered = []
    await this.#closeSource()
  }

  /** The source is not needed any more, though the iteration goes on for a while; what closing it throws is told at the end. */
  #closeEarly(): void {
    this.#closeSource().catch(() => {})
  }

  #closeSource(): Promise<void> {
    this.#closing ??= this.#close(this.#source)
    return this.#closing
  }

  async #close(source: StreamSource | undefined): Promise<void> {
    const owes = source?.isPending === true
    const closing = source?.close()
    if (!owes) return void (await closing)
    closing?.catch((error) => this.#host.warn('the source of a stream could not be closed', error))
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
