/** The seam between deciding and doing: what a runtime asks of whatever runs its calls. What crosses it is data. */
import type { Batch } from '../scheduler/batch.js'
import type { BatchEnd, CallReport, Loss, Lost, Told } from '../scheduler/messages.js'

/** Runs batches of calls. */
export interface Executor {
  /** Starts a batch on its lane, behind those that are there, and reports its ends later, never before this returns. */
  dispatch(batch: Batch): void
  /** Takes back what has not begun of a batch. Gives how many of its calls have. */
  recall(batch: Batch): number
  /** Tells a running call something. One that is not running any more does not hear it. */
  tell(batch: number, call: number, told: Told): void
  /** Ends the thread of a batch; its loss is reported, for this reason, when the thread is gone. */
  terminate(batch: number, loss: Loss): void
  /** Puts another thread in the place of one that is idle, and gets nothing until {@link Report.thread} tells of it; its modules are torn down before. */
  recycle(lane: number): void
  /** Resolves when all of it has started; rejects if that fails. */
  ready(): Promise<void>
  /** What runs calls, as far as it has started. */
  workers(): readonly WorkerInfo[]
  /** Runs the teardowns of all threads, which must be idle. Resolves when they are done, or their time, in ms, is over. Never rejects. */
  tearDown(withinMs: number): Promise<void>
  /** Ends everything now. Nothing is reported afterwards. */
  destroy(): Promise<void>
}

/** A thread, or what stands for one. */
export interface WorkerInfo {
  /** The number of its lane: a thread that takes the place of another one takes its number, too. */
  readonly id: number
  readonly threadId: number
  /** Calls that it has finished. */
  readonly done: number
  /** Calls in progress there. */
  readonly running: number
}

/** How calls of a batch ended. */
export interface Ends {
  readonly ends: readonly BatchEnd[]
  /** How long they kept their thread, in ms. */
  readonly ms: number
  /** How many calls of the batch have begun. */
  readonly begun: number
}

/** How far a batch had come when its thread died. */
export type Ran = Required<Pick<Lost, 'begun' | 'isUnder'>>

/** Where an executor reports to. */
export interface Report {
  ended(batch: number, ends: Ends): void
  /** What a call of a batch says of itself while it runs. Always before its end. */
  said(batch: number, call: number, report: CallReport): void
  lost(batch: number, loss: Loss, ran: Ran): void
  /** Whether there is a thread for a lane: one that died is replaced, which takes a while. */
  thread(lane: number, isThere: boolean): void
  /** A thread died, with calls or without; told once of each, before or after {@link Report.lost}. */
  died(reason: Loss['reason']): void
  online(worker: WorkerInfo): void
  offline(worker: WorkerInfo, reason: 'closed' | 'recycled' | Loss['reason']): void
  warning(message: string, error: Error, taskId?: string): void
}
