/**
 * Periodic work as the user sees it: what to run when, and the handle on it. And the one thing that can be swapped, when it is due: see
 * crontab.ts and interval.ts. Types only.
 */
import type { Complete } from '../canvas/typing.js'

/** Periodic work: exactly one of `every` and `cron`. */
export type ScheduleOptions = {
  readonly name: string
  readonly canvas: Complete<unknown>
  /** IANA name for `cron`. Default: the process's. */
  readonly timeZone?: string
  /** Stop after so many runs. Default `Infinity`. */
  readonly maxRuns?: number
  /** When a run is due while one is going: skip it, run it afterwards, or run both. Default `'skip'`. */
  readonly overlap?: 'skip' | 'queue' | 'allow'
  /** Due times that a blocked event loop missed: skip them, or run once for each. Default `'skip'`. */
  readonly missed?: 'skip' | 'catch-up'
} & (
  | { /** In ms, from 1; first after one interval. */ readonly every: number; readonly cron?: never }
  | { /** Five or six fields, as croner reads them. */ readonly cron: string; readonly every?: never }
)

/** A running schedule, as `runtime.schedule` gives it. */
export interface Schedule {
  readonly name: string
  /** Runs started so far. */
  readonly runs: number
  /** When it is due next; `undefined` when paused, removed or at `maxRuns`. */
  readonly nextRun: Date | undefined
  pause(): void
  resume(): void
  /** Ends it for good; a run that is going is not touched. */
  remove(): void
}

/** When something is due. It reads no clock: the same question has the same answer. */
export interface Timetable {
  /** The first due time behind `at`, both in ms since the epoch; `undefined` if there is none. */
  next(at: number): number | undefined
}
