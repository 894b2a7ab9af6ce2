/** What a call is run with, beside its message: the way out for what it says, and the way in for what it is told. */
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import type { Saying, Told } from './protocol.js'

export interface RunSetting {
  readonly maxDepth: number
  readonly defaults: RunPolicy
  /** Takes what the call says of itself. */
  say(saying: Saying): void
  /** Hears what the call is told, until its run ends. */
  hear(listener: (told: Told) => void): void
  /** Whether a cancel shows in the thread's flags. */
  isCancelled(): boolean
  readonly clock: Clock
}
