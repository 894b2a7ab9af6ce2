/** Puts together what a test runtime plays on: clock, conductor, faults and the executor, each of which knows only what it needs of the others. */
import type { Environment } from '../environment.js'
import { partsOf, settingsOf } from '../runtime/create-runtime.js'
import type { Inspection } from '../runtime/inspection.js'
import type { RuntimeParts } from '../runtime/local-runtime.js'
import { Conductor } from './conductor.js'
import { Faults } from './faults.js'
import { splitOptions, type TestRuntimeOptions } from './options.js'
import { Patience } from './patience.js'
import { seededChoice, seededIds, seededRandom } from './seeded.js'
import { describe, hangError, isAtWork, wouldHang } from './stalls.js'
import { VirtualClock } from './virtual-clock.js'
import { VirtualExecutor } from './virtual-executor.js'

/** Threads that are played where nothing is said. */
const THREADS = 2

/** How long nothing may happen before a run that hangs is ended, in ms of real time: test runners wait for 5_000. */
export const PATIENCE_MS = 3_000

export class Stage {
  readonly seed: number
  readonly clock: VirtualClock
  readonly conductor: Conductor
  readonly faults = new Faults()
  readonly parts: RuntimeParts
  readonly #autoAdvance: boolean
  readonly #patience: Patience
  #executor: VirtualExecutor | undefined
  /** Shows the runtime from outside, and lets it speak; once there is one. */
  #audience: { inspect(): Inspection; warn(message: string): void } | undefined

  constructor(where: string, options: TestRuntimeOptions, patience = PATIENCE_MS) {
    const { seed, now, autoAdvance, rest } = splitOptions(where, options)
    const { threads = THREADS, ...settings } = settingsOf(where, rest)
    this.seed = seed
    this.#autoAdvance = autoAdvance
    this.clock = new VirtualClock(now, () => this.conductor.wake())
    this.#patience = new Patience(patience, () => this.#endStandstill())
    this.conductor = new Conductor(this.clock, this.#patience, {
      choose: seededChoice(seed),
      autoAdvance,
      isBusy: () => this.executor.isRenewing || this.executor.runs.some(isAtWork),
    })
    const { maxDepth, bytes, defaults, startTimeout } = settings
    const { conductor, faults } = this
    const played = { threads, maxDepth, bytes, defaults, startTimeout, conductor, faults }
    const parts = partsOf(settings)
    this.parts = {
      ...parts,
      // Each call leaves alone: when it begins and ends is decided here.
      scheduling: { ...parts.scheduling, batching: false },
      lanes: threads,
      environment: this.#environment(threads),
      hold: conductor.hold,
      admission: { maxDepth, bytes, entryFileUrl: undefined },
      makeExecutor: (report) => {
        this.#executor = new VirtualExecutor({ ...played, clock: this.clock.seenFromInside() }, report)
        return this.#executor
      },
    }
  }

  get executor(): VirtualExecutor {
    return this.#executor as VirtualExecutor
  }

  /** The runtime is there. */
  open(audience: { inspect(): Inspection; warn(message: string): void }): void {
    this.#audience = audience
  }

  /** What is pending and why, a line each. */
  pending(): string {
    return describe({
      runs: this.executor.runs,
      inspection: this.#audience?.inspect() as Inspection,
      now: this.clock.now(),
      next: this.clock.next,
      autoAdvance: this.#autoAdvance,
    })
  }

  #environment(parallelism: number): Environment {
    const { seed, clock } = this
    return { clock, parallelism, newId: seededIds(seed), random: seededRandom(seed) }
  }

  /**
   * Nothing has happened for long: what would hang is ended, unless real work is under way that it may wait for with another run. If
   * nothing is to be ended, somebody is told.
   */
  #endStandstill(): void {
    const { runs } = this.executor
    const hanging = runs.some((run) => isAtWork(run) && !wouldHang(run)) ? [] : runs.filter(wouldHang)
    for (const run of hanging) run.giveUp(hangError(run, this.#patience.length))
    if (hanging.length === 0)
      this.#audience?.warn(
        `nothing has happened for ${this.#patience.length} ms of real time; pending:${this.pending()}`,
      )
  }
}
