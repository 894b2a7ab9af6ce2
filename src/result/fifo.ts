/** First in, first out. Not an array's `shift()`, which moves all others once there are many. */
export class Fifo<T> {
  /** What has left is forgotten at once, though its place is only given up now and then. */
  #items: (T | undefined)[] = []
  #first = 0

  get size(): number {
    return this.#items.length - this.#first
  }

  /** The one that has been in longest. */
  peek(): T | undefined {
    return this.#items[this.#first]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  take(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#first]
    this.#items[this.#first++] = undefined
    if (this.size === 0) this.#letGo([])
    else if (this.#first >= ENOUGH && this.#first * 2 >= this.#items.length) this.#letGo(this.#items.slice(this.#first))
    return item
  }

  #letGo(left: (T | undefined)[]): void {
    this.#items = left
    this.#first = 0
  }
}

/** So many may have left before it is worth moving the others. */
const ENOUGH = 1_024
