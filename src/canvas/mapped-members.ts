/** Members that are not there yet, and of each of which another canvas is made when it is pulled. It pulls nothing before somebody asks. */
import type { Canvas } from './canvas.js'

export class MappedMembers implements Iterable<Canvas> {
  readonly #source: Iterable<Canvas>
  readonly #change: (member: Canvas, place: number) => Canvas

  constructor(source: Iterable<Canvas>, change: (member: Canvas, place: number) => Canvas) {
    this.#source = source
    this.#change = change
    Object.freeze(this)
  }

  /** Two of them are the same only if they are one: what is inside shows when it is pulled. */
  get [Symbol.toStringTag](): string {
    return 'MappedMembers'
  }

  *[Symbol.iterator](): Iterator<Canvas> {
    let place = 0
    for (const member of this.#source) yield this.#change(member, place++)
  }
}
