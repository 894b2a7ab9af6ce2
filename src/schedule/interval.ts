/** Due times at equal distances. They lie on a grid from `start`, so that a late run does not shift those behind it. */
import { END_OF_TIME_MS } from '../option-rules.js'
import type { Timetable } from './schedule.js'

export class Interval implements Timetable {
  readonly #start: number
  readonly #every: number

  /** @param every - In ms, from 1. Due for the first time one interval after `start`. */
  constructor(start: number, every: number) {
    this.#start = start
    this.#every = every
  }

  next(at: number): number | undefined {
    const passed = Math.max(0, Math.floor((at - this.#start) / this.#every))
    const next = this.#start + (passed + 1) * this.#every
    return next <= END_OF_TIME_MS ? next : undefined
  }
}
