/** What the simulator drives: one copy of the pure rooms. The production copy is here; broken ones come from mutants.ts. */
import { chain } from '../../src/canvas/chain.js'
import { chord } from '../../src/canvas/chord.js'
import { group } from '../../src/canvas/group.js'
import { chunks } from '../../src/canvas/map.js'
import { invocationOf, optionsOf } from '../../src/graph/call.js'
import { compile, compileMembers } from '../../src/graph/compile.js'
import { unwrapped } from '../../src/scheduler/ends.js'
import { surroundingsOf } from '../../src/scheduler/intakes.js'
import { checkInvariants } from '../../src/scheduler/invariants.js'
import { Scheduler } from '../../src/scheduler/scheduler.js'
import { DROPPED } from '../../src/scheduler/workflow.js'
import { defineTasks, task } from '../../src/task/task.js'
import { behaviours, type TaskName } from '../property/behaviour.js'
import type { Kit } from '../property/plan.js'
import { LIMITED } from './limits.js'

export interface Rooms {
  readonly chain: typeof chain
  readonly chord: typeof chord
  readonly group: typeof group
  readonly chunks: typeof chunks
  readonly defineTasks: typeof defineTasks
  readonly task: typeof task
  readonly invocationOf: typeof invocationOf
  readonly optionsOf: typeof optionsOf
  readonly compile: typeof compile
  readonly compileMembers: typeof compileMembers
  readonly surroundingsOf: typeof surroundingsOf
  readonly Scheduler: typeof Scheduler
  readonly checkInvariants: typeof checkInvariants
  readonly unwrapped: typeof unwrapped
  readonly DROPPED: typeof DROPPED
}

export interface Machine extends Rooms {
  readonly kit: Kit
  /** Its tasks have limits of their own. */
  readonly limitedKit: Kit
}

/** Puts a copy of the rooms to work. Canvases that are built from data have no types to check. */
export function machineOf(rooms: Rooms): Machine {
  const { chain, chord, group, chunks } = rooms
  const tasks = rooms.defineTasks('file:///simulated.js', behaviours as never)
  const limited = Object.entries(LIMITED).map(([name, options]) => [
    name,
    rooms.task(options, behaviours[name as TaskName] as never),
  ])
  const withLimits = { ...behaviours, ...Object.fromEntries(limited) }
  const limitedTasks = rooms.defineTasks('file:///limited.js', withLimits as never)
  const kitOf = (defined: unknown): Kit => ({ chain, chord, group, chunks, tasks: defined }) as unknown as Kit
  return { ...rooms, kit: kitOf(tasks), limitedKit: kitOf(limitedTasks) }
}

export const production: Machine = machineOf({
  chain,
  chord,
  group,
  chunks,
  defineTasks,
  task,
  invocationOf,
  optionsOf,
  compile,
  compileMembers,
  surroundingsOf,
  Scheduler,
  checkInvariants,
  unwrapped,
  DROPPED,
})
