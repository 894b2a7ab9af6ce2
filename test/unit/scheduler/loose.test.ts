/** Calls of one workflow that have nothing to do with each other: each is as if it had been applied alone. */
import { describe, expect, it } from 'vitest'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { a, b } = tasks

const statusesOf = (workflow: Workflow): readonly string[] =>
  Array.from({ length: workflow.graph.size }, (_, node) => workflow.status(node))

describe('loose calls', () => {
  it('are told of one by one, and nothing is left when all have ended', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(1), a.s(2), b.s(3))
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

  it('that succeed together are over together, and what comes twice is late', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s(), a.s())
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    fleet.end(0, [{ from: 0, values: [7, 7] }])
    expect([workflow.value(0), workflow.value(1), fleet.scheduler.state().tally.lateOutcomes]).toEqual([1, 2, 2])
    const all = fleet.submitLoose(a.s(), a.s())
    fleet.end(0, [{ from: 2, values: [3] }])
    fleet.end(1, [{ from: 0, values: [1, 2] }])
    expect([all.left, fleet.scheduler.openWorkflows]).toEqual([0, 0])
  })

  it('fail each by itself', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s())
    fleet.end(0, [{ at: 0, outcome: { ok: false, error: new RangeError('no') } }])
    expect(statusesOf(workflow)).toEqual(['failed', 'running'])
    expect(workflow.describe(workflow.failure(0))).toMatchObject({ path: '', taskId: workflow.idOf(0) })
  })

  it('are revoked each by itself', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s(), a.s())
    fleet.revoke(workflow, 1)
    expect(statusesOf(workflow)).toEqual(['running', 'revoked', 'running'])
  })

  it('are revoked while they run, and what they give then is nobody else’s', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s(), a.s())
    fleet.revoke(workflow, 1)
    fleet.recalled(0, 3)
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'revoked', 'running'])
    expect(fleet.scheduler.state()).toMatchObject({ ended: 1, revoked: 1 })
    fleet.revoke(workflow, 2)
    fleet.end(0, [{ from: 2, values: [3] }])
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('that are all revoked are over, whatever comes', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s())
    for (const node of [0, 1]) fleet.revoke(workflow, node)
    fleet.recalled(0, 2)
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect(fleet.scheduler.state()).toMatchObject({ ended: 0, revoked: 2 })
  })

  it('are told of each by itself while somebody listens', () => {
    const fleet = new Fleet(1)
    fleet.submitLoose(a.s(), a.s())
    fleet.handle({ type: 'listen', heard: new Set(['task-succeeded', 'workflow-finished']) })
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect(fleet.events).toEqual(['task-succeeded', 'task-succeeded', 'workflow-finished', 'workflow-finished'])
  })

  it('go back when their thread dies, but for the one that ran', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s(), a.s())
    fleet.lose(0, 2)
    expect(statusesOf(workflow)).toEqual(['running', 'failed', 'running'])
    expect(fleet.nodes(fleet.left[1])).toEqual([0, 2])
  })

  it('are found by their id while they are pending, and each is its own root', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s())
    const [first, second] = [workflow.idOf(0), workflow.idOf(1)]
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(fleet.scheduler.find(first)).toBeUndefined()
    expect(fleet.scheduler.find(second)).toEqual({ workflow, node: 1 })
    expect([workflow.rootIdOf(0), workflow.rootIdOf(1)]).toEqual([first, second])
  })

  it('that somebody waits for are told of once: each is watched anyway', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(), a.s())
    expect(fleet.handle({ type: 'watch', workflow, node: 0 })).toEqual([])
    const ends = [{ from: 0, values: [1] }]
    const told = fleet.handle({ type: 'outcomes', at: 0, batch: 0, ends, random: 0, ms: 1 })
    expect(told).toEqual([{ type: 'ended', workflow, node: 0 }])
  })
})

describe('what a loose call leads to', () => {
  const finished = ({ emitted }: Fleet) =>
    emitted.flatMap((event) => (event.type === 'workflow-finished' ? [[event.id, event.rootId, event.calls]] : []))
  const apply = { kind: 'apply', child: 0, id: 'child', canvas: b.s() as never } as const

  function begun(canvas: unknown) {
    const fleet = new Fleet(1)
    const workflow = fleet.submitLoose(a.s(1), a.s(2))
    fleet.listen('workflow-finished')
    fleet.end(0, [{ at: 0, outcome: { ok: 'replace', canvas: canvas as never } }])
    return { fleet, workflow, id: workflow.idOf(0), other: workflow.idOf(1) }
  }

  it('is finished by itself, with all its calls, and the other call when that has ended', () => {
    const { fleet, workflow, id, other } = begun(b.s())
    fleet.end(0, [{ from: 1, values: [2] }])
    expect(finished(fleet)).toEqual([[other, other, 1]])
    fleet.end(1, [{ from: 0, values: [1] }])
    expect(finished(fleet).at(-1)).toEqual([id, id, 2])
    expect([workflow.value(0), workflow.value(1), fleet.scheduler.openWorkflows]).toEqual([1, 2, 0])
  })

  it('goes back to that call, at whatever depth', () => {
    const { fleet, id, other } = begun(b.s())
    fleet.end(0, [{ from: 1, values: [2] }])
    fleet.report(1, 0, apply)
    const child = fleet.scheduler.find('child')!.workflow
    expect([child.rootIdOf(0), child.rootNode]).toEqual([id, 0])
    fleet.end(1, [{ from: 0, values: [1] }])
    expect(finished(fleet)).toEqual([[other, other, 1]])
    fleet.end(2, [{ from: 0, values: [3] }])
    expect(finished(fleet).at(-1)).toEqual([id, id, 3])
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('outlives the other calls, though nobody listens', () => {
    const { fleet, workflow } = begun(b.s())
    fleet.listen()
    fleet.end(0, [{ from: 1, values: [2] }])
    expect([workflow.status(0), fleet.scheduler.openWorkflows]).toEqual(['running', 2])
    fleet.end(1, [{ from: 0, values: [1] }])
    expect([workflow.status(0), fleet.scheduler.openWorkflows, fleet.emitted]).toEqual(['succeeded', 0, []])
  })
})
