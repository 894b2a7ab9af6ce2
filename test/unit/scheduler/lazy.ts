/** Groups whose members come while they run, and the members: a test brings them by hand. */
import { group } from '../../../src/canvas/group.js'
import { compileMembers } from '../../../src/graph/compile.js'
import { surroundingsOf } from '../../../src/scheduler/intakes.js'
import type { Instruction, Stimulus } from '../../../src/scheduler/messages.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import type { Loose } from './by-hand.js'

/** Whoever drives a scheduler. */
interface Driver {
  readonly now: number
  handle(stimulus: Stimulus): readonly Instruction[]
}

/** The scheduler never looks into the iterable: what comes is what a test brings. */
export const lazy = (): Loose => group([].values()) as unknown as Loose

/** Members have come for the group at a node; the last ones, if it says so. */
export function bring(
  driver: Driver,
  { workflow, node }: { readonly workflow: Workflow; readonly node: number },
  members: readonly Loose[],
  end: { readonly isDone?: boolean; readonly error?: Error } = {},
): readonly Instruction[] {
  const graph = members.length === 0 ? undefined : compileMembers(members, surroundingsOf(workflow, node))
  const come = { workflow, node, graph, count: members.length, isDone: false, ...end }
  return driver.handle({ type: 'members', at: driver.now, ...come })
}
