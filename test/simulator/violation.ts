/** What the simulator finds wrong. */
import type { Workflow } from '../../src/scheduler/workflow.js'

export class Violation extends Error {
  override readonly name = 'Violation'
}

export function hold(claim: boolean, broken: string): void {
  if (!claim) throw new Violation(broken)
}

export const keyOf = (workflow: Workflow, node: number): string => `${workflow.number}:${node}`
