/**
 * The near end of a stream: pulls items while there is room in the window, and gathers them into chunks, one for each call. What becomes of
 * a chunk, and when an item has left the window, it is told.
 */
import { InvalidCanvasError } from '../errors.js'
import { show } from '../option-rules.js'
import type { ChunkSize } from './chunk-size.js'
import type { StreamPlan } from './stream-options.js'
import { StreamSource } from './stream-source.js'

/** Where chunks go, and who is told what happens. */
export interface IntakeHost {
  /** Calls that can run at one time. */
  readonly slots: number
  /** Some of them have nothing to do. */
  isIdle(): boolean
  /** Sends off the items of one call. `offset` is the place of the first of them among all. */
  send(items: readonly unknown[], offset: number): void
  /** The source, or an item of it, is broken. It has been drained then. */
  failed(error: unknown): void
  /** It has stopped pulling for now: there may be nothing more to come. */
  paused(): void
  warn(message: string, error: Error): void
}

/** How many slots' worth of chunks the window holds by default. */
const CHUNKS_PER_SLOT = 4
const CANNOT_CLOSE = 'the source of a stream could not be closed'

export class StreamIntake {
  readonly #plan: StreamPlan
  readonly #measured: ChunkSize
  readonly #host: IntakeHost
  readonly #source: StreamSource
  /** Nothing more is to be pulled. */
  #isDrained = false
  #isPulling = false
  /** Items pulled so far, and those of them that were not handed out. */
  #pulled = 0
  #held = 0
  /** Items of the next chunk, and how many they are to be. */
  #gathered: unknown[] = []
  #wanted = 1
  #isFlushSet = false
  #closing: Promise<void> | undefined

  /** @throws what the source throws when it is opened. */
  constructor(plan: StreamPlan, measured: ChunkSize, host: IntakeHost) {
    this.#plan = plan
    this.#measured = measured
    this.#host = host
    this.#source = new StreamSource(plan.items)
  }

  /** Everything that was pulled has been sent, and there is no more. */
  get isAtEnd(): boolean {
    return this.#isDrained && !this.#isPulling && this.#gathered.length === 0
  }

  /** Pulls while there is room. */
  fill(): void {
    if (this.#isPulling || !this.#hasRoom()) return
    this.#isPulling = true
    if (this.#source.isAsync) void this.#pullAsync()
    else this.#pull()
  }

  /** An item has left the window. */
  handedOut(): void {
    this.#held--
  }

  /** Sends off what is there, if the source is silent and somebody could work on it. */
  flushIfIdle(): void {
    const mayBeShort = this.#plan.chunkSize === undefined
    if (mayBeShort && this.#source.isPending && !this.#isDrained && this.#host.isIdle()) this.flush()
  }

  /** Sends off what is there. */
  flush(): void {
    const items = this.#gathered
    if (items.length === 0) return
    this.#gathered = []
    this.#host.send(items, this.#pulled - items.length)
  }

  /** Pulls nothing more, forgets what has not been sent, and closes the source. Rejects with what closing it throws. */
  close(): Promise<void> {
    this.#isDrained = true
    this.#gathered = []
    this.#closing ??= this.#closeSource()
    return this.#closing
  }

  #pull(): void {
    try {
      while (this.#hasRoom()) this.#take(this.#source.next())
    } catch (error) {
      this.#fail(error)
    }
    this.#isPulling = false
    if (this.#isDrained) this.#host.paused()
  }

  async #pullAsync(): Promise<void> {
    try {
      while (this.#hasRoom()) {
        this.#setFlush()
        const step = await this.#source.nextAsync()
        if (!this.#isDrained) this.#take(step)
      }
    } catch (error) {
      if (this.#isDrained) this.#host.warn('the source of a stream failed after the stream was left', error as Error)
      else this.#fail(error)
    }
    this.#isPulling = false
    this.#host.paused()
  }

  /** A chunk is begun only when there is room for all of it; else items would trickle through in chunks of one. */
  #hasRoom(): boolean {
    if (this.#isDrained) return false
    const isBegun = this.#gathered.length > 0
    if (!isBegun) this.#wanted = this.#plan.chunkSize ?? this.#measured.size
    const window = this.#plan.window ?? CHUNKS_PER_SLOT * this.#host.slots * this.#wanted
    return this.#held + (isBegun ? 1 : this.#wanted) <= window
  }

  #take(step: IteratorResult<unknown, unknown>): void {
    if (step.done === true) {
      this.#isDrained = true
      return this.flush()
    }
    if (this.#plan.isStarmap && !Array.isArray(step.value))
      throw new InvalidCanvasError(
        `each item must be a list of arguments, and this is ${show(step.value)}`,
        `items[${this.#pulled}]`,
      )
    this.#pulled++
    this.#held++
    this.#gathered.push(step.value)
    if (this.#gathered.length >= this.#wanted) this.flush()
  }

  #fail(error: unknown): void {
    this.#isDrained = true
    this.#host.failed(error)
  }

  /** Waits a turn of the event loop before a short chunk leaves, unless chunks are to have a certain size. */
  #setFlush(): void {
    if (this.#isFlushSet || this.#gathered.length === 0 || this.#plan.chunkSize !== undefined) return
    this.#isFlushSet = true
    const pulled = this.#pulled
    setImmediate(() => {
      this.#isFlushSet = false
      if (this.#pulled === pulled) this.flushIfIdle()
      else if (this.#isPulling) this.#setFlush()
    })
  }

  /** Of a source that owes an item, closing may take for ever: nobody waits for that. */
  async #closeSource(): Promise<void> {
    const owes = this.#source.isPending
    const closing = this.#source.close()
    if (owes) closing?.catch((error) => this.#host.warn(CANNOT_CLOSE, error))
    else await closing
  }
}
