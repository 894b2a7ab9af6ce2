/** What the parts of an episode that play threads know of the rest of it. */
import type { Call } from '../../src/scheduler/batch.js'
import type { Instruction, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import type { Built } from '../property/plan.js'
import type { Deaths } from './deaths.js'
import type { Flight } from './flight.js'
import type { Job } from './job.js'
import type { Machine } from './machine.js'
import type { Random } from './random.js'
import type { Rates } from './rates.js'
import type { Watchman } from './watchman.js'

export interface Around {
  readonly machine: Machine
  readonly random: Random
  readonly watchman: Watchman
  readonly deaths: Deaths
  readonly rates: Rates
  readonly lanes: number
  readonly callsPerThread: number
  readonly maxTasksPerWorker: number
  readonly batching: boolean
  readonly handle: (stimulus: Stimulus) => readonly Instruction[]
  readonly jobOf: (workflow: Workflow) => Job
  /** A canvas for whatever a task may ask for; none when there were enough. */
  readonly spare: () => Built | undefined
  /** Says in the story what no stimulus says. */
  readonly note: (text: string) => void
  /** A run has kept its thread for so long, in ms. */
  readonly pass: (ms: number) => void
}

/** A run in progress. */
export interface Run {
  readonly flight: Flight
  readonly place: number
  readonly call: Call
}
