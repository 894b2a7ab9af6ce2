/** What goes back to the queue of a batch that is on its way, what of it does not, and what listeners hear of that. */
import { describe, expect, it } from 'vitest'
import { loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))
const queued = (fleet: Fleet) => [...fleet.scheduler.state().queue].map(({ node }) => node)
const failed = { ok: false, error: new RangeError('no') } as const

describe('of a batch', () => {
  it('nothing goes back that was revoked, and the calls on both sides do', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(6))
    fleet.revoke(workflow, 4, 'call')
    fleet.recalled(0, 1)
    expect(queued(fleet)).toEqual([2, 3, 5, 6])
  })

  it('no step goes back behind one that failed', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(chain(a.s(), b.s()), c.s(), c.s()))
    expect(fleet.nodes(fleet.left[0])).toEqual([1, 2, 3])
    fleet.end(0, [{ at: 0, outcome: failed }], 1, 1)
    fleet.recalled(0, 1)
    expect(statusesOf(workflow).slice(1, 3)).toEqual(['failed', 'failed'])
    expect(fleet.left.slice(1).map((batch) => fleet.nodes(batch))).toEqual([[3, 4]])
  })

  it('nothing goes back that is over by the time the answer comes', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.recalled(0, 0)
    expect(queued(fleet)).toEqual([])
  })

  it('a call that would have expired long ago takes others with it, and those do not expire again', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(4).set({ expires: 20, failFast: true }))
    fleet.now = 30
    fleet.recalled(0, 1)
    expect(statusesOf(workflow)).toEqual(['failed', 'revoked', 'revoked', 'revoked', 'revoked'])
    expect(fleet.tells.map(({ call }) => call)).toEqual([0])
  })
})

describe('a call that expires', () => {
  it('at a date is taken back then', () => {
    const fleet = new Fleet(1)
    fleet.submit(group(a.s(), b.s().set({ expires: new Date(20) })))
    expect(fleet.wakeAt).toBe(20)
    fleet.tick(20)
    expect(fleet.recalls).toEqual([0])
  })

  it('does not once it has run, in no later run', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.s().set({ expires: 20 }))
    fleet.end(0, [{ at: 0, outcome: { ok: 'retry', error: failed.error, wait: 0, jitter: false, args: undefined } }])
    fleet.tick(30)
    expect([fleet.recalls, workflow.status(0)]).toEqual([[], 'running'])
  })

  it('never is not taken back at all', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s().set({ expires: Infinity }))
    expect([fleet.wakeAt, fleet.recalls]).toEqual([undefined, []])
  })

  it('is not taken back when something else runs in its place', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.s().set({ expires: 20 }))
    fleet.end(0, [{ at: 0, outcome: { ok: 'replace', canvas: b.s() as never } }])
    fleet.tick(30)
    expect([fleet.recalls, workflow.status(0)]).toEqual([[], 'running'])
  })

  it('leaves those alone that have not begun and were revoked before their turn', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), calls(3)))
    fleet.revoke(workflow, 3, 'call')
    fleet.end(0, [{ from: 0, values: [0] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'waiting', 'running', 'revoked', 'running'])
  })
})

describe('the clock', () => {
  it('is asked once to look again at what is late', () => {
    const fleet = new Fleet(2)
    fleet.submit(calls(4))
    fleet.end(1, [{ from: 0, values: [0] }])
    fleet.end(2, [{ from: 0, values: [0] }])
    expect(fleet.wakeAt).toBe(4)
    fleet.now = 2
    fleet.report(0, 0, { kind: 'progress', value: 1 })
    expect(fleet.wakeAt).toBe(4)
    fleet.now = 4
    fleet.tick(0)
    expect([fleet.recalls, fleet.wakeAt]).toEqual([[0], undefined])
  })
})

describe('listeners hear', () => {
  it('which calls had begun before the rest was taken back', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    fleet.submit(calls(3))
    fleet.recalled(0, 2)
    expect(fleet.events).toEqual(['task-started', 'task-started'])
  })

  it('once of the start of a call that was thought to run, and was taken back', () => {
    const fleet = new Fleet(1, { callsPerThread: 2 })
    fleet.listen('task-started')
    const workflow = fleet.submit(calls(2))
    expect(fleet.events).toHaveLength(2)
    fleet.recalled(0, 1)
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(fleet.left.map(({ size }) => size)).toEqual([2, 1])
    expect([workflow.isRunning(2), fleet.events.length]).toEqual([true, 2])
  })

  it('of the start of a step when the one before it has ended, though it is known to have begun', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started')
    fleet.submit(chain(a.s(), b.s()))
    fleet.end(0, [], 0, 2)
    expect(fleet.events).toEqual(['task-started'])
    fleet.end(0, [{ from: 0, passed: 1 }], 1, 2)
    expect(fleet.events).toEqual(['task-started', 'task-started'])
  })
})

describe('a close', () => {
  it('takes back what has not begun, and revokes it when it is here', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.handle({ type: 'close', at: 0, message: 'closed', running: 'finish' })
    expect(fleet.recalls).toEqual([0])
    fleet.recalled(0, 1)
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'revoked', 'revoked'])
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(statusesOf(workflow)).toEqual(['revoked', 'succeeded', 'revoked', 'revoked'])
    expect(fleet.left).toHaveLength(1)
  })

  it('takes back a call that waits in a thread behind another one, which goes on', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.submit(a.s())
    fleet.submit(a.s())
    expect(fleet.left.map(({ size }) => size)).toEqual([1, 1, 1])
    fleet.handle({ type: 'close', at: 0, message: 'closed', running: 'finish' })
    expect(fleet.recalls).toEqual([2])
  })

  it('that drops what runs ends each call once: steps with the one before them, none that was revoked', () => {
    const fleet = new Fleet(2)
    fleet.listen('task-revoked')
    const steps = fleet.submit(chain(a.s(), b.s()))
    const revoked = fleet.submit(c.s())
    fleet.revoke(revoked)
    fleet.handle({ type: 'close', at: 0, message: 'closed', running: 'drop' })
    expect([...statusesOf(steps), ...statusesOf(revoked)]).toEqual(['revoked', 'revoked', 'revoked'])
    expect(fleet.emitted.map((event) => 'taskName' in event && event.taskName)).toEqual(['c', 'a'])
  })

  it('that drops what runs ends members that failFast has just revoked', () => {
    const fleet = new Fleet(2)
    const workflow = fleet.submit(group(a.s(), b.s()).set({ failFast: true }))
    fleet.handle({ type: 'close', at: 0, message: 'closed', running: 'drop' })
    expect(statusesOf(workflow)).toEqual(['revoked', 'revoked', 'revoked'])
    expect(fleet.tells).toEqual([])
  })
})
