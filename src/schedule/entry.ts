/**
 * One schedule as a machine: time comes in, permission to start a run goes out. It knows how many runs are going and how many wait for
 * those, and nothing of canvases, clocks or timers.
 */
import type { SchedulePlan } from './options.js'

export class ScheduleEntry {
  readonly #plan: SchedulePlan
  /** The next due time; also kept, and moved on, while it is paused. */
  #due: number | undefined
  #runs = 0
  #going = 0
  /** Runs that were due and have not started. */
  #waiting = 0
  #isPaused = false
  #isRemoved = false

  constructor(plan: SchedulePlan, now: number) {
    this.#plan = plan
    this.#due = plan.timetable.next(now)
  }

  /** Runs that have started. */
  get runs(): number {
    return this.#runs
  }

  /** When time matters next: `undefined` while it is paused, and once it is over. */
  get due(): number | undefined {
    return this.#isPaused || this.isOver ? undefined : this.#due
  }

  /** No run will start any more. */
  get isOver(): boolean {
    return this.#isRemoved || this.#runs >= this.#plan.maxRuns
  }

  /** It is `now`: notes what has come due. Of several due times at once all but the last were missed. */
  arrive(now: number): void {
    const { due } = this
    if (due === undefined || now < due) return
    const came = this.#plan.missed === 'catch-up' ? this.#countDue(due, now) : 1
    this.#due = this.#plan.timetable.next(now)
    if (this.#plan.overlap !== 'skip') this.#waiting += came
    else if (this.#going === 0) this.#waiting = 1
  }

  /** Whether a run may start now. If so it counts as started. */
  take(): boolean {
    const mayOverlap = this.#plan.overlap === 'allow'
    if (this.#waiting === 0 || this.#isPaused || this.isOver || (this.#going > 0 && !mayOverlap)) return false
    this.#waiting--
    this.#going++
    this.#runs++
    return true
  }

  /** The run that was taken last could not be started after all. */
  refuse(): void {
    this.#going--
    this.#runs--
  }

  /** A run is over. */
  end(): void {
    this.#going--
  }

  pause(): void {
    this.#isPaused = true
  }

  /** Due times in the pause are not missed: nothing was to run then. */
  resume(now: number): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#due = this.#plan.timetable.next(now)
  }

  remove(): void {
    this.#isRemoved = true
  }

  /** Due times up to `now`, no more than there are runs left. */
  #countDue(first: number, now: number): number {
    const left = this.#plan.maxRuns - this.#runs
    let count = 0
    for (let at: number | undefined = first; at !== undefined && at <= now && count < left; count++)
      at = this.#plan.timetable.next(at)
    return count
  }
}
