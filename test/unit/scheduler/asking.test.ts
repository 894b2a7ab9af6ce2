/** What a run asks for, as it is told to those who listen, and at the borders of what may be asked. */
import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../src/events/event.js'
import { compile } from '../../../src/graph/compile.js'
import type { Instruction } from '../../../src/scheduler/messages.js'
import { Scheduler } from '../../../src/scheduler/scheduler.js'
import { ByHand, errorAt, finalValueOf, loose, tasks } from './by-hand.js'
import { eventsOf } from './events-of.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks

const eventsIn = (instructions: readonly Instruction[]): readonly RuntimeEvent[] => instructions.flatMap(eventsOf)

function listening(slots?: number): ByHand {
  const hand = new ByHand(slots)
  hand.listen()
  return hand
}

describe('it is told', () => {
  const error = new RangeError('a')

  it('that a run is to be retried, and after how long', () => {
    const hand = listening()
    hand.submit(a.s())
    const [retried] = eventsIn(hand.answer('a', { ok: 'retry', error, wait: 50, jitter: false, args: undefined }))
    expect(retried).toMatchObject({ type: 'task-retried', id: 'hand-0-0', error, delayMs: 50, attempt: 1 })
    const [sent] = eventsIn(hand.tick(50))
    expect(sent).toMatchObject({ type: 'task-sent', attempt: 2 })
  })

  it('that a run was rejected, and whether it goes back to the queue', () => {
    const hand = listening()
    hand.submit(a.s())
    const [requeued] = eventsIn(hand.answer('a', { ok: 'reject', requeue: true }))
    const [rejected] = eventsIn(hand.answer('a', { ok: 'reject', requeue: false }))
    expect([requeued, rejected]).toMatchObject([
      { type: 'task-rejected', id: 'hand-0-0', requeued: true },
      { type: 'task-rejected', id: 'hand-0-0', requeued: false },
    ])
  })

  it('that a call was ignored', () => {
    const hand = listening()
    hand.submit(a.s())
    expect(eventsIn(hand.answer('a', { ok: 'ignore' }))[0]).toMatchObject({ type: 'task-ignored', id: 'hand-0-0' })
  })

  it('how far a run is, and what state it shows', () => {
    const hand = listening()
    hand.submit(a.s())
    const said = [
      hand.report('a', { kind: 'progress', value: 0.5 }),
      hand.report('a', { kind: 'state', state: 'LOADING', meta: { file: 1 } }),
    ].map(eventsIn)
    expect(said).toMatchObject([
      [{ type: 'task-progress', id: 'hand-0-0', value: 0.5 }],
      [{ type: 'task-state', id: 'hand-0-0', state: 'LOADING', meta: { file: 1 } }],
    ])
  })

  it('that a step has succeeded, without its value, if it had left before anybody listened', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s()))
    fleet.listen('task-sent', 'task-received', 'task-succeeded')
    fleet.end(0, [{ from: 0, passed: 1 }])
    expect(fleet.emitted).toMatchObject([
      { type: 'task-succeeded', taskName: 'a', value: undefined },
      { type: 'task-sent', taskName: 'b' },
      { type: 'task-received', taskName: 'b' },
    ])
  })

  it('that a canvas without any call is finished, by the id of its first node', () => {
    const hand = listening()
    const graph = compile(group())
    const submit = { graph, args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    expect(eventsIn(hand.handle({ type: 'submit', at: 0, ...submit }))).toMatchObject([
      { type: 'workflow-finished', id: 'hand-0-0', rootId: 'hand-0-0', calls: 0 },
    ])
  })
})

describe('what a run shows of itself', () => {
  it('is kept while it runs: its state until the end of the run, its progress longer', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.report('a', { kind: 'state', state: 'LOADING', meta: 1 })
    hand.report('a', { kind: 'progress', value: 2 })
    expect(workflow.shown.get(0)).toMatchObject({ state: 'LOADING', meta: 1 })
    hand.succeed('a')
    expect([workflow.shown.has(0), workflow.progress.get(0)]).toEqual([false, 2])
  })

  it('is not taken any more when its call has been revoked, or its run is over', () => {
    const hand = listening()
    const workflow = hand.submit(a.s())
    hand.revoke(workflow)
    expect(hand.report('a', { kind: 'progress', value: 1 })).toEqual([])
    expect(workflow.progress.has(0)).toBe(false)
    const { number } = hand.running[0]!
    hand.succeed('a')
    const late = { kind: 'state', state: 'LATE', meta: 0 } as const
    expect(hand.handle({ type: 'report', at: 0, batch: number, call: 0, report: late })).toEqual([])
  })

  it('is, of a call that replaced itself, what ran in its place said last', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.report('a', { kind: 'progress', value: 'first' })
    hand.answer('a', { ok: 'replace', canvas: b.s() as never })
    hand.report('b', { kind: 'progress', value: 'last' })
    hand.succeed('b')
    expect(workflow.progress.get(0)).toBe('last')
  })

  it('tells of its start first, if that has not been told', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started', 'task-progress')
    fleet.submit(a.each([[1], [2]]))
    expect(fleet.events).toEqual(['task-started'])
    fleet.report(0, 1, { kind: 'progress', value: 1 })
    expect(fleet.events).toEqual(['task-started', 'task-started', 'task-progress'])
  })
})

describe('a call', () => {
  it('that is rejected and requeued with other arguments runs with those', () => {
    const hand = new ByHand()
    hand.submit(a.s(1))
    hand.answer('a', { ok: 'reject', requeue: true, args: [2] })
    expect(hand.left).toEqual(['a(1)', 'a(2)'])
  })

  it('that parks twice lends its slot once', () => {
    const hand = new ByHand(1)
    hand.submit(group(a.s(), b.s(), c.s()))
    hand.report('a', { kind: 'parked' })
    hand.report('a', { kind: 'parked' })
    expect(hand.names).toEqual(['a', 'b'])
  })

  it('that replaces itself 10,000 times fails, and not with all memory', () => {
    const scheduler = new Scheduler(1, 'endless-', { batching: false })
    const dispatched = (said: readonly Instruction[]): number =>
      said.flatMap((one) => (one.type === 'dispatch' ? [one.batch.number] : []))[0] ?? -1
    const submit = { graph: compile(a.s()), args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    const said = scheduler.handle({ type: 'submit', at: 0, ...submit })
    const workflow = said.flatMap((one) => (one.type === 'accepted' ? [one.workflow] : []))[0]!
    const ends = [{ at: 0, outcome: { ok: 'replace', canvas: a.s() } }] as never
    let count = 0
    for (let batch = dispatched(said); batch >= 0; count++)
      batch = dispatched(scheduler.handle({ type: 'outcomes', at: 0, batch, ends, random: 0 }))
    expect(count).toBe(10_001)
    expect(errorAt(workflow, 0).message).toContain('task "a" has replaced itself, or what replaced it, 10000 times')
    expect(scheduler.openWorkflows).toBe(0)
  })
})

describe('a member that is added', () => {
  it('by a call that is in no group is none', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s()))
    expect(hand.report('a', { kind: 'add-to-chord', canvas: c.s() as never })).toEqual([])
    hand.succeed('a')
    hand.succeed('b', 1)
    expect(finalValueOf(workflow)).toBe(1)
  })

  it('and cannot be compiled fails the group when the others have ended', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()))
    const twice = group(b.s().set({ taskId: 'one' }), c.s().set({ taskId: 'one' }))
    hand.report('a', { kind: 'add-to-chord', canvas: twice as never })
    expect(workflow.status(0)).toBe('waiting')
    hand.succeed('a')
    expect(errorAt(workflow, 0).message).toContain('two calls of the canvas ask for the id "one"')
  })
})

describe('a child', () => {
  const apply = (canvas: unknown) => ({ kind: 'apply', child: 0, id: 'child', canvas: canvas as never }) as const

  it('has the id that its canvas asks for, before the one that it was given', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.report('a', apply(b.s().set({ taskId: 'own' })))
    expect([hand.scheduler.find('own') === undefined, hand.scheduler.find('child')]).toEqual([false, undefined])
  })

  it('that cannot be compiled fails at once', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.report('a', apply(group(b.s().set({ taskId: 'one' }), c.s().set({ taskId: 'one' }))))
    expect(hand.told).toMatchObject([
      { kind: 'child', child: 0, task: 'a', outcome: { ok: false, error: { name: 'ConfigurationError' } } },
    ])
  })

  it('that is applied after the close fails at once with a ClosedError', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.close('finish')
    hand.report('a', apply(b.s()))
    expect(hand.told).toMatchObject([{ outcome: { ok: false, error: { name: 'ClosedError', message: 'closed' } } }])
    expect(hand.names).toEqual(['a'])
  })

  it('that there is not is not revoked', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    const revoke = { kind: 'revoke-child', child: 7, reason: undefined, terminate: false } as const
    expect(hand.report('a', revoke)).toEqual([])
  })
})

describe('a hard limit', () => {
  it('that is none, or of a call that was revoked before its body began, ends no thread', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    const revoked = hand.submit(b.s().set({ timeLimit: 10 }))
    hand.revoke(revoked)
    hand.report('a', { kind: 'started' })
    hand.report('b', { kind: 'started' })
    expect(hand.wakeAt).toBeUndefined()
  })

  it('ends the thread of a call that was revoked after its body began', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ timeLimit: 10 }))
    hand.report('a', { kind: 'started' })
    hand.revoke(workflow)
    hand.tick(10)
    expect(hand.terminated).toMatchObject([{ loss: { reason: 'time-limit' } }])
    expect(workflow.status(0)).toBe('revoked')
  })

  it.each([
    ['grows from retry to retry, with a random part, where there is backoff', { retryBackoff: true }, [5, 10]],
    ['without jitter is all of it', { retryBackoff: 3, retryJitter: false }, [10, 30]],
    ['without backoff is the same each time, and no part of it', {}, [10, 10]],
  ])('is retried after a wait that %s', (_how, options, waits) => {
    const hand = new ByHand()
    hand.random = 0.5
    hand.submit(a.s())
    hand.succeed('a') // what is random comes with an end
    const retried = { retryFor: ['TimeLimitError'], retryDelay: 10, ...options }
    hand.submit(b.s().set({ timeLimit: 50, ...retried }))
    for (const wait of waits) {
      const batch = hand.running.at(-1)!
      hand.handle({ type: 'report', at: hand.now, batch: batch.number, call: 0, report: { kind: 'started' } })
      hand.tick(50)
      expect(hand.wakeAt).toBe(hand.now + wait)
      hand.lose('b', { reason: 'time-limit' })
      hand.now--
      hand.tick(wait)
    }
  })
})
