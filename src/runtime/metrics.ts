/** What `metrics()` tells: counters since the start, and gauges. A copy, made when somebody asks. */
import type { SchedulerState } from '../scheduler/scheduler.js'
import type { Percentiles } from '../scheduler/tally.js'

/** A snapshot: counts of calls since the start, then gauges. */
export interface Metrics {
  readonly applied: number
  /** Runs that were sent to a thread, those of retries included. */
  readonly started: number
  readonly succeeded: number
  readonly failed: number
  readonly retried: number
  readonly revoked: number
  readonly ignored: number
  readonly rejected: number
  /** Threads that died, or were ended for a limit. */
  readonly workersLost: number
  /** Ends that came when nobody waited for them any more. */
  readonly lateOutcomes: number
  readonly running: number
  readonly ready: number
  readonly scheduled: number
  readonly threads: number
  /** Share of the threads' time spent in tasks, from 0 to 1. */
  readonly utilization: number
  /** From ready to start, in ms, over the last 1_000 calls; 0 when there was none. */
  readonly waitMs: Percentiles
  /** From start to end, likewise; runs of less than about 0.2 ms are averaged with their neighbours. */
  readonly runMs: Percentiles
}

export function metricsOf({ tally, dispatcher }: SchedulerState, threads: number, sinceMs: number): Metrics {
  const { applied, started, succeeded, failed, retried, revoked, ignored, rejected } = tally
  const { workersLost, lateOutcomes, scheduled } = tally
  const lanes = dispatcher.lanes.map((lane) => Math.max(lane.active, 0))
  const most = dispatcher.callsPerThread
  const running = lanes.reduce((sum, active) => sum + Math.min(active, most), 0)
  const waiting = lanes.reduce((sum, active) => sum + Math.max(active - most, 0), 0)
  const spent = sinceMs <= 0 ? 0 : tally.busyMs / (sinceMs * lanes.length)
  return Object.freeze({
    ...{ applied, started, succeeded, failed, retried, revoked, ignored, rejected, workersLost, lateOutcomes },
    running,
    ready: dispatcher.ready + waiting,
    scheduled,
    threads,
    utilization: Math.min(spent, 1),
    waitMs: Object.freeze(tally.waits.percentiles()),
    runMs: Object.freeze(tally.runs.percentiles()),
  })
}
