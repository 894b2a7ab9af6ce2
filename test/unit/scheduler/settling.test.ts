/** What comes back of batches: many ends in one piece, ends that are late, and what they teach. */
import { describe, expect, it } from 'vitest'
import { BATCH_MS, TaskLoad } from '../../../src/scheduler/load.js'
import { ByHand, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'
import { bring, lazy } from './lazy.js'

const { chain, group } = loose
const { a, b, c, callback } = tasks
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

  it('give no value where they ignore their results, though others before them do not', () => {
    const fleet = new Fleet(1)
    const ignoring = a.s().set({ ignoreResult: true })
    const workflow = fleet.submit(group(a.s(), a.s(), ignoring))
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.end(0, [{ from: 1, values: [2, 3] }])
    expect([workflow.value(0), workflow.value(3)]).toEqual([[1, 2, 3], undefined])
    const at = fleet.left.length
    const pair = fleet.submit(group(a.s(), ignoring))
    fleet.end(at, [{ from: 0, values: [1, 2] }])
    expect([pair.value(0), pair.value(2)]).toEqual([[1, 2], undefined])
  })

  it('end no others that left with them', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(a.s(), a.s(), b.s(), b.s()))
    fleet.end(0, [{ from: 0, values: [1, 2, 3] }])
    expect(statusesOf(workflow)).toEqual(['waiting', 'succeeded', 'succeeded', 'succeeded', 'running'])
  })

  it('of a group and of a group in it go each to their own list', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(a.s(), group(a.s(), a.s()), a.s()))
    expect(fleet.nodes(fleet.left[0])).toEqual([1, 3, 4, 5])
    fleet.end(0, [{ from: 0, values: [1, 2, 3, 4] }])
    expect(workflow.value(0)).toEqual([1, [2, 3], 4])
  })

  it('change nothing when their group has failed before', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(calls(3).set({ failFast: true }), b.s()))
    const error = new RangeError('no')
    fleet.end(0, [{ at: 0, outcome: { ok: false, error } }])
    expect(statusesOf(workflow).slice(1)).toEqual(['failed', 'failed', 'revoked', 'revoked', 'running'])
    fleet.end(0, [{ from: 1, values: [1, 2] }])
    expect(statusesOf(workflow).slice(1)).toEqual(['failed', 'failed', 'revoked', 'revoked', 'running'])
  })

  it('of a group that is itself a member that was pulled are not counted for that', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(lazy())
    bring(fleet, { workflow, node: 0 }, [group(a.s(), a.s()), b.s()], { isDone: true })
    fleet.end(0, [{ from: 0, values: [1, 2] }])
    expect(workflow.intakeOf(0)?.window.outstanding).toBe(1)
    fleet.end(0, [{ from: 2, values: [3] }])
    expect(workflow.value(0)).toEqual([[1, 2], 3])
  })

  it('are told of to those who listen only to starts, each', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    fleet.submit(calls(3))
    fleet.end(0, [{ from: 0, values: [0, 1, 2] }])
    expect(fleet.events).toEqual(['task-started', 'task-started', 'task-started'])
  })
})

describe('the starts of calls', () => {
  it('are told to nobody who does not listen, however many are known', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(3))
    fleet.end(0, [{ from: 0, values: [0] }], 1, 2)
    fleet.recalled(0, 2)
    expect(fleet.events).toEqual([])
  })
})

describe('a step that succeeds beside a member', () => {
  it('hands its value to what comes next', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(chain(a.s(), group(c.s(), c.s())), b.s()))
    expect(fleet.nodes(fleet.left[0])).toEqual([1, 5])
    fleet.end(0, [{ from: 0, values: [7] }])
    expect(statusesOf(workflow).slice(1, 3)).toEqual(['succeeded', 'waiting'])
    expect(workflow.input(3).args).toEqual([7])
  })
})

describe('steps that succeed in their thread', () => {
  it('have all ended, as many as are told of in one piece', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()))
    fleet.end(0, [{ from: 0, passed: 2 }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'succeeded', 'running'])
  })

  it('keep their thread busy no longer when the first of many fails', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s(), c.s(), a.s()))
    fleet.end(0, [{ at: 0, outcome: { ok: false, error: new RangeError('no') } }])
    expect([fleet.scheduler.state().running.size, fleet.scheduler.openWorkflows]).toEqual([0, 0])
  })
})

describe('the end of a revoked run', () => {
  it('is told to nobody', () => {
    const hand = new ByHand()
    hand.listen()
    hand.revoke(hand.submit(a.s()))
    expect(hand.succeed('a', 1)).toEqual([])
  })

  it('that asks to run again is no reason to', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.revoke(workflow)
    hand.retry('a', 0)
    expect([workflow.status(0), hand.names]).toEqual(['revoked', []])
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

  it('of another call does not keep the thread of a revoked one that goes on', () => {
    const fleet = new Fleet(1, { graceMs: 50 })
    const workflow = fleet.submit(calls(2))
    fleet.revoke(workflow, 1, 'call', true)
    fleet.recalled(0, 2)
    fleet.end(0, [{ from: 1, values: [1] }])
    fleet.tick(50)
    expect(fleet.terminated).toEqual([0])
  })
})

describe('what a task takes', () => {
  it('is summed up as the time that threads were busy, where it was measured and something has ended', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(3))
    const { tally } = fleet.scheduler.state()
    fleet.end(0, [{ from: 0, values: [0] }], 5)
    fleet.end(0, [{ from: 1, values: [1] }], 7)
    expect(tally.busyMs).toBe(12)
    fleet.end(0, [], 100)
    fleet.handle({ type: 'outcomes', at: 0, batch: 0, ends: [{ from: 2, values: [2] }], random: 0 })
    expect(tally.busyMs).toBe(12)
  })

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
