/** Answers of workers as ends of calls, and words between a runtime and its running calls. What leaves is made in `batch-message.ts`. */

import type { AnyCanvas } from '../canvas/typing.js'
import type { RunIdentity } from '../errors.js'
import type { Batch } from '../scheduler/batch.js'
import type { BatchEnd, CallReport, Outcome, Told } from '../scheduler/messages.js'
import { type FlatCanvas, unflatten } from '../serialization/canvases.js'
import { listOf } from '../serialization/columns.js'
import { decodeError, encodeError } from '../serialization/errors.js'
import { noteArrived } from '../serialization/transfer.js'
import { type Packed, pack, unpack } from '../serialization/values.js'
import type { EndMessage, OutcomeMessage, Saying, Told as ToldMessage } from '../worker/protocol.js'
import type { SideMessage } from '../worker/side-messages.js'
import type { Report } from './executor.js'

const runOf = (batch: Batch, place: number): RunIdentity => {
  const { workflow, node, at, attempt } = batch.partAt(place)
  return workflow.runOf(node + place - at, attempt)
}

export function decodeEnds(batch: Batch, ends: readonly EndMessage[]): readonly BatchEnd[] {
  if (!ends.some((end) => 'outcome' in end)) return ends as readonly Exclude<EndMessage, { outcome: unknown }>[]
  return ends.map((end) =>
    'outcome' in end ? { at: end.at, outcome: decodeOutcome(end.outcome, runOf(batch, end.at)) } : end,
  )
}

function decodeOutcome(message: OutcomeMessage, run: RunIdentity): Outcome {
  switch (message.ok) {
    case true:
      return { ok: true, value: 'list' in message ? listOf(message.list) : valueIn(message, run) }
    case 'retry':
      return { ...message, error: decodeError(message.error, run), args: argsIn(message.args, run) }
    case 'replace':
      return { ok: 'replace', canvas: canvasIn(message.canvas, run) }
    case false: {
      const { args, item } = message
      const error = decodeError(message.error, run)
      return {
        ok: false,
        error,
        ...(item !== undefined && { item }),
        ...(args && { args: argsIn(args, run) as readonly unknown[] }),
      }
    }
    default: {
      const { args, ...signal } = message
      return args === undefined ? signal : { ...signal, args: argsIn(args, run) as readonly unknown[] }
    }
  }
}

function valueIn({ value: packed, moved }: Extract<OutcomeMessage, { value: Packed }>, run: RunIdentity): unknown {
  const value = unpack(packed, run)
  if (moved !== undefined) noteArrived(value, moved)
  return value
}

const argsIn = (packed: Packed | undefined, run: RunIdentity): readonly unknown[] | undefined =>
  packed && (unpack(packed, run) as readonly unknown[])

const canvasIn = (packed: Packed, run: RunIdentity): AnyCanvas => unflatten(unpack(packed, run) as FlatCanvas)

/** Hands on what a running call says. */
export function reportSaying(report: Report, batch: Batch, place: number, saying: Saying): void {
  if (place >= batch.size) return
  const run = runOf(batch, place)
  const said = (what: CallReport): void => report.said(batch.number, place, what)
  switch (saying.kind) {
    case 'progress':
      return said({ kind: 'progress', value: unpack(saying.value, run) })
    case 'state':
      return said({ kind: 'state', state: saying.state, meta: unpack(saying.meta, run) })
    case 'apply':
      return said({ kind: 'apply', child: saying.child, id: saying.id, canvas: canvasIn(saying.canvas, run) })
    case 'add-to-chord':
      return said({ kind: 'add-to-chord', canvas: canvasIn(saying.canvas, run) })
    case 'revoke-child':
      return said({ ...saying, reason: unpack(saying.reason, run) })
    case 'warning':
      return report.warning(saying.message, decodeError(saying.error, run), run.taskId)
    default:
      return said(saying)
  }
}

/** Hands on what went wrong in a thread outside of any call in progress. */
export function reportStray(report: Report, { what, error, run }: Extract<SideMessage, { kind: 'stray' }>): void {
  const thing = what === 'rejection' ? 'a promise that was rejected' : 'something that threw'
  if (run === undefined) report.warning(`code of no call left ${thing}`, decodeError(error, NO_RUN))
  else report.warning(`"${run.taskName}" (${run.taskId}) left ${thing} behind`, decodeError(error, run), run.taskId)
}

const NO_RUN: RunIdentity = { taskId: '', taskName: '', attempt: 0 }

/** What is told to a running call, as data. A value that cannot be sent is told as an error. */
export function encodeTold(told: Told, maxDepth: number): ToldMessage {
  if (told.kind === 'cancel') return { kind: 'cancel', error: encodeError(told.error) }
  const { child, outcome } = told
  try {
    const value = outcome.ok
      ? { ok: true as const, value: pack(outcome.value, { maxDepth, what: 'value' }) }
      : undefined
    return {
      kind: 'child',
      child,
      outcome: value ?? { ok: false, error: encodeError((outcome as { error: unknown }).error) },
    }
  } catch (error) {
    return { kind: 'child', child, outcome: { ok: false, error: encodeError(error) } }
  }
}
