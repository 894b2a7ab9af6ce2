/** One call of a batch that runs, ran, or was to run: where it stands in its batch, and in its workflow. */
import type { Batch, Part } from './batch.js'
import type { End } from './ends.js'
import type { BatchEnd, Outcome } from './messages.js'
import { DROPPED, type Workflow } from './workflow.js'

export interface Run {
  readonly batch: Batch
  readonly place: number
  readonly part: Part
  readonly workflow: Workflow
  readonly node: number
}

/** A step that has succeeded, and whose value stayed in its thread. */
export const PASSED: Outcome = { ok: true, value: DROPPED }

export function runAt(batch: Batch, place: number): Run {
  const part = batch.partAt(place)
  return { batch, place, part, workflow: part.workflow, node: part.node + place - part.at }
}

export const argsOf = ({ batch, place }: Run): readonly unknown[] => batch.callAt(place).args

/** Of a call whose thread was ended under it, what was moved there is gone, and cannot be told. */
export const movedArgs = ({ workflow }: Run): { readonly args?: readonly unknown[] } =>
  workflow.graph.movesValues === true ? { args: [] } : {}

/** What came in went from step to step in the thread: nobody here knows it, if the call has not asked to run again with it. */
export const isPassed = ({ workflow, node }: Run): boolean =>
  workflow.input(node).args[0] === DROPPED && workflow.argsOf(node) === undefined

export function endOfRun(run: Run, outcome: Extract<Outcome, { ok: boolean }>): End {
  if (outcome.ok) return { status: 'succeeded', value: outcome.value }
  const { error, item, args = argsOf(run) } = outcome
  return { status: 'failed', failure: { error, origin: run.node, args, item, attempt: run.part.attempt } }
}

export function countOf(ends: readonly BatchEnd[]): number {
  let count = 0
  for (const end of ends) count += 'outcome' in end ? 1 : 'values' in end ? end.values.length : end.passed
  return count
}
