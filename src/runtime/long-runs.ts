/**
 * Tells of calls that have no time limit and do not end: each may hold a thread for ever, and nothing else would show it. It looks every half
 * minute, while there is work, at what is running then, so an ordinary call costs nothing. It ends nothing.
 */
import type { Clock } from '../environment.js'
import type { SchedulerState } from '../scheduler/scheduler.js'

/** How long a call runs until it is told of, in ms. */
const LONG_MS = 60_000
const LOOK_MS = 30_000

/** A call that has begun. */
export interface LongRun {
  readonly id: string
  readonly taskName: string
  readonly attempt: number
}

export interface LongRunsHost {
  readonly clock: Clock
  /** Whether there is anything that may run. */
  isPending(): boolean
  /** The calls that run now without a limit. */
  running(): readonly LongRun[]
  warn(run: LongRun, message: string): void
}

export class LongRuns {
  readonly #host: LongRunsHost
  #isLooking = false
  /** When each run was seen first; never again, once it has been told of. */
  #seen = new Map<string, number>()

  constructor(host: LongRunsHost) {
    this.#host = host
  }

  /** There is work. */
  watch(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#host.clock.after(LOOK_MS, () => this.#look())
  }

  #look(): void {
    this.#isLooking = false
    const now = this.#host.clock.now()
    const running = this.#host.running()
    const before = this.#seen
    this.#seen = new Map(running.map((run) => [keyOf(run), before.get(keyOf(run)) ?? now]))
    for (const run of running) if (now - (this.#seen.get(keyOf(run)) ?? now) >= LONG_MS) this.#tell(run)
    if (this.#host.isPending()) this.watch()
  }

  #tell(run: LongRun): void {
    this.#seen.set(keyOf(run), Infinity)
    this.#host.warn(
      run,
      `"${run.taskName}" has been running for more than ${LONG_MS / 1_000} s without a timeLimit, and holds its thread: give the task, or the runtime by \`defaults\`, a timeLimit if it may hang`,
    )
  }
}

const keyOf = ({ id, attempt }: LongRun): string => `${id} ${attempt}`

/** What {@link LongRunsHost.running} gives, found in the state of a scheduler. */
export function runsWithoutLimit({ dispatcher, policies }: SchedulerState): readonly LongRun[] {
  return dispatcher.lanes
    .flatMap((lane) => dispatcher.callsOn(lane).begun)
    .filter(({ workflow, node }) => (policies.of(workflow, node).policy.timeLimit ?? Infinity) === Infinity)
    .map(({ workflow, node }) => workflow.runOf(node))
    .map(({ taskId, taskName, attempt }) => ({ id: taskId, taskName, attempt }))
}
