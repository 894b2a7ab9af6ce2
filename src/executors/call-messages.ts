/** Calls as messages, and answers as outcomes. A call whose arguments cannot be sent fails by itself; its neighbours leave. */

import { policyIn, portablePolicy, type RunPolicy } from '../canvas/policy.js'
import { NO_STAMPS } from '../canvas/stamps.js'
import type { AnyCanvas } from '../canvas/typing.js'
import type { RunIdentity } from '../errors.js'
import { optionsOf } from '../graph/call.js'
import type { Batch, Call, CallReport, Outcome, Told } from '../scheduler/messages.js'
import { type FlatCanvas, unflatten } from '../serialization/canvases.js'
import { decodeError, encodeError } from '../serialization/errors.js'
import { type Packed, pack, unpack } from '../serialization/values.js'
import {
  type BatchMessage,
  type CallMessage,
  FLAG_CELLS,
  type OutcomeMessage,
  type Saying,
  type Told as ToldMessage,
} from '../worker/protocol.js'
import type { Report } from './executor.js'

/** A batch as it is sent: the calls that can be, and for each call either its place among those or how it failed already. */
export interface SentBatch {
  readonly message: BatchMessage
  readonly refused: ReadonlyMap<number, OutcomeMessage>
}

export function encodeBatch({ number, calls }: Batch, maxDepth: number, defaults: RunPolicy): SentBatch {
  const refused = new Map<number, OutcomeMessage>()
  const messages: CallMessage[] = []
  calls.forEach((call, i) => {
    try {
      messages.push(encodeCall(call, maxDepth, cellOf(number)))
    } catch (error) {
      refused.set(i, { ok: false, error: encodeError(error) })
    }
  })
  return { message: { batch: number, maxDepth, defaults, calls: messages }, refused }
}

/** The cell of a thread's flags for a batch. */
export const cellOf = (batch: number): number => batch % FLAG_CELLS

/** The outcomes of all calls of a batch, those that were refused included. */
export function decodeAnswer(
  { calls }: Batch,
  refused: SentBatch['refused'],
  answer: readonly OutcomeMessage[],
): Outcome[] {
  const answered = answer[Symbol.iterator]()
  return calls.map((call, i) => decodeOutcome(call, refused.get(i) ?? (answered.next().value as OutcomeMessage)))
}

function encodeCall(call: Call, maxDepth: number, cell: number): CallMessage {
  const { workflow, node, task, how, args, items, attempt } = call
  const group = workflow.groupOf(node)
  const options = optionsOf(workflow.graph, node)
  const policy = policyIn(options)
  return {
    taskName: task.task,
    moduleUrl: task.moduleUrl,
    how,
    args: pack(args, { maxDepth: maxDepth + 1, what: 'args' }),
    items: items && pack(items, { maxDepth: maxDepth + 2, what: 'items' }),
    identity: {
      id: workflow.idOf(node),
      rootId: workflow.rootId(),
      parentId: workflow.parentIdOf(workflow.input(node)),
      groupId: group?.id,
      groupIndex: group?.index,
      headers: options.headers ?? NO_HEADERS,
      stamps: options.stamps ?? NO_STAMPS,
      attempt,
      eta: dateOf(workflow.graph.delays.get(node), workflow.appliedAt),
      expires: dateOf(call.policy.expires, workflow.appliedAt),
    },
    policy: policy && portablePolicy(policy),
    cell,
    mayAddToChord: workflow.headerOf(node) !== undefined,
  }
}

const NO_HEADERS: Readonly<Record<string, unknown>> = Object.freeze({})

/** A point in time, given as one or as ms from applying. */
const dateOf = (time: number | Date | undefined, appliedAt: number): Date | undefined =>
  typeof time === 'number' ? (Number.isFinite(time) ? new Date(appliedAt + time) : undefined) : time

const runOf = (call: Call): RunIdentity => ({
  taskId: call.workflow.idOf(call.node),
  taskName: call.task.task,
  attempt: call.attempt,
})

function decodeOutcome(call: Call, message: OutcomeMessage): Outcome {
  const run = runOf(call)
  switch (message.ok) {
    case true:
      return { ok: true, value: unpack(message.value, run) }
    case false: {
      const error = decodeError(message.error, run)
      return message.item === undefined ? { ok: false, error } : { ok: false, error, item: message.item }
    }
    case 'retry': {
      const args = message.args && (unpack(message.args, run) as readonly unknown[])
      return { ok: 'retry', error: decodeError(message.error, run), wait: message.wait, jitter: message.jitter, args }
    }
    case 'replace':
      return { ok: 'replace', canvas: canvasIn(message.canvas, run) }
    default:
      return message
  }
}

const canvasIn = (packed: Packed, run: RunIdentity): AnyCanvas => unflatten(unpack(packed, run) as FlatCanvas)

/** Hands on what a running call says. */
export function reportSaying(report: Report, batch: Batch, index: number, saying: Saying): void {
  const call = batch.calls[index]
  if (call === undefined) return
  const run = runOf(call)
  const said = (what: CallReport): void => report.said(batch.number, index, what)
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
