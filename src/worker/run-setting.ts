/** What a call needs of the batch that it runs in: the way out for what it says, and the way in for what it is told. */
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import type { Saying, Told } from './protocol.js'

export interface RunSetting {
  readonly maxDepth: number
  readonly defaults: RunPolicy
  readonly clock: Clock
  /** Takes what the call at a place of the batch says of itself. */
  say(call: number, saying: Saying): void
  /** Hears what that call is told, until its run ends, and what it was told before. */
  hear(call: number, listener: (told: Told) => void): void
  /** Takes in what has been told meanwhile: for loops that never yield, to which no message comes. */
  checkMail(): void
}
