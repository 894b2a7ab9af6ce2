/** A stream over calls that a test ends by hand, and a source that writes down what is asked of it. */
import { signature } from '../../../src/canvas/signature.js'
import { type CallEnd, type StreamHost, StreamIteration } from '../../../src/runtime/stream.js'
import { type MapOptions, streamPlan } from '../../../src/runtime/stream-options.js'

export const double = signature({ taskName: 'double', moduleUrl: 'file:///double.js' } as never, [])

/** A call that has been started. */
export interface Started {
  readonly items: readonly number[]
  revoked: unknown
  /** Ends it with the double of each item. */
  succeed(): void
  fail(error: unknown): void
}

export class StreamStage implements StreamHost {
  readonly slots: number
  readonly started: Started[] = []
  readonly warnings: string[] = []
  time = 0
  /** Thrown at whoever starts a call. */
  refusal: Error | undefined

  constructor(slots = 2) {
    this.slots = slots
  }

  now(): number {
    return this.time
  }

  start(canvas: unknown, ended: (end: CallEnd) => void): (reason: unknown) => void {
    if (this.refusal !== undefined) throw this.refusal
    const { items } = canvas as { readonly items: readonly number[] }
    const call: Started = {
      items,
      revoked: undefined,
      succeed: () => ended({ ok: true, value: items.map((item) => item * 2) }),
      fail: (error) => ended({ ok: false, error }),
    }
    this.started.push(call)
    return (reason) => {
      call.revoked = reason
      ended({ ok: false, error: reason })
    }
  }

  readonly #waiting: (() => void)[] = []

  room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** There is room in the queue again. */
  makeRoom(): void {
    this.refusal = undefined
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  warn(message: string, error: Error): void {
    this.warnings.push(`${message}: ${error.message}`)
  }

  stream(items: unknown, options: MapOptions = {}): StreamIteration {
    return new StreamIteration(streamPlan('map', double, items, options), this)
  }

  /** Ends calls as they come until a stream is done. */
  async run(stream: StreamIteration, ms = 0): Promise<unknown[]> {
    const values: unknown[] = []
    for (;;) {
      const asked = stream.next()
      // One turn of the event loop is enough for all that a source and a stream do between themselves.
      while ((await Promise.race([asked, turn()])) === undefined) {
        this.time += ms
        this.started.shift()?.succeed()
      }
      const { done, value } = await asked
      if (done === true) return values
      values.push(value)
    }
  }
}

export const turn = (): Promise<undefined> => new Promise((resolve) => setImmediate(() => resolve(undefined)))

/** Counts from 0, and remembers what was asked of it. */
export class Source {
  pulled = 0
  closed = 0
  readonly #count: number
  /** Thrown in place of this item. */
  failAt = Infinity
  failure: unknown = new Error('the source broke')
  /** Thrown by `return()`. */
  closeFailure: unknown

  constructor(count = Infinity) {
    this.#count = count
  }

  [Symbol.iterator](): Iterator<number> {
    return {
      next: () => {
        if (this.pulled === this.failAt) throw this.failure
        return this.pulled < this.#count ? { done: false, value: this.pulled++ } : { done: true, value: undefined }
      },
      return: () => {
        this.closed++
        if (this.closeFailure !== undefined) throw this.closeFailure
        return { done: true, value: undefined }
      },
    }
  }

  /** The same, asynchronously. */
  get later(): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => {
        const { next, return: close } = this[Symbol.iterator]()
        return { next: async () => next(), return: async () => close!() as IteratorResult<number> }
      },
    }
  }
}

/** An asynchronous source that answers when the test says so. */
export class SlowSource {
  readonly #asked: ((step: IteratorResult<number>) => void)[] = []
  closed = 0;

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () => new Promise((resolve) => this.#asked.push(resolve)),
      return: () => {
        this.closed++
        return new Promise(() => {}) // as an async generator that still owes an item
      },
    }
  }

  get isAsked(): boolean {
    return this.#asked.length > 0
  }

  give(value: number): void {
    this.#asked.shift()?.({ done: false, value })
  }

  end(): void {
    this.#asked.shift()?.({ done: true, value: undefined })
  }
}
