/** All that the scheduler and its driver say to each other: stimuli in, instructions out. Data only. */

import type { AnyCanvas } from '../canvas/typing.js'
import type { WorkerLossReason } from '../errors.js'
import type { RuntimeEvent, RuntimeEventName } from '../events/event.js'
import type { Graph } from '../graph/graph.js'
import type { Batch } from './batch.js'
import type { RangeEvents } from './range-events.js'
import type { Plan, Workflow } from './workflow.js'

/** What goes in. `at` is ms since the epoch of the driver's clock. */
export type Stimulus =
  | Submit
  | Members
  | Watch
  | Listen
  | Flushed
  | Outcomes
  | Recalled
  | Thread
  | Died
  | Lost
  | Report
  | Revoke
  | Tick
  | Close

/** A compiled canvas is to run. */
export interface Submit extends Plan {
  readonly type: 'submit'
  /** It is revoked before it starts: its signal has aborted already. */
  readonly isRevoked: boolean
  /** Somebody waits for its end: {@link Watch} in the same step. */
  readonly isWatched?: boolean
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
}

/** What {@link Pull} has asked for: some members of a group, in order; fewer than that, if they took long to pull. */
export interface Members {
  readonly type: 'members'
  readonly at: number
  readonly workflow: Workflow
  readonly node: number
  /** Compiled together; nothing if there is none. */
  readonly graph: Graph | undefined
  readonly count: number
  /** No more will come. */
  readonly isDone: boolean
  /** The next one could not be pulled, or is none: it has failed, and no more will come. */
  readonly error?: Error
}

/** Somebody waits for a node: its end is to be told by {@link Ended}. */
export interface Watch {
  readonly type: 'watch'
  readonly workflow: Workflow
  readonly node: number
}

/** Which events somebody listens to: no other is made. */
export interface Listen {
  readonly type: 'listen'
  readonly heard: ReadonlySet<RuntimeEventName>
}

/** What became of calls of a batch: of all, or of those that have ended since the last time. */
export interface Outcomes {
  readonly type: 'outcomes'
  readonly at: number
  readonly batch: number
  readonly ends: readonly BatchEnd[]
  /** Between 0 and 1, for the jitter of a retry. */
  readonly random: number
  /** How long these kept their thread, in ms; as long as the batch has been on its way, if that was not measured. */
  readonly ms?: number
  /** How many calls of the batch have begun so far, as far as that is known. */
  readonly begun?: number
}

/** How calls of a batch ended, by their places in it. */
export type BatchEnd =
  /** They succeeded, one after the other from this place on. */
  | { readonly from: number; readonly values: ArrayLike<unknown> }
  /** They succeeded, and their values went to the next step where they were made. */
  | { readonly from: number; readonly passed: number }
  | { readonly at: number; readonly outcome: Outcome }

/** What has not begun of a batch was taken back: all but so many of its calls. */
export interface Recalled {
  readonly type: 'recalled'
  readonly at: number
  readonly batch: number
  readonly begun: number
}

/** Ready calls are to leave now: who asked for it by {@link Flush} has had the time to make more of them ready. */
export interface Flushed {
  readonly type: 'flushed'
  readonly at: number
}

/** What a running call says of itself before it ends. */
export interface Report {
  readonly type: 'report'
  readonly at: number
  readonly batch: number
  readonly call: number
  readonly report: CallReport
}

export type CallReport =
  | { readonly kind: 'progress'; readonly value: unknown }
  | { readonly kind: 'state'; readonly state: string; readonly meta: unknown }
  /** The body begins: the hard limit counts from here. */
  | { readonly kind: 'started' }
  /** A canvas to apply as a child, under this id. */
  | { readonly kind: 'apply'; readonly child: number; readonly id: string; readonly canvas: AnyCanvas }
  | { readonly kind: 'revoke-child'; readonly child: number; readonly reason: unknown; readonly terminate: boolean }
  | { readonly kind: 'add-to-chord'; readonly canvas: AnyCanvas }
  /** It waits for a child and lends its slot; or goes on. */
  | { readonly kind: 'parked' | 'resumed' }

/** Somebody wants these nodes revoked, with all that has not ended before them in their chains. */
export interface Revoke {
  readonly type: 'revoke'
  readonly at: number
  readonly targets: readonly {
    readonly workflow: Workflow
    readonly node: number
    readonly scope: 'call' | 'subtree'
  }[]
  readonly reason: unknown
  /** End the threads of running calls that do not stop in time. */
  readonly terminate: boolean
}

/** Time has passed: what was waited for until `at` is due. */
export interface Tick {
  readonly type: 'tick'
  readonly at: number
}

/** There is a thread for a lane again, or there is none for a while. */
export interface Thread {
  readonly type: 'thread'
  readonly at: number
  readonly lane: number
  readonly isThere: boolean
}

/** A thread died, with calls or without. */
export interface Died {
  readonly type: 'died'
  readonly at: number
  readonly reason: Loss['reason']
}

/** The thread of a batch died. */
export interface Lost {
  readonly type: 'lost'
  readonly at: number
  readonly batch: number
  readonly loss: Loss
  /** How many of its calls had begun; all, if nothing is said. */
  readonly begun?: number
  /** The last of these may have been running. `false`: all that had begun had ended, and the thread died under another batch. Default `true`. */
  readonly isUnder?: boolean
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
  | { readonly ok: false; readonly error: Error; readonly item?: number; readonly args?: readonly unknown[] }
  | TaskSignal

/** A run that ended neither with a value nor with an error. */
export type TaskSignal =
  | {
      readonly ok: 'retry'
      readonly error: Error
      /** How long to wait, in ms, of which with `jitter` a random part; or until when. */
      readonly wait: number | Date
      readonly jitter: boolean
      /** All arguments of the next run; the same if there are none. */
      readonly args: readonly unknown[] | undefined
    }
  /** This canvas takes the call's place. */
  | { readonly ok: 'replace'; readonly canvas: AnyCanvas }
  | { readonly ok: 'ignore'; readonly args?: readonly unknown[] }
  | { readonly ok: 'reject'; readonly requeue: boolean; readonly args?: readonly unknown[] }

/** Why a thread died. */
export interface Loss {
  readonly reason: WorkerLossReason
  readonly exitCode?: number | undefined
  readonly cause?: unknown
}

/** What comes out, in the order in which it is to be carried out. */
export type Instruction =
  | Accepted
  | Wake
  | Flush
  | Tell
  | Terminate
  | Recycle
  | Recall
  | Dispatch
  | Pull
  | Release
  | Ended
  | Emit
  | EmitRange

/** The workflow that a submitted canvas became; comes first. */
export interface Accepted {
  readonly type: 'accepted'
  readonly workflow: Workflow
}

/** The next {@link Tick} is wanted at this time; none if there is none. Replaces what was wanted before. */
export interface Wake {
  readonly type: 'wake'
  readonly at: number | undefined
}

/** A running call is to be told something. */
export interface Tell {
  readonly type: 'tell'
  readonly batch: number
  readonly call: number
  readonly told: Told
}

export type Told =
  | { readonly kind: 'cancel'; readonly error: Error }
  | {
      readonly kind: 'child'
      readonly child: number
      readonly outcome: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Error }
    }

/** The thread of a batch is to be ended. */
export interface Terminate {
  readonly type: 'terminate'
  readonly batch: number
  readonly loss: Loss
}

/** The thread of a lane has had all its calls and is idle: another one is to take its place. {@link Thread} tells when it is there. */
export interface Recycle {
  readonly type: 'recycle'
  readonly lane: number
}

/** What has not begun of a batch is to be taken back, and {@link Recalled} to say how much that is. */
export interface Recall {
  readonly type: 'recall'
  readonly batch: number
}

/** {@link Flushed} is wanted at the end of this turn: calls that become ready until then leave together. */
export interface Flush {
  readonly type: 'flush'
}

/** Calls that are to start now, in one message. */
export interface Dispatch {
  readonly type: 'dispatch'
  readonly batch: Batch
}

/** There is room for so many more members of a group: {@link Members} brings them. */
export interface Pull {
  readonly type: 'pull'
  readonly workflow: Workflow
  readonly node: number
  readonly count: number
}

/** No more members of a group are wanted: where they come from is to be closed. */
export interface Release {
  readonly type: 'release'
  readonly workflow: Workflow
  readonly node: number
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

/** As {@link Emit}, of calls that stand side by side. */
export interface EmitRange {
  readonly type: 'emit-range'
  readonly events: RangeEvents
}
