/**
 * Celery's beat: keeps the schedules of a runtime and starts a run of each when it is due. When that is, is the timetable's business, and
 * whether a run may start is the entry's; what a run does is the host's.
 */
import type { Canvas } from '../canvas/canvas.js'
import type { Clock } from '../environment.js'
import { ConfigurationError } from '../errors.js'
import { ScheduleEntry } from './entry.js'
import { planOf, type SchedulePlan } from './options.js'
import type { Schedule, ScheduleOptions } from './schedule.js'

/** What beat needs of a runtime. */
export interface BeatHost {
  readonly clock: Clock
  /** Refuses a canvas that could not be started. */
  check(canvas: Canvas): void
  /** Starts a run, and calls back when it has ended, later. */
  start(canvas: Canvas, ended: () => void): void
  warn(message: string, error: Error): void
}

export class Beat {
  readonly #host: BeatHost
  /** Those that may still start a run, by name, in the order in which they were made. */
  readonly #schedules = new Map<string, PeriodicWork>()

  constructor(host: BeatHost) {
    this.#host = host
  }

  /** @throws what is wrong with the options or the canvas; {@link ConfigurationError} for a taken name. */
  schedule(options: ScheduleOptions): Schedule {
    const plan = planOf(options, this.#host.clock.now())
    const { name } = plan
    if (this.#schedules.has(name))
      throw new ConfigurationError(`schedule: the name "${name}" is taken; remove() the other one first`, 'name', name)
    this.#host.check(plan.canvas)
    const work = new PeriodicWork(plan, this.#host, () => this.#schedules.delete(name))
    this.#schedules.set(name, work)
    return work
  }

  schedules(): readonly Schedule[] {
    return [...this.#schedules.values()]
  }

  /** Removes all. Runs that are going are not touched. */
  stop(): void {
    for (const work of this.schedules()) work.remove()
  }
}

/** One schedule with its timer. */
class PeriodicWork implements Schedule {
  readonly #plan: SchedulePlan
  readonly #host: BeatHost
  readonly #entry: ScheduleEntry
  readonly #over: () => void
  #cancelTimer = (): void => {}

  /** @param over - Called once, when no run will start any more. */
  constructor(plan: SchedulePlan, host: BeatHost, over: () => void) {
    this.#plan = plan
    this.#host = host
    this.#over = over
    this.#entry = new ScheduleEntry(plan, host.clock.now())
    this.#setTimer()
  }

  get name(): string {
    return this.#plan.name
  }

  get runs(): number {
    return this.#entry.runs
  }

  get nextRun(): Date | undefined {
    const { due } = this.#entry
    return due === undefined ? undefined : new Date(due)
  }

  pause(): void {
    this.#entry.pause()
    this.#setTimer()
  }

  resume(): void {
    this.#entry.resume(this.#host.clock.now())
    this.#go()
  }

  remove(): void {
    const wasOver = this.#entry.isOver
    this.#entry.remove()
    this.#setTimer()
    if (!wasOver) this.#over()
  }

  #setTimer(): void {
    this.#cancelTimer()
    const { due } = this.#entry
    const { clock } = this.#host
    // A clock may call back too early, for instance when it cannot wait for so long: then nothing is due, and it is asked again.
    this.#cancelTimer = due === undefined ? () => {} : clock.after(due - clock.now(), () => this.#wake())
  }

  #wake(): void {
    this.#entry.arrive(this.#host.clock.now())
    this.#go()
  }

  /** Starts what may start, and waits for what comes next. */
  #go(): void {
    const wasOver = this.#entry.isOver
    while (this.#entry.take() && this.#start());
    this.#setTimer()
    if (this.#entry.isOver && !wasOver) this.#over()
  }

  /** Whether a run has started. One that could not is given up; those behind it wait for the next occasion. */
  #start(): boolean {
    try {
      this.#host.start(this.#plan.canvas, () => {
        this.#entry.end()
        this.#go()
      })
      return true
    } catch (error) {
      this.#entry.refuse()
      this.#host.warn(`a run of the schedule "${this.name}" could not start`, error as Error)
      return false
    }
  }
}
