/** Options of a task, given once where it is defined. */

import { checkPolicy, POLICY_RULES, type RunPolicy } from '../canvas/policy.js'
import { checkOptions, flag, type OptionRule, text, wholeFrom } from '../option-rules.js'
import type { TaskContext } from './context.js'
import { rateLimitRule } from './rate-limit.js'

/** Options of a task, given once with `task`; those shared with call options yield to the call's. */
export interface TaskOptions extends RunPolicy, TaskHandlers {
  /** Full registered name. Default: `namespace.key`. */
  readonly name?: string
  /** Most starts per time: `'10/s'`, `'100/m'`, `'5/h'`, or a number per second. Default, 0 and `Infinity`: unlimited. */
  readonly rateLimit?: number | `${number}/s` | `${number}/m` | `${number}/h`
  /** Most runs at one time in the runtime; whole, from 1. Default `Infinity`: as many as there are threads. */
  readonly concurrency?: number
  /**
   * May leave for a thread together with other ready calls. Calls then start in queue order but for what one batch (about 2 ms of work) may put
   * forward. `false`: each call leaves alone, in strict order. Default `true`.
   */
  readonly batch?: boolean
  /** Show the state `STARTED` while running; else it stays `RECEIVED` until the end. Default `false`. */
  readonly trackStarted?: boolean
}

/** Functions run in the worker around the body, with its context as `this`. What one throws is a `warning` event and changes no outcome. */
export interface TaskHandlers {
  /** Before each run, retries included. */
  beforeStart?(this: TaskContext, args: readonly any[]): void | Promise<void>
  /** After a run that returned. */
  onSuccess?(this: TaskContext, value: any, args: readonly any[]): void | Promise<void>
  /** After the last failed run. */
  onFailure?(this: TaskContext, error: Error, args: readonly any[]): void | Promise<void>
  /** After a failed run that will be tried again. */
  onRetry?(this: TaskContext, error: Error, args: readonly any[]): void | Promise<void>
  /** Last of all; not after a retry, `ignore()` or `reject()`. */
  afterReturn?(this: TaskContext, end: TaskEnd): void | Promise<void>
}

/** How a run ended, as {@link TaskHandlers.afterReturn} sees it. */
export type TaskEnd =
  | { readonly state: 'SUCCESS'; readonly value: any; readonly args: readonly any[] }
  | { readonly state: 'FAILURE'; readonly error: Error; readonly args: readonly any[] }

const handler: OptionRule = { expected: 'a function', accepts: (value) => typeof value === 'function' }

const wholeOrInfinite: OptionRule = {
  expected: 'a whole number from 1, or Infinity',
  accepts: (value) => value === Infinity || wholeFrom(1).accepts(value),
}

const TASK_RULES: Readonly<Record<string, OptionRule>> = {
  ...POLICY_RULES,
  name: text,
  rateLimit: rateLimitRule,
  concurrency: wholeOrInfinite,
  batch: flag,
  trackStarted: flag,
  beforeStart: handler,
  onSuccess: handler,
  onFailure: handler,
  onRetry: handler,
  afterReturn: handler,
}

/** @throws {@link ConfigurationError} for a wrong option, naming it and its value, and for none at all: a function needs no `task()` then. */
export function checkTaskOptions(where: string, options: TaskOptions): void {
  checkOptions(where, options ?? null, TASK_RULES)
  checkPolicy(where, options)
}
