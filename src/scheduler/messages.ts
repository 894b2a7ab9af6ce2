/** All that the scheduler and its driver say to each other: stimuli in, instructions out. Data only. */

import type { WorkerLossReason } from '../errors.js'
import type { RuntimeEvent } from '../events/event.js'
import type { Invocation } from '../graph/call.js'
import type { Plan, Workflow } from './workflow.js'

/** What goes in. `at` is ms since the epoch of the driver's clock. */
export type Stimulus = Submit | Watch | Listen | Outcomes | Lost | Close

/** A compiled canvas is to run. */
export interface Submit extends Plan {
  readonly type: 'submit'
  readonly at: number
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
}

/** Somebody waits for a node: its end is to be told by {@link Ended}. */
export interface Watch {
  readonly type: 'watch'
  readonly workflow: Workflow
  readonly node: number
}

/** Somebody listens to events, or nobody does any more: none is made then. */
export interface Listen {
  readonly type: 'listen'
  readonly listening: boolean
}

/** What became of the calls of a batch, in the order of the batch. */
export interface Outcomes {
  readonly type: 'outcomes'
  readonly at: number
  readonly batch: number
  readonly outcomes: readonly Outcome[]
}

/** The thread of a batch died. */
export interface Lost {
  readonly type: 'lost'
  readonly at: number
  readonly batch: number
  readonly loss: Loss
}

/** No more work: what is pending becomes revoked with a `ClosedError`; only what has not started, if running calls may finish. */
export interface Close {
  readonly type: 'close'
  readonly at: number
  readonly message: string
  readonly running: 'finish' | 'drop'
}

/** How one run ended. `item` is the index of the item that failed, of map, starmap and chunks. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Error; readonly item?: number }

/** Why a thread died. */
export interface Loss {
  readonly reason: WorkerLossReason
  readonly exitCode?: number | undefined
  readonly cause?: unknown
}

/** What comes out, in the order in which it is to be carried out. */
export type Instruction = Accepted | Dispatch | Ended | Emit

/** The workflow that a submitted canvas became; comes first. */
export interface Accepted {
  readonly type: 'accepted'
  readonly workflow: Workflow
}

/** Calls that are to start now, in one message. */
export interface Dispatch {
  readonly type: 'dispatch'
  readonly batch: Batch
}

/** Calls that leave together. */
export interface Batch {
  readonly number: number
  readonly calls: readonly Call[]
}

/** One call of a batch: what to run, and who it is. */
export interface Call extends Invocation {
  readonly workflow: Workflow
  readonly node: number
  readonly attempt: number
}

/** A node that is watched has ended. */
export interface Ended {
  readonly type: 'ended'
  readonly workflow: Workflow
  readonly node: number
}

/** Something for the listeners. */
export interface Emit {
  readonly type: 'emit'
  readonly event: RuntimeEvent
}
