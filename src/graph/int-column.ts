/** A list of whole numbers that grows: four bytes each, since a graph may have millions of nodes. */
export class IntColumn {
  #numbers = new Int32Array(8)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#numbers.length) this.#grow(1)
    this.#numbers[this.#length++] = value
  }

  /** The same number, so many times. */
  pushTimes(value: number, count: number): void {
    this.#grow(count)
    this.#numbers.fill(value, this.#length, this.#length + count)
    this.#length += count
  }

  /** The numbers from 0 up to `count`, which is not among them. */
  pushRange(count: number): void {
    this.#grow(count)
    for (let i = 0; i < count; i++) this.#numbers[this.#length++] = i
  }

  set(index: number, value: number): void {
    this.#numbers[index] = value
  }

  /** The numbers so far: a view, not a copy. */
  values(): Int32Array {
    return this.#numbers.subarray(0, this.#length)
  }

  /** Makes room for so many more; at least twice as much as there was, if for any. */
  #grow(count: number): void {
    const { length } = this.#numbers
    if (this.#length + count <= length) return
    const wider = new Int32Array(Math.max(length * 2, this.#length + count))
    wider.set(this.#numbers)
    this.#numbers = wider
  }
}
