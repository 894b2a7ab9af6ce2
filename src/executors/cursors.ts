/**
 * The cursors of batches under way, in memory that the threads share: each batch has one cell, which its thread counts up before each call,
 * and which the runtime moves to the end to take back what has not begun. A cell is given out again once its batch is over.
 */
import { CURSORS, TAKEN } from '../worker/protocol.js'

export class Cursors {
  readonly cells = new Int32Array(new SharedArrayBuffer(CURSORS * Int32Array.BYTES_PER_ELEMENT))
  readonly #free: number[] = []
  #used = 0

  /** A cell at zero. More batches than cells wait for children only in a program that starts them without end: they share the last one, and are never taken back. */
  claim(): number {
    const cell = this.#free.pop() ?? Math.min(this.#used++, SHARED)
    Atomics.store(this.cells, cell, 0)
    return cell
  }

  release(cell: number): void {
    if (cell !== SHARED) this.#free.push(cell)
  }

  /** How many calls have begun; from now on none does. */
  take(cell: number): number {
    if (cell === SHARED) return Infinity
    const begun = Atomics.exchange(this.cells, cell, TAKEN)
    return begun < TAKEN ? begun : Infinity
  }

  /** How many calls have begun. */
  begun(cell: number): number {
    const begun = cell === SHARED ? Infinity : Atomics.load(this.cells, cell)
    return begun < TAKEN ? begun : Infinity
  }
}

const SHARED = CURSORS - 1
