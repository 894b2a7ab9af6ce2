/**
 * Every error of celeriac's own, in one place, so that nobody has to search for what can be thrown. It does not decide when.
 *
 * CeleriacError (code)
 * ├─ ConfigurationError   NotRegisteredError   AlreadyRegisteredError   InvalidCanvasError   SerializationError
 * ├─ TaskError (taskId, taskName, attempt)    one run went wrong
 * │  ├─ ChordError (cause: the member's error)   MaxRetriesExceededError   WorkerLostError
 * │  ├─ TimeLimitError   SoftTimeLimitError   ProcessExitError
 * │  ├─ TaskRevokedError ← TaskExpiredError   TaskIgnoredError
 * │  └─ RemoteError (an error that could not be rebuilt)   NonErrorThrown (something thrown that is no Error)
 * ├─ ResultTimeoutError   ClosedError
 * └─ InvalidTransitionError                   a bug of ours: carries the recent story
 *
 * A user's own error reaches the user as it is; `failureOf(error)` tells what is known about it.
 */

/** Base of every error that is celeriac's own; tell them apart by `code`, which also holds across copies of the package. */
export abstract class CeleriacError extends Error {
  abstract readonly code: `ERR_${string}`
  override get name(): string {
    return this.constructor.name
  }
  toJSON(): { name: string; code: string; message: string } {
    return { name: this.name, code: this.code, message: this.message }
  }
}

/** A wrong option, or a call in the wrong place. */
export class ConfigurationError extends CeleriacError {
  readonly code = 'ERR_CONFIGURATION' as const
  readonly option: string | undefined
  readonly value: unknown
  constructor(message: string, option?: string, value?: unknown) {
    super(message)
    this.option = option
    this.value = value
  }
}

/** A task name or export that a worker cannot find. */
export class NotRegisteredError extends CeleriacError {
  readonly code = 'ERR_NOT_REGISTERED' as const
  readonly taskName: string
  constructor(message: string, taskName: string) {
    super(message)
    this.taskName = taskName
  }
}

/** Two error classes of one name were given to `registerErrors`. */
export class AlreadyRegisteredError extends CeleriacError {
  readonly code = 'ERR_ALREADY_REGISTERED' as const
  readonly className: string
  constructor(message: string, className: string) {
    super(message)
    this.className = className
  }
}

/** Not a canvas, malformed JSON, or arguments missing; `path` says where. */
export class InvalidCanvasError extends CeleriacError {
  readonly code = 'ERR_INVALID_CANVAS' as const
  readonly path: string
  constructor(message: string, path = '') {
    super(path === '' ? message : `${message} (at ${path})`)
    this.path = path
  }
}

/** A value that cannot cross: not cloneable, too deep, too big; `path` says where in it. */
export class SerializationError extends CeleriacError {
  readonly code = 'ERR_SERIALIZATION' as const
  readonly path: string
  constructor(message: string, path = '', options?: ErrorOptions) {
    super(path === '' ? message : `${message} (at ${path})`, options)
    this.path = path
  }
}

/** Which run of which task an error speaks of. */
export interface RunIdentity {
  readonly taskId: string
  readonly taskName: string
  /** 1 for the first run; 0 if it never ran. */
  readonly attempt: number
}

/** One run of a task went wrong. */
export abstract class TaskError extends CeleriacError {
  readonly taskId: string
  readonly taskName: string
  /** 1 for the first run; 0 if it never ran. */
  readonly attempt: number
  constructor(message: string, run: RunIdentity, options?: ErrorOptions) {
    super(message, options)
    this.taskId = run.taskId
    this.taskName = run.taskName
    this.attempt = run.attempt
  }
}

/** A chord's body cannot run since its header failed; `cause` is the member's error. */
export class ChordError extends TaskError {
  readonly code = 'ERR_CHORD' as const
  declare readonly cause: Error
  constructor(message: string, run: RunIdentity, cause: Error) {
    super(message, run, { cause })
  }
}

/** Why a thread died; `'start'`: the task module or `setup` failed, see `cause`; `'breaker'`: too many died, see `maxLosses`. */
export type WorkerLossReason = 'exit' | 'out-of-memory' | 'time-limit' | 'terminated' | 'start' | 'breaker'

/** The thread died under the call. */
export class WorkerLostError extends TaskError {
  readonly code = 'ERR_WORKER_LOST' as const
  readonly reason: WorkerLossReason
  readonly exitCode: number | undefined
  constructor(
    message: string,
    run: RunIdentity,
    loss: { readonly reason: WorkerLossReason; readonly exitCode?: number | undefined; readonly cause?: unknown },
  ) {
    super(message, run, loss.cause === undefined ? undefined : { cause: loss.cause })
    this.reason = loss.reason
    this.exitCode = loss.exitCode
  }
}

/** The task called `process.exit()`, which fails its call and ends no thread; `exitCode` is what it gave. */
export class ProcessExitError extends TaskError {
  readonly code = 'ERR_PROCESS_EXIT' as const
  readonly exitCode: number | undefined
  constructor(message: string, run: RunIdentity, exitCode: number | undefined) {
    super(message, run)
    this.exitCode = exitCode
  }
}

/** The hard limit struck; `limit` in ms. */
export class TimeLimitError extends TaskError {
  readonly code = 'ERR_TIME_LIMIT' as const
  readonly limit: number
  constructor(message: string, run: RunIdentity, limit: number) {
    super(message, run)
    this.limit = limit
  }
}

/** The soft limit struck, and the task let it through; `limit` in ms. */
export class SoftTimeLimitError extends TaskError {
  readonly code = 'ERR_SOFT_TIME_LIMIT' as const
  readonly limit: number
  constructor(message: string, run: RunIdentity, limit: number) {
    super(message, run)
    this.limit = limit
  }
}

/** `this.retry()` without an error of its own, once too often. */
export class MaxRetriesExceededError extends TaskError {
  readonly code = 'ERR_MAX_RETRIES' as const
  readonly maxRetries: number
  constructor(message: string, run: RunIdentity, maxRetries: number) {
    super(message, run)
    this.maxRetries = maxRetries
  }
}

/** Revoked, before or during its run. */
export class TaskRevokedError extends TaskError {
  readonly code: 'ERR_REVOKED' | 'ERR_EXPIRED' = 'ERR_REVOKED'
  readonly terminated: boolean
  constructor(message: string, run: RunIdentity, details: { readonly terminated: boolean; readonly cause?: unknown }) {
    super(message, run, details.cause === undefined ? undefined : { cause: details.cause })
    this.terminated = details.terminated
  }
}

/** Not started by the time it expired. */
export class TaskExpiredError extends TaskRevokedError {
  override readonly code = 'ERR_EXPIRED' as const
  readonly expires: Date
  constructor(message: string, run: RunIdentity, expires: Date) {
    super(message, run, { terminated: false })
    this.expires = expires
  }
}

/** The task called `ignore()` or `reject()`, or something before it did. */
export class TaskIgnoredError extends TaskError {
  readonly code = 'ERR_IGNORED' as const
  readonly rejected: boolean
  constructor(message: string, run: RunIdentity, rejected: boolean) {
    super(message, run)
    this.rejected = rejected
  }
}

/** What is left of an error whose class is not known here. */
export interface RemoteErrorParts {
  readonly name: string
  readonly stack: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause?: unknown
  readonly errors?: readonly Error[]
}

/** An error of an unregistered class: `name`, `message`, `stack`, `cause`, `errors` are its own, further fields are in `fields`. */
export class RemoteError extends TaskError {
  readonly code = 'ERR_REMOTE' as const
  readonly fields: Readonly<Record<string, unknown>>
  declare readonly errors?: readonly Error[]
  constructor(message: string, run: RunIdentity, parts: RemoteErrorParts) {
    super(message, run, 'cause' in parts ? { cause: parts.cause } : undefined)
    Object.defineProperty(this, 'name', { value: parts.name, configurable: true, writable: true })
    this.fields = parts.fields
    if (parts.errors) this.errors = parts.errors
    if (parts.stack !== undefined) this.stack = parts.stack
  }
}

/** A task threw something that is no Error: `value`. */
export class NonErrorThrown extends TaskError {
  readonly code = 'ERR_NON_ERROR_THROWN' as const
  readonly value: unknown
  constructor(message: string, run: RunIdentity, value: unknown) {
    super(message, run)
    this.value = value
  }
}

/** `get()` waited long enough; the work goes on. */
export class ResultTimeoutError extends CeleriacError {
  readonly code = 'ERR_RESULT_TIMEOUT' as const
  readonly taskId: string
  readonly timeout: number
  constructor(message: string, taskId: string, timeout: number) {
    super(message)
    this.taskId = taskId
    this.timeout = timeout
  }
}

/** `maxQueue` calls are waiting: `await runtime.drained()`. */
export class QueueFullError extends CeleriacError {
  readonly code = 'ERR_QUEUE_FULL' as const
  readonly maxQueue: number
  constructor(message: string, maxQueue: number) {
    super(message)
    this.maxQueue = maxQueue
  }
}

/** The runtime is closed, or closed before the work was done. */
export class ClosedError extends CeleriacError {
  readonly code = 'ERR_CLOSED' as const
}

/** A bug of ours: please report it with its `story`, the task's last stimuli. */
export class InvalidTransitionError extends CeleriacError {
  readonly code = 'ERR_INVALID_TRANSITION' as const
  readonly story: readonly unknown[]
  constructor(message: string, story: readonly unknown[]) {
    super(message)
    this.story = story
  }
}

/** The end of every exhaustive `switch`: reaching it is a bug, and a compile error before that. */
export function assertNever(value: never): never {
  throw new InvalidTransitionError(`unexpected ${JSON.stringify(value)}: please report this as a bug of celeriac`, [
    value,
  ])
}
