/** The seam between deciding and doing: what a runtime asks of whatever runs its calls. What crosses it is data. */
import type { Batch, CallReport, Loss, Outcome, Told } from '../scheduler/messages.js'

/** Runs batches of calls. */
export interface Executor {
  /** How many batches may be under way at one time. */
  readonly slots: number
  /** Starts a batch, and reports its end later, never before this returns. */
  dispatch(batch: Batch): void
  /** Tells a running call something. One that is not running any more does not hear it. */
  tell(batch: number, call: number, told: Told): void
  /** Ends the thread of a batch; its loss is reported, for this reason, when the thread is gone. */
  terminate(batch: number, loss: Loss): void
  /** Resolves when all of it has started; rejects if that fails. */
  ready(): Promise<void>
  /** The worker that a batch runs on, once that is known; `undefined` for one that is not under way. */
  workerOf(batch: number): number | undefined
  /** What runs calls, as far as it has started. */
  workers(): readonly WorkerInfo[]
  /** Ends everything now. Nothing is reported afterwards. */
  destroy(): Promise<void>
}

/** A thread, or what stands for one. */
export interface WorkerInfo {
  readonly id: number
  readonly threadId: number
  /** Calls that it has finished. */
  readonly done: number
  /** Calls in progress there. */
  readonly running: number
}

/** Where an executor reports to. */
export interface Report {
  outcomes(batch: number, outcomes: readonly Outcome[]): void
  /** What a call of a batch says of itself while it runs. Always before the batch's outcomes. */
  said(batch: number, call: number, report: CallReport): void
  lost(batch: number, loss: Loss): void
  online(worker: WorkerInfo): void
  offline(worker: WorkerInfo, reason: 'closed' | Loss['reason']): void
  warning(message: string, error: Error, taskId?: string): void
}
