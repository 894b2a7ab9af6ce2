/** A list of whole numbers that grows: four bytes each, since a graph may have millions of nodes. */
export class IntColumn {
  #numbers = new Int32Array(8)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#numbers.length) this.#grow()
    this.#numbers[this.#length++] = value
  }

  set(index: number, value: number): void {
    this.#numbers[index] = value
  }

  /** The numbers so far: a view, not a copy. */
  values(): Int32Array {
    return this.#numbers.subarray(0, this.#length)
  }

  #grow(): void {
    const wider = new Int32Array(this.#numbers.length * 2)
    wider.set(this.#numbers)
    this.#numbers = wider
  }
}
