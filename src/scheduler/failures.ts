/** The errors that the scheduler itself makes of what happened. */
import { ChordError, type RunIdentity, TaskRevokedError, WorkerLostError } from '../errors.js'
import { bodyOf } from '../graph/graph.js'
import type { Part } from './batch.js'
import type { Breaker } from './breaker.js'
import type { End, Failure } from './ends.js'
import type { Loss } from './messages.js'
import type { Workflow } from './workflow.js'

/** What the body of a chord sees of its header's failure: a {@link ChordError}, if it began inside the header. Other ends go on as they are. */
export function chordEnd(workflow: Workflow, node: number, end: End): End {
  const join = workflow.graph.joins.get(node)
  if (end.status !== 'failed' || join === undefined || !join.isHeader) return end
  const cause = end.failure
  if (cause.origin < node || cause.origin > join.last) return end
  const { taskId, taskName } = workflow.describe(cause)
  const who = taskName === '' ? 'pulling it' : `"${taskName}" (${taskId})`
  const what = `${who} raised ${cause.error.name}: ${cause.error.message}`
  const run = workflow.runOf(bodyOf(workflow.graph, node), 0)
  const error = new ChordError(`a member of the header failed, so the body cannot run: ${what}`, run, cause.error)
  const failure: Failure = { error, origin: node, cause, attempt: 0 }
  return { status: 'failed', failure }
}

/** The thread of a call died. */
export function lostError(
  { workflow, node, part }: { readonly workflow: Workflow; readonly node: number; readonly part: Part },
  loss: Loss,
): WorkerLostError {
  const run = workflow.runOf(node, part.attempt)
  const code = loss.exitCode === undefined ? '' : `, exit code ${loss.exitCode}`
  return new WorkerLostError(`the thread died under "${run.taskName}" (${loss.reason}${code})`, run, loss)
}

/** Too many threads have died for another one to be risked. */
export function refusedError(run: RunIdentity, { most, windowMs }: Breaker, leftMs: number): WorkerLostError {
  const when = leftMs === Infinity ? 'never again' : `again in ${leftMs} ms`
  const message = `"${run.taskName}" was not started, since ${most} threads have died within ${windowMs} ms (maxLosses, lossWindow): calls run ${when}`
  return new WorkerLostError(message, run, { reason: 'breaker' })
}

/** Why a call will not run, or not go on: what revoking it leaves. */
export interface Revoked extends Failure {
  /** What was given for it, if anything. */
  readonly reason: unknown
}

/** Its error is made when somebody looks: ten thousand may be revoked at once of which nobody does, and nothing else happens meanwhile. */
class RevokedCall implements Revoked {
  readonly origin: number
  readonly attempt: number
  readonly reason: unknown
  readonly #workflow: Workflow
  #error: TaskRevokedError | undefined

  constructor(workflow: Workflow, node: number, reason: unknown) {
    this.#workflow = workflow
    this.origin = node
    this.attempt = workflow.isRunning(node) ? workflow.attemptOf(node) : 0
    this.reason = reason
  }

  get error(): TaskRevokedError {
    this.#error ??= revokedError(this.#workflow.runOf(this.origin, this.attempt), this.reason)
    return this.#error
  }
}

export const revoked = (workflow: Workflow, node: number, reason: unknown): Revoked =>
  new RevokedCall(workflow, node, reason)

const revokedError = (run: RunIdentity, cause: unknown): TaskRevokedError =>
  withoutStack(() => new TaskRevokedError('the call was revoked', run, { terminated: false, cause }))

/**
 * Where in the scheduler an error was made helps nobody, and finding it out takes longer than revoking a call; where the call was applied
 * is in the traceback.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
