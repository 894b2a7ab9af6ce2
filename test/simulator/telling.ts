/** What goes into the scheduler and comes out of it, as text. */
import type { Batch } from '../../src/scheduler/batch.js'
import type { BatchEnd, CallReport, Instruction, Outcome, Stimulus } from '../../src/scheduler/messages.js'
import { show } from '../property/behaviour.js'

export function stimulusText(stimulus: Stimulus): string {
  const text = textOf(stimulus)
  return 'at' in stimulus ? `at ${stimulus.at}: ${text}` : text
}

function textOf(stimulus: Stimulus): string {
  switch (stimulus.type) {
    case 'submit':
      return `submit with ${show(stimulus.args)} ${show(stimulus.kwargs)}, keep ${stimulus.keep}${stimulus.isRevoked ? ', revoked' : ''}${stimulus.isWatched ? ', watched' : ''}${stimulus.graph.movesValues ? ', moves values' : ''}`
    case 'watch':
      return `watch ${stimulus.workflow.number}:${stimulus.node}`
    case 'listen':
      return `listen to ${stimulus.heard.size} events`
    case 'outcomes':
      return `batch ${stimulus.batch} ended: ${stimulus.ends.map(endText).join(', ')}`
    case 'lost':
      return `batch ${stimulus.batch} lost${stimulus.begun === undefined ? '' : ` with ${stimulus.begun} begun`}`
    case 'recalled':
      return `batch ${stimulus.batch} taken back after ${stimulus.begun}`
    case 'thread':
      return `thread ${stimulus.lane} is ${stimulus.isThere ? 'there' : 'gone'}`
    case 'died':
      return `a thread has died (${stimulus.reason})`
    case 'report':
      return `batch ${stimulus.batch}, call ${stimulus.call} reports ${reportText(stimulus.report)}`
    case 'revoke':
      return `revoke ${stimulus.targets.map(({ workflow, node, scope }) => `${scope} ${workflow.number}:${node}`).join(', ')}${stimulus.terminate ? ', terminate' : ''}`
    case 'tick':
      return 'tick'
    case 'close':
      return `close, running calls ${stimulus.running}`
    default:
      return (stimulus as { type: string }).type
  }
}

function endText(end: BatchEnd): string {
  if ('outcome' in end) return `${end.at}: ${outcomeText(end.outcome)}`
  return `${end.from}: ${'values' in end ? Array.from(end.values, show).join(', ') : `${end.passed} passed`}`
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.ok) {
    case true:
      return show(outcome.value)
    case false:
      return show(outcome.error)
    case 'retry':
      return `retry after ${String(outcome.wait.valueOf())}${outcome.jitter ? ' at most' : ''}`
    case 'reject':
      return outcome.requeue ? 'requeue' : 'reject'
    default:
      return outcome.ok
  }
}

function reportText(report: CallReport): string {
  if (report.kind === 'apply' || report.kind === 'revoke-child') return `${report.kind} ${report.child}`
  return report.kind
}

function batchText(batch: Batch): string {
  const texts = Array.from({ length: batch.size }, (_, place) => {
    const { workflow, node, at } = batch.partAt(place)
    if (batch.isLinkedAt(place)) return `then ${workflow.number}:${node + place - at}`
    const { node: own, task, args, attempt } = batch.callAt(place)
    return `${workflow.number}:${own} ${task.task}${show(args)}${attempt > 1 ? ` run ${attempt}` : ''}`
  })
  return `batch ${batch.number} on ${batch.lane}: ${texts.join(', ')}`
}

export function instructionText(instruction: Instruction): string {
  switch (instruction.type) {
    case 'accepted':
      return `workflow ${instruction.workflow.number}`
    case 'dispatch':
      return batchText(instruction.batch)
    case 'ended':
      return `ended ${instruction.workflow.number}:${instruction.node}`
    case 'emit':
      return instruction.event.type
    case 'emit-range': {
      const { workflow, node, size } = instruction.events
      return `${instruction.events.constructor.name} of ${workflow.number}:${node} to ${node + size - 1}`
    }
    case 'wake':
      return `wake ${instruction.at}`
    case 'tell':
      return `tell batch ${instruction.batch}, call ${instruction.call} ${instruction.told.kind}`
    case 'terminate':
      return `terminate batch ${instruction.batch}`
    case 'recall':
      return `recall batch ${instruction.batch}`
    case 'pull':
      return `pull ${instruction.count} of ${instruction.workflow.number}:${instruction.node}`
    case 'release':
      return `release ${instruction.workflow.number}:${instruction.node}`
    case 'recycle':
      return `recycle thread ${instruction.lane}`
    default:
      return (instruction as { type: string }).type
  }
}
