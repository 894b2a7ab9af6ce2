/** The seam between deciding and doing: what a runtime asks of whatever runs its calls. What crosses it is data. */
import type { Batch, Loss, Outcome } from '../scheduler/messages.js'

/** Runs batches of calls. */
export interface Executor {
  /** How many batches may be under way at one time. */
  readonly slots: number
  /** Starts a batch, and reports its end later, never before this returns. */
  dispatch(batch: Batch): void
  /** Resolves when all of it has started; rejects if that fails. */
  ready(): Promise<void>
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
}

/** Where an executor reports to. */
export interface Report {
  outcomes(batch: number, outcomes: readonly Outcome[]): void
  lost(batch: number, loss: Loss): void
  online(worker: WorkerInfo): void
  offline(worker: WorkerInfo, reason: 'closed' | Loss['reason']): void
  warning(message: string, error: Error): void
}
