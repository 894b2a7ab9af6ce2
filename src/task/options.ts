/** Options of a task, given once where it is defined. */
import { checkOptions, flag, type OptionRule, text } from '../canvas/options.js'

/** Options of a task, given once with `task`. */
export interface TaskOptions {
  /** Full registered name. Default: `namespace.key`. */
  readonly name?: string
  /** Show the state `STARTED` while running; else it stays `RECEIVED` until the end. Default `false`. */
  readonly trackStarted?: boolean
}

const TASK_RULES: Readonly<Record<string, OptionRule>> = { name: text, trackStarted: flag }

/** @throws {@link ConfigurationError} for a wrong option, naming it and its value. */
export function checkTaskOptions(where: string, options: TaskOptions): void {
  checkOptions(where, options, TASK_RULES)
}
