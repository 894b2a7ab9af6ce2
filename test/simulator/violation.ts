/** What the simulator finds wrong, and the promises that it watches, by their names. */
import type { Workflow } from '../../src/scheduler/workflow.js'

/** What must hold whatever happens. Each place that looks says which of them it looks after. */
export const INVARIANTS = {
  I1: 'a node has at most one terminal state, and never leaves it',
  I2: 'at rest every node is terminal',
  I3: 'a call starts when all it depends on has succeeded, in time, and not before its time',
  I4: 'the body of a chord runs once if all of its header succeeded; if not, its chord fails once',
  I5: 'callbacks and errbacks start once for each end, and for no other',
  I6: 'a call runs as often as it may, and once if nothing happened to it',
  I7: 'a group lists its values in member order, and a canvas gives what the reference says',
  I8: 'no thread has more to do than it has room for, those included that are on their way out',
  I9: 'no more calls wait than `maxQueue`, and what is refused never runs',
  I10: 'of one priority, who came first leaves first',
  I11: 'nothing is kept of what is over',
  I12: 'whoever waits is told, once, a close included',
  I13: 'the same seed does the same',
  I14: 'while too many threads have died nothing leaves and what would fails without a run; else nothing is refused',
  I15: 'a call that has succeeded has its value, where values are kept or listeners hear of them',
  state: 'what the scheduler says of itself agrees with itself',
  driver: 'what the scheduler asks of its driver makes sense',
} as const
export type Invariant = keyof typeof INVARIANTS

export class Violation extends Error {
  override readonly name = 'Violation'
  readonly invariant: Invariant

  constructor(invariant: Invariant, message: string, options?: ErrorOptions) {
    super(message, options)
    this.invariant = invariant
  }
}

/** Texts that cost something to make are made by {@link broken}, behind an `if`. */
export function hold(invariant: Invariant, claim: boolean, what: string): void {
  if (!claim) broken(invariant, what)
}

export function broken(invariant: Invariant, what: string): never {
  throw new Violation(invariant, `${invariant} (${INVARIANTS[invariant]}): ${what}`)
}

/** For messages. */
export const keyOf = (workflow: Workflow, node: number): string => `${workflow.number}:${node}`

const MOST_NODES = 2 ** 14
/** For maps: no text has to be made. Canvases of the simulator are small. */
export const numberOf = (workflow: Workflow, node: number): number => workflow.number * MOST_NODES + node
