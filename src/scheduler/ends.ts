/** How a node ends, and what is known of a failure. Data, and no workflow. */
import type { TaskFailure } from '../canvas/failure.js'

/** What went wrong, shared by every node that fails because of it. */
export interface Failure {
  /** What the awaited result rejects with, and what errbacks outside of a chord see; of a chord whose header failed, the `ChordError`. */
  readonly error: Error
  /** The node where it began; of a `ChordError`, the header's join. */
  readonly origin: number
  /** The failure behind a `ChordError`. */
  readonly cause?: Failure
  /** The arguments of the call that failed; none if no call did. */
  readonly args?: readonly unknown[]
  /** Which item failed, of map, starmap and chunks. */
  readonly item?: number | undefined
  /** 1 for the first run; 0 if nothing ran. */
  readonly attempt: number
  /** What is known of it, if it began in another workflow that stands for a part of this one. */
  readonly told?: TaskFailure
}

/** How a node ended. */
export type End =
  | { readonly status: 'succeeded'; readonly value: unknown }
  | { readonly status: 'failed' | 'revoked' | 'ignored' | 'rejected'; readonly failure: Failure }

export type Unsuccessful = Exclude<End, { status: 'succeeded' }>

/** A slot that got no value. */
export interface Unfilled {
  readonly slot: number
  readonly end: Unsuccessful
}

/** The failure behind all chord errors. */
export function unwrapped(failure: Failure): Failure {
  let inner = failure
  while (inner.cause !== undefined) inner = inner.cause
  return inner
}
