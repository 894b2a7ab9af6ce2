/** What the death of a thread must do to the calls of one of its batches: who takes the blame, who runs again, who must not. */
import { WorkerLostError } from '../../src/errors.js'
import type { Batch } from '../../src/scheduler/batch.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { type Flight, keepsValues, type Made } from './flight.js'
import type { Job } from './job.js'
import { broken, keyOf, numberOf } from './violation.js'
import type { Watchman } from './watchman.js'

interface Dying {
  readonly flight: Flight
  /** How many of its calls had begun, as the scheduler is told. */
  readonly begun: number
  /** The last of these may have been running. */
  readonly isUnder: boolean
  readonly watchman: Watchman
  readonly jobOf: (workflow: Workflow) => Job
}

/** Gives the calls the runs that they may have, before the scheduler is told; looks afterwards at what it made of it. */
export function deathIn({ flight, begun, isUnder, watchman, jobOf }: Dying): { check(): void } {
  const { batch } = flight
  const untold = new Map(flight.untold.map((made) => [made.place, made]))
  const pending = [...flight.open].flatMap((place) => {
    const { workflow, node, at, attempt, plan } = batch.partAt(place)
    const call = { workflow, node: node + place - at, attempt, policy: plan.policy }
    const isOpen = !workflow.isFinal(call.node) && workflow.attemptOf(call.node) === attempt
    // Looked up now: a portion that is over forgets what its calls took.
    const source = workflow.graph.calls[call.node]
    const takes = source !== undefined && 'kind' in source && source.kind === 'task' && !source.immutable
    return isOpen && !workflow.isReplaced(call.node) ? [{ place, call, takes }] : []
  })
  const isBefore = (place: number): boolean => isUnder && place < begun - 1 && areLinked(batch, place, begun - 1)
  const hasNoUse = (place: number): boolean => isBefore(place) && !keepsValues(batch.partAt(place))
  for (const { place, call } of pending) {
    const mayRunAgain =
      (untold.has(place) && !hasNoUse(place)) || (place < begun && call.policy.onWorkerLost === 'requeue')
    if (mayRunAgain) watchman.allowance.give(call, 0, call.attempt)
  }
  const lookAt = ({ place, call, takes }: (typeof pending)[number]): void => {
    const { workflow, node, attempt, policy } = call
    const status = workflow.status(node)
    const isBlamed =
      status === 'failed' && isLoss(workflow.failure(node).error) && workflow.failure(node).origin === node
    if (isBlamed && place >= begun) broken('I6', `call ${keyOf(workflow, node)} is blamed for a death before it began`)
    const hasPassed = batch.isLinkedAt(place) && !untold.has(place - 1)
    if (isBlamed && !isUnder && !batch.hasLent(place) && !hasPassed)
      broken('I6', `call ${keyOf(workflow, node)} had ended, and is blamed for the death under another one`)
    if (isBlamed && policy.onWorkerLost === 'requeue' && (workflow.losses.get(node) ?? 0) < MOST_RUNS)
      broken('I6', `call ${keyOf(workflow, node)} is to run again when its thread dies, and does not`)
    const isUnseen = takes && batch.isLinkedAt(place) && (!keepsValues(batch.partAt(place)) || untold.has(place - 1))
    const known = workflow.graph.movesValues === true ? 'nothing' : isUnseen ? 'rest' : 'all'
    if (isBlamed) jobOf(workflow).lose({ workflow, node, attempt }, workflow.failure(node).error, known)
    if (place === begun - 1 && isBefore(place - 1) && workflow.isWaiting(node))
      watchman.blamed.add(numberOf(workflow, node))
    if (status !== 'succeeded') return
    const made: Made | undefined = untold.get(place)
    if (keepsValues(batch.partAt(place)))
      broken('I15', `call ${keyOf(workflow, node)} succeeds by the death of its thread, and its value has died there`)
    if (made === undefined) broken('I1', `call ${keyOf(workflow, node)} succeeds by the death of its thread`)
    made.commit()
  }
  return {
    check: () => {
      for (const one of pending) lookAt(one)
    },
  }
}

/** Steps of one chain that left together. */
function areLinked(batch: Batch, from: number, to: number): boolean {
  for (let place = from + 1; place <= to; place++) if (!batch.isLinkedAt(place)) return false
  return true
}

/** Of a call whose thread dies each time. */
const MOST_RUNS = 4
/** What is refused afterwards has not died. */
const isLoss = (error: Error): boolean =>
  error.name === WorkerLostError.name && (error as WorkerLostError).reason !== 'breaker'
