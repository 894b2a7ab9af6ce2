/** Calls as messages, and answers as outcomes. A call whose arguments cannot be sent fails by itself; its neighbours leave. */
import type { RunIdentity } from '../errors.js'
import { headersOf } from '../graph/call.js'
import type { Batch, Call, Outcome } from '../scheduler/messages.js'
import { decodeError, encodeError } from '../serialization/errors.js'
import { pack, unpack } from '../serialization/values.js'
import type { AnswerMessage, BatchMessage, CallMessage, OutcomeMessage } from '../worker/protocol.js'

/** A batch as it is sent: the calls that can be, and for each call either its place among those or how it failed already. */
export interface SentBatch {
  readonly message: BatchMessage
  readonly refused: ReadonlyMap<number, OutcomeMessage>
}

export function encodeBatch({ number, calls }: Batch, maxDepth: number): SentBatch {
  const refused = new Map<number, OutcomeMessage>()
  const messages: CallMessage[] = []
  calls.forEach((call, i) => {
    try {
      messages.push(encodeCall(call, maxDepth))
    } catch (error) {
      refused.set(i, { ok: false, error: encodeError(error) })
    }
  })
  return { message: { batch: number, maxDepth, calls: messages }, refused }
}

/** The outcomes of all calls of a batch, those that were refused included. */
export function decodeAnswer({ calls }: Batch, refused: SentBatch['refused'], answer: AnswerMessage): Outcome[] {
  const answered = answer[Symbol.iterator]()
  return calls.map((call, i) => decodeOutcome(call, refused.get(i) ?? (answered.next().value as OutcomeMessage)))
}

function encodeCall(call: Call, maxDepth: number): CallMessage {
  const { workflow, node, task, how, args, items, attempt } = call
  const group = workflow.groupOf(node)
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
      headers: headersOf(workflow.graph, node),
      attempt,
    },
  }
}

function decodeOutcome(call: Call, message: OutcomeMessage): Outcome {
  const run: RunIdentity = { taskId: call.workflow.idOf(call.node), taskName: call.task.task, attempt: call.attempt }
  if (message.ok) return { ok: true, value: unpack(message.value, run) }
  const error = decodeError(message.error, run)
  return message.item === undefined ? { ok: false, error } : { ok: false, error, item: message.item }
}
