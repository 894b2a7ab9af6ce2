/** What comes back of batches: many ends in one piece, ends that are late, and what they teach. */
import { describe, expect, it } from 'vitest'
import { BATCH_MS, TaskLoad } from '../../../src/scheduler/load.js'
import { loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, callback } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))
const lateIn = (fleet: Fleet): number => fleet.scheduler.state().tally.lateOutcomes

describe('members that succeed together', () => {
  it('fill their group in order, and end it once', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.end(0, [{ from: 0, values: [0, 1, 2] }])
    expect(workflow.value(0)).toEqual([0, 1, 2])
    expect(fleet.scheduler.state().ended).toBe(3)
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('are told of one by one to those who listen', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-succeeded')
    fleet.submit(calls(3))
    fleet.end(0, [{ from: 0, values: [0, 1, 2] }])
    expect(fleet.emitted.map((event) => event.type === 'task-succeeded' && event.value)).toEqual([0, 1, 2])
  })

  it('are told of to whoever waits for one of them', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.handle({ type: 'watch', workflow, node: 2 })
    const ends = [{ from: 0, values: [0, 1, 2] }]
    const said = fleet.handle({ type: 'outcomes', at: 0, batch: 0, ends, random: 0, ms: 1 })
    expect(said).toEqual([{ type: 'ended', workflow, node: 2 }])
  })

  it('do not take the place of those that were revoked, which have ended', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(4))
    fleet.revoke(workflow, 1, 'call')
    fleet.revoke(workflow, 2, 'call')
    fleet.end(0, [{ from: 0, values: [0, 1] }])
    expect(statusesOf(workflow)).toEqual(['waiting', 'revoked', 'revoked', 'running', 'running'])
    fleet.end(0, [{ from: 2, values: [2, 3] }])
    expect([workflow.status(0), workflow.status(4), lateIn(fleet)]).toEqual(['failed', 'succeeded', 0])
  })

  it('run each its callback', () => {
    const fleet = new Fleet(1)
    const linked = group(...[1, 2].map((arg) => a.s(arg).link(callback.s())))
    fleet.submit(linked)
    fleet.end(0, [{ from: 0, values: ['x', 'y'] }])
    expect(fleet.left.slice(1).flatMap((batch) => batch.calls.map(({ args }) => args))).toEqual([['x'], ['y']])
  })

  it('give no value to anybody but their group if they ignore their results', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(calls(2).set({ ignoreResult: true }), b.s()))
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect([workflow.value(1), workflow.value(2)]).toEqual([undefined, undefined])
    expect(fleet.left.at(-1)?.calls[0]?.args).toEqual([[1, 2]])
  })
})

describe('an end', () => {
  it('that was told before is late, alone and among others', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(4))
    fleet.end(0, [{ from: 1, values: ['first'] }])
    fleet.end(0, [{ from: 1, values: ['second'] }])
    expect(lateIn(fleet)).toBe(1)
    fleet.end(0, [{ from: 0, values: [0, 'third', 2, 3] }])
    expect([workflow.value(0), lateIn(fleet)]).toEqual([[0, 'first', 2, 3], 2])
  })

  it('of a batch that is over is late, each of its calls', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(3))
    fleet.end(0, [{ from: 0, values: [0, 1, 2] }])
    fleet.end(0, [
      { from: 0, values: [0, 1] },
      { from: 2, passed: 1 },
    ])
    expect(lateIn(fleet)).toBe(3)
  })

  it('of the last call of a batch ends the grace that a revoked one of it had', () => {
    const fleet = new Fleet(1, { graceMs: 50 })
    const workflow = fleet.submit(calls(2))
    fleet.revoke(workflow, 1, 'call', true)
    fleet.recalled(0, 2)
    expect(fleet.wakeAt).toBe(50)
    fleet.end(0, [{ from: 0, values: [0, 1] }])
    expect(fleet.wakeAt).toBeUndefined()
    fleet.tick(50)
    expect(fleet.terminated).toEqual([])
  })

  it('of a revoked call in time keeps its thread, though others of its batch go on', () => {
    const fleet = new Fleet(1, { graceMs: 50 })
    const workflow = fleet.submit(calls(2))
    fleet.revoke(workflow, 1, 'call', true)
    fleet.recalled(0, 2)
    fleet.end(0, [{ from: 0, values: [0] }])
    fleet.tick(50)
    expect(fleet.terminated).toEqual([])
  })
})

describe('what a task takes', () => {
  it('is learnt once from each message', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(2))
    const { load } = fleet.left[0]!.parts[0]!.plan
    const alone = new TaskLoad()
    fleet.end(0, [{ from: 0, values: [0] }], 10)
    alone.note(10)
    const half = [{ at: 0, outcome: { ok: true, value: 0 } } as const]
    fleet.submit(calls(2))
    fleet.end(0, [{ at: 1, outcome: { ok: true, value: 0 } }], 1)
    alone.note(1)
    expect(load.estimate).toBe(alone.estimate)
    fleet.end(1, half, 10)
    alone.note(10)
    expect([load.estimate, load.fit(BATCH_MS, 0)]).toEqual([alone.estimate, alone.fit(BATCH_MS, 0)])
  })

  it('is learnt once though its ends come apart, and for each task by itself', () => {
    const fleet = new Fleet(1)
    fleet.submit(group(a.s(), a.s(), b.s()))
    const loads = fleet.left[0]!.parts.map(({ plan }) => plan.load)
    const alone = new TaskLoad()
    const ends = [0, 1, 2].map((at) => ({ at, outcome: { ok: true, value: 0 } }) as const)
    alone.note(1)
    for (const load of loads) load.note(1)
    fleet.end(0, ends, 6)
    alone.note(2)
    expect(loads.map(({ estimate }) => estimate)).toEqual([alone.estimate, alone.estimate])
  })
})
