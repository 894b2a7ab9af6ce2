/** What falls due when: a binary heap. A timer that is not wanted any more is passed over when it comes up. It reads no clock. */

/** Something that falls due. */
export interface Timer {
  readonly at: number
  /** Timers of one moment go off in the order in which they were set. */
  readonly order: number
  cancelled: boolean
  readonly due: () => void
}

export class Timers {
  readonly #heap: Timer[] = []
  #count = 0

  set(at: number, due: () => void): Timer {
    const timer: Timer = { at, order: this.#count++, cancelled: false, due }
    this.#heap.push(timer)
    this.#rise(this.#heap.length - 1)
    return timer
  }

  /** When the next one falls due; `undefined` if none will. */
  next(): number | undefined {
    while (this.#heap[0]?.cancelled === true) this.#pop()
    return this.#heap[0]?.at
  }

  /** Sets off all that is due at `now`, in order. */
  run(now: number): void {
    for (let next = this.next(); next !== undefined && next <= now; next = this.next()) this.#pop()?.due()
  }

  #pop(): Timer | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && last !== first) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#isSooner(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1
      const sooner = left + 1 < this.#heap.length && this.#isSooner(left + 1, left) ? left + 1 : left
      if (sooner >= this.#heap.length || !this.#isSooner(sooner, at)) return
      this.#swap(at, sooner)
      at = sooner
    }
  }

  #isSooner(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a] as Timer, this.#heap[b] as Timer]
    return left.at < right.at || (left.at === right.at && left.order < right.order)
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a] as Timer
    this.#heap[a] = this.#heap[b] as Timer
    this.#heap[b] = kept
  }
}
