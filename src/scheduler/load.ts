/**
 * How long the calls of a task take, and so how many of them may leave together. Learned from what comes back; the first guess is careful.
 *
 * `npm run bench -- mixed` justifies it: sizing by the mean and its deviation gave 0.5–0.65 of what two halves split by hand reach, the
 * typical call 0.91–0.93.
 */

/** Work that is sent ahead to a thread, in ms: enough to hide the way of a message, little enough to let others pass. */
export const BATCH_MS = 2
/** With few slow calls among many, at least so much of the mean. */
const MEAN_MS = 1.5
/** Calls of the first batch of a task, of which nothing is known. */
const FIRST = 64
export const MOST_CALLS = 4_096
const GROWTH = 4
/** By so much the typical time moves towards each sample: outliers weigh nothing. */
const UP = 1.12
const DOWN = 1 / UP
/** Of the mean, how much the newest sample counts. */
const NEWEST = 0.05

export class TaskLoad {
  #typical: number | undefined
  #mean = 0
  /** Most calls in one batch, whatever their time. */
  #cap = FIRST

  get isKnown(): boolean {
    return this.#typical !== undefined
  }

  /** Of one call, in ms, as far as sizes go. */
  get estimate(): number {
    if (this.#typical === undefined) return BATCH_MS / FIRST
    return Math.min(this.#typical, (this.#mean * BATCH_MS) / MEAN_MS)
  }

  /** How many calls fit into `ms`, and into a batch that holds `taken` of them. */
  fit(ms: number, taken: number): number {
    return Math.min(this.#cap - taken, Math.floor(ms / this.estimate))
  }

  /** Calls took so long each, on average. */
  note(ms: number): void {
    if (this.#typical === undefined) {
      this.#typical = ms
      this.#mean = ms
      return
    }
    this.#typical *= ms > this.#typical ? UP : DOWN
    this.#mean += (ms - this.#mean) * NEWEST
  }

  /** A batch came through whole. */
  grow(): void {
    this.#cap = Math.min(this.#cap * GROWTH, MOST_CALLS)
  }
}
