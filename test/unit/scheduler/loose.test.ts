/** Calls of one workflow that have nothing to do with each other: each is as if it had been applied alone. */
import { describe, expect, it } from 'vitest'
import { compileLoose } from '../../../src/graph/compile.js'
import type { CallSource } from '../../../src/graph/graph.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { a, b } = tasks

function submit(fleet: Fleet, ...calls: readonly unknown[]): Workflow {
  const plan = { args: [], kwargs: {}, keep: false, isRevoked: false, submittedAt: {} }
  const [accepted] = fleet.handle({ type: 'submit', at: 0, graph: compileLoose(calls as CallSource[]), ...plan })
  if (accepted?.type !== 'accepted') throw new Error('not accepted')
  return accepted.workflow
}

const statusesOf = (workflow: Workflow): readonly string[] =>
  Array.from({ length: workflow.graph.size }, (_, node) => workflow.status(node))

describe('loose calls', () => {
  it('are told of one by one, and nothing is left when all have ended', () => {
    const fleet = new Fleet(1)
    const workflow = submit(fleet, a.s(1), a.s(2), b.s(3))
    const told = fleet
      .handle({ type: 'outcomes', at: 0, batch: 0, ends: [{ from: 0, values: [1, 2, 3] }], random: 0 })
      .flatMap((one) => (one.type === 'ended' ? [[one.node, workflow.value(one.node)]] : []))
    expect(told).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ])
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('fail each by itself', () => {
    const fleet = new Fleet(1)
    const workflow = submit(fleet, a.s(), a.s())
    fleet.end(0, [{ at: 0, outcome: { ok: false, error: new RangeError('no') } }])
    expect(statusesOf(workflow)).toEqual(['failed', 'running'])
    expect(workflow.describe(workflow.failure(0))).toMatchObject({ path: '', taskId: workflow.idOf(0) })
  })

  it('are revoked each by itself', () => {
    const fleet = new Fleet(1)
    const workflow = submit(fleet, a.s(), a.s(), a.s())
    fleet.revoke(workflow, 1)
    expect(statusesOf(workflow)).toEqual(['running', 'revoked', 'running'])
  })

  it('go back when their thread dies, but for the one that ran', () => {
    const fleet = new Fleet(1)
    const workflow = submit(fleet, a.s(), a.s(), a.s())
    fleet.lose(0, 2)
    expect(statusesOf(workflow)).toEqual(['running', 'failed', 'running'])
    expect(fleet.nodes(fleet.left[1])).toEqual([0, 2])
  })

  it('are found by their id while they are pending, and each is its own root', () => {
    const fleet = new Fleet(1)
    const workflow = submit(fleet, a.s(), a.s())
    const [first, second] = [workflow.idOf(0), workflow.idOf(1)]
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(fleet.scheduler.find(first)).toBeUndefined()
    expect(fleet.scheduler.find(second)).toEqual({ workflow, node: 1 })
    expect([workflow.rootIdOf(0), workflow.rootIdOf(1)]).toEqual([first, second])
  })
})
