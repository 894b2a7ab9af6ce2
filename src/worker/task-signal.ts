/** How a task ends its run by a throw without failing: control flow, not errors. */
import type { Packed } from '../serialization/values.js'

/** What the task wants instead of an end. */
export type SignalBody =
  | {
      readonly kind: 'retry'
      readonly error: Error
      readonly wait: number | Date
      readonly jitter: boolean
      readonly args: readonly unknown[] | undefined
    }
  | { readonly kind: 'replace'; readonly canvas: Packed }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'reject'; readonly requeue: boolean }

/** What `retry()`, `ignore()` and `reject()` throw. A task that catches everything should throw it on. */
export class TaskSignal {
  readonly body: SignalBody
  readonly #isOne = true
  constructor(body: SignalBody) {
    this.body = body
  }

  /** Not by `instanceof`: what a task throws may be a Proxy, whose traps throw. */
  static is(thrown: unknown): thrown is TaskSignal {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown
  }
}
