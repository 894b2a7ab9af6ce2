/** Calls whose turn has come: which of them start at once, which later, which never, and what is told and counted of that. */
import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../src/events/event.js'
import type { Instruction } from '../../../src/scheduler/messages.js'
import { ByHand, errorAt, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks
const eventsOf = (said: readonly Instruction[], type: RuntimeEvent['type']) =>
  said.filter((one) => one.type === 'emit' && one.event.type === type)

describe('members', () => {
  it('that are one call again and again have what it says, whatever stands before them', () => {
    const hand = new ByHand(1)
    const urgent = b.s().set({ priority: 5 })
    hand.submit(group(a.s(), urgent, urgent))
    hand.succeed('b')
    expect(hand.left).toEqual(['b()', 'b()'])
  })
})

describe('a call that is to start later', () => {
  it('does not, when that is now', () => {
    const hand = new ByHand()
    hand.now = 100
    hand.submit(a.s().set({ eta: new Date(100) }))
    expect(hand.names).toEqual(['a'])
  })

  it('counts as scheduled until it is ready, or revoked', () => {
    const hand = new ByHand()
    const { tally } = hand.scheduler.state()
    hand.submit(a.s().set({ countdown: 50 }))
    const revoked = hand.submit(b.s().set({ countdown: 90 }))
    expect(tally.scheduled).toBe(2)
    hand.revoke(revoked)
    expect(tally.scheduled).toBe(1)
    hand.tick(50)
    expect(tally.scheduled).toBe(0)
  })

  it('may expire before that', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ countdown: 50, expires: 20 }))
    hand.tick(20)
    expect(workflow.status(0)).toBe('revoked')
    expect(errorAt(workflow, 0).message).toBe('the call expired before it could start')
  })
})

describe('a call that expires', () => {
  it('has so long from when it was applied', () => {
    const hand = new ByHand(1)
    hand.now = 100
    hand.submit(a.s())
    const workflow = hand.submit(b.s().set({ expires: 10 }))
    hand.tick(8)
    expect(workflow.status(0)).toBe('ready')
    hand.tick(2)
    expect(workflow.status(0)).toBe('revoked')
  })

  it('is told of once, also when its turn comes too late beside one that waits for its time', () => {
    const hand = new ByHand()
    hand.listen()
    hand.submit(chain(a.s(), group(b.s().set({ expires: 5 }), c.s().set({ countdown: 5 }))))
    hand.now = 100
    expect(eventsOf(hand.succeed('a'), 'task-revoked')).toHaveLength(1)
  })

  it('is told of once when it takes others with it that were taken back', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-revoked')
    const workflow = fleet.submit(a.each([[1], [2], [3], [4]]).set({ expires: 20, failFast: true }))
    fleet.now = 30
    fleet.recalled(0, 1)
    expect(statusesOf(workflow)).toEqual(['failed', 'revoked', 'revoked', 'revoked', 'revoked'])
    expect(fleet.events).toEqual(Array(4).fill('task-revoked'))
  })

  it('does not in a later run that comes back from a thread that died before it', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.s().set({ expires: 20 }))
    const retry = { ok: 'retry', error: new Error('again'), wait: 0, jitter: false, args: undefined } as const
    fleet.end(0, [{ at: 0, outcome: retry }])
    fleet.lose(1, 0)
    fleet.tick(30)
    expect([fleet.left.length, fleet.recalls, workflow.status(0)]).toEqual([3, [], 'running'])
  })
})

describe('whoever listens only to what has been received', () => {
  it('hears of it', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-received')
    fleet.submit(a.s())
    expect(fleet.events).toContain('task-received')
  })
})
