/** Revoking: whatever has not ended is revoked at once for everybody who waits, and what runs is told. */
import { describe, expect, it } from 'vitest'
import { TaskRevokedError } from '../../../src/errors.js'
import { ByHand, errorAt, finalValueOf, loose, statusesOf, tasks } from './by-hand.js'
import { eventsOf } from './events-of.js'
import { Fleet } from './fleet.js'

const { chain, chord, group } = loose
const { a, b, c, d, body, callback, errback } = tasks

describe('a call that is revoked', () => {
  it('before its start never runs', () => {
    const hand = new ByHand(1)
    hand.submit(a.s())
    const workflow = hand.submit(b.s())
    hand.revoke(workflow, { reason: 'enough' })
    expect(workflow.status(0)).toBe('revoked')
    expect(errorAt(workflow, 0)).toBeInstanceOf(TaskRevokedError)
    expect(errorAt(workflow, 0).cause).toBe('enough')
    hand.succeed('a')
    expect(hand.left).toEqual(['a()'])
  })

  it('has one error, whoever asks for it, that tells how it was then', () => {
    const hand = new ByHand(1)
    const running = hand.submit(a.s())
    const waiting = hand.submit(b.s())
    hand.revoke(running)
    hand.revoke(waiting)
    expect(errorAt(running, 0)).toBe(errorAt(running, 0))
    expect(errorAt(running, 0)).toMatchObject({ attempt: 1, taskId: running.idOf(0) })
    expect(errorAt(waiting, 0)).toMatchObject({ attempt: 0, taskId: waiting.idOf(0) })
  })

  it('while it runs is revoked at once, is told, and what it returns is dropped', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.watch(workflow, 0)
    expect(hand.revoke(workflow).map(({ type }) => type)).toEqual(['tell', 'ended'])
    expect(hand.told).toMatchObject([{ kind: 'cancel', task: 'a' }])
    expect(hand.succeed('a', 1)).toEqual([])
    expect(workflow.status(0)).toBe('revoked')
  })

  it('keeps its slot until its run has stopped', () => {
    const hand = new ByHand(1)
    const workflow = hand.submit(a.s())
    hand.submit(b.s())
    hand.revoke(workflow)
    expect(hand.names).toEqual(['a'])
    hand.succeed('a')
    expect(hand.names).toEqual(['b'])
  })

  it('loses its thread only if that was asked for, and it has not stopped in time', () => {
    const hand = new ByHand(100, { graceMs: 50 })
    hand.revoke(hand.submit(a.s()))
    expect(hand.wakeAt).toBeUndefined()
    hand.revoke(hand.submit(b.s()), { terminate: true })
    hand.tick(49)
    expect(hand.terminated).toEqual([])
    hand.tick(1)
    expect(hand.terminated).toMatchObject([{ loss: { reason: 'terminated' } }])
    expect(hand.lose('b')).toEqual([])
  })

  it('keeps its thread if it stops in time', () => {
    const hand = new ByHand(100, { graceMs: 50 })
    hand.revoke(hand.submit(a.s()), { terminate: true })
    hand.succeed('a')
    hand.tick(50)
    expect(hand.terminated).toEqual([])
    expect(hand.wakeAt).toBeUndefined()
  })

  it('while it waits for its time or for a retry never runs again', () => {
    const hand = new ByHand()
    const scheduled = hand.submit(a.s().set({ countdown: 100 }))
    const retrying = hand.submit(b.s())
    hand.retry('b', 100)
    hand.revoke(scheduled)
    hand.revoke(retrying)
    expect([scheduled.status(0), retrying.status(0)]).toEqual(['revoked', 'revoked'])
    expect(hand.wakeAt).toBeUndefined()
    hand.tick(200)
    expect(hand.names).toEqual([])
  })

  it('runs neither its errbacks nor those of its chain, and the steps behind it are revoked', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s().linkError(errback.s()), b.s()).linkError(errback.s()))
    hand.revoke(workflow, { node: 0, scope: 'call' })
    expect(statusesOf(workflow)).toEqual(['revoked', 'revoked'])
    expect(hand.names).toEqual(['a'])
  })

  it('fails the group that it is a member of', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()))
    hand.revoke(workflow, { node: 1, scope: 'call' })
    hand.succeed('b')
    expect(statusesOf(workflow)).toEqual(['failed', 'revoked', 'succeeded'])
    expect(errorAt(workflow, 0)).toBeInstanceOf(TaskRevokedError)
  })

  it('as a header member makes the chord fail with a ChordError, whose errbacks run', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(), b.s()], body.s()).linkError(errback.s()))
    hand.revoke(workflow, { node: 1, scope: 'call' })
    hand.succeed('b')
    expect(errorAt(workflow, 3)).toMatchObject({ name: 'ChordError', cause: errorAt(workflow, 1) })
    expect(hand.names).toContain('errback')
  })

  it.each([
    ['succeeds', (hand: ByHand) => hand.succeed('a')],
    ['fails', (hand: ByHand) => hand.fail('a')],
  ])('inside a group that has not begun leaves no step before it open, when what comes before %s', (_how, end) => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(chain(b.s(), c.s()))))
    hand.revoke(workflow, { node: 3, scope: 'call' })
    expect(statusesOf(workflow)).toEqual(['running', 'failed', 'waiting', 'revoked'])
    end(hand)
    expect(statusesOf(workflow)[2]).toBe('failed')
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('inside a group in a group that has not begun leaves nothing open either', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(chain(group(b.s(), c.s()), d.s()))))
    hand.revoke(workflow, { node: 5, scope: 'call' })
    expect(statusesOf(workflow)).toEqual(['running', 'failed', 'waiting', 'waiting', 'waiting', 'revoked'])
    hand.succeed('a')
    expect(statusesOf(workflow)).toEqual(['succeeded', 'failed', 'failed', 'failed', 'failed', 'revoked'])
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('loses its thread after the grace, and not a second time at its hard limit', () => {
    const hand = new ByHand(100, { graceMs: 50 })
    const workflow = hand.submit(a.s().set({ timeLimit: 60 }))
    hand.report('a', { kind: 'started' })
    hand.revoke(workflow, { terminate: true })
    hand.tick(50)
    hand.tick(50)
    expect(hand.terminated).toMatchObject([{ loss: { reason: 'terminated' } }])
  })

  it('has as long as it takes, if the grace has no end', () => {
    const hand = new ByHand(100, { graceMs: Infinity })
    hand.revoke(hand.submit(a.s()), { terminate: true })
    expect([hand.told.length, hand.wakeAt]).toEqual([1, undefined])
  })

  it('a second time changes nothing', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.revoke(workflow)
    expect(hand.revoke(workflow)).toEqual([])
  })

  it('in its new run is told, not the old one whose thread is being ended', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ timeLimit: 10, retryFor: ['TimeLimitError'], retryDelay: 0 }))
    hand.report('a', { kind: 'started' })
    hand.tick(10)
    expect(hand.running).toHaveLength(2)
    const told = hand.revoke(workflow).flatMap((one) => (one.type === 'tell' ? [one.batch] : []))
    expect(told).toEqual([hand.running[1]!.number])
  })
})

describe('a canvas that is revoked', () => {
  it('is, with all that has not ended in it', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(b.s(), chain(c.s(), d.s())), body.s()))
    hand.succeed('a')
    hand.succeed('b')
    hand.revoke(workflow)
    expect(statusesOf(workflow)).toEqual(['succeeded', 'revoked', 'succeeded', 'revoked', 'revoked', 'revoked'])
    expect(hand.succeed('c')).toEqual([])
  })

  it('up to a step is, and what is behind it ends with that: a group there has failed', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(group(a.s(), b.s()), group(c.s())))
    hand.revoke(workflow, { node: 0 })
    expect(statusesOf(workflow)).toEqual(['failed', 'revoked', 'revoked', 'failed', 'failed'])
    expect(hand.told.map(({ task }) => task).sort()).toEqual(['a', 'b'])
  })

  it('with groups that have not begun is, with their members', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(b.s(), c.s())))
    hand.revoke(workflow)
    expect(statusesOf(workflow)).toEqual(['revoked', 'revoked', 'revoked', 'revoked'])
  })

  it('takes nothing back of a batch for a call that is in none', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), group(c.s(), d.s())))
    expect(fleet.left[0]?.size).toBe(2)
    fleet.revoke(workflow, 3, 'call')
    expect([fleet.recalls, workflow.status(3)]).toEqual([[], 'revoked'])
  })

  it('takes the callbacks with it that it led to', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().link(callback.s()))
    hand.succeed('a', 1)
    hand.revoke(workflow)
    expect(finalValueOf(workflow)).toBe(1)
    expect(hand.told).toMatchObject([{ kind: 'cancel', task: 'callback' }])
    hand.succeed('callback')
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('takes with it what stands for its calls, and is revoked whatever had failed there', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.answer('a', { ok: 'replace', canvas: group(b.s(), c.s()) as never })
    hand.fail('b')
    hand.revoke(workflow)
    expect(workflow.status(0)).toBe('revoked')
    expect(hand.told).toMatchObject([{ kind: 'cancel', task: 'c' }])
  })

  it('takes with it the members that were added to its groups', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()))
    hand.report('a', { kind: 'add-to-chord', canvas: b.s() as never })
    hand.revoke(workflow)
    expect(statusesOf(workflow)).toEqual(['revoked', 'revoked'])
    expect(hand.told.map(({ task }) => task).sort()).toEqual(['a', 'b'])
  })

  it('tells of each call once, as events do, with failFast too', () => {
    const hand = new ByHand()
    hand.listen()
    const workflow = hand.submit(group(a.s(), b.s(), c.s()).set({ failFast: true }))
    const events = hand.revoke(workflow).flatMap(eventsOf)
    expect(events.filter(({ type }) => type === 'task-revoked')).toHaveLength(3)
    expect(hand.told).toHaveLength(3)
  })
})

describe('with failFast', () => {
  const failFast = { failFast: true }

  it('the first failure revokes the other members, and the group fails at once', () => {
    const hand = new ByHand(2)
    const workflow = hand.submit(group(a.s(), b.s(), chain(c.s(), d.s())).set(failFast))
    const error = new RangeError('first')
    hand.fail('b', error)
    expect(statusesOf(workflow)).toEqual(['failed', 'revoked', 'failed', 'revoked', 'revoked'])
    expect(errorAt(workflow, 0)).toBe(error)
    expect(hand.told).toMatchObject([{ kind: 'cancel', task: 'a' }])
  })

  it('a chord fails with its header, and its errbacks run', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(), b.s()], body.s()).set(failFast).linkError(errback.s()))
    hand.fail('b')
    expect(errorAt(workflow, 3)).toMatchObject({ name: 'ChordError', cause: { name: 'RangeError', message: 'b' } })
    expect(hand.names).toContain('errback')
  })

  it('members that were added are revoked, too', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()).set(failFast))
    hand.report('a', { kind: 'add-to-chord', canvas: c.s() as never })
    hand.fail('b')
    expect(workflow.status(0)).toBe('failed')
    expect(hand.told.map(({ task }) => task).sort()).toEqual(['a', 'c'])
  })

  it('an ignored member revokes nobody', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), b.s()).set(failFast))
    hand.answer('a', { ok: 'ignore' })
    expect(hand.names).toEqual(['b'])
    hand.succeed('b')
    expect(workflow.status(0)).toBe('ignored')
  })
})
