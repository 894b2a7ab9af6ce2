/** Where a stream's items come from: an iterable, asynchronous or not, pulled one by one, and closed once. */
import { InvalidCanvasError } from '../errors.js'
import { show } from '../option-rules.js'

type Step = IteratorResult<unknown, unknown>

export class StreamSource {
  readonly isAsync: boolean
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  /** It is asked for an item and has not answered. */
  #isPending = false
  /** It has ended, thrown, or been closed. */
  #isOver = false

  /** @param items - Checked by {@link requireStreamable}. */
  constructor(items: unknown) {
    this.isAsync = isAsync(items)
    this.#iterator = isAsync(items) ? items[Symbol.asyncIterator]() : (items as Iterable<unknown>)[Symbol.iterator]()
  }

  get isPending(): boolean {
    return this.#isPending
  }

  /** The next item of an iterable that is not asynchronous. @throws what the source throws. */
  next(): Step {
    try {
      return this.#taken(this.#iterator.next() as Step)
    } catch (error) {
      this.#isOver = true
      throw error
    }
  }

  /** The next item of an asynchronous one. Not to be called again before it has answered. */
  async nextAsync(): Promise<Step> {
    this.#isPending = true
    try {
      return this.#taken(await this.#iterator.next())
    } catch (error) {
      this.#isOver = true
      throw error
    } finally {
      this.#isPending = false
    }
  }

  /**
   * Closes it, unless it is over. Gives a promise if that takes time. A source that still owes an item answers when it likes, perhaps
   * never: then the promise is not to be waited for.
   *
   * @throws what the source throws.
   */
  close(): Promise<unknown> | undefined {
    if (this.#isOver) return undefined
    this.#isOver = true
    const closing = this.#iterator.return?.() as unknown
    return this.isAsync ? Promise.resolve(closing) : undefined
  }

  #taken(step: Step): Step {
    if (typeof step !== 'object' || step === null)
      throw new TypeError(`the source of a stream answered with ${show(step)}, and not as an iterator does`)
    if (step.done === true) this.#isOver = true
    return step
  }
}

/** @throws {@link InvalidCanvasError} for what can be iterated in neither way. */
export function requireStreamable(items: unknown): void {
  const { [Symbol.iterator]: open } = Object(items ?? {}) as Partial<Iterable<unknown>>
  if (!isAsync(items) && typeof open !== 'function')
    throw new InvalidCanvasError(`an iterable or async iterable is needed here, and this is ${show(items)}`, 'items')
}

const isAsync = (items: unknown): items is AsyncIterable<unknown> =>
  typeof (Object(items ?? {}) as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
