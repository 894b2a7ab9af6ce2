/** What a run may ask for besides an end: later, again, something else in its place, more members, children, and time. */
import { describe, expect, it } from 'vitest'
import { TaskExpiredError, TaskIgnoredError } from '../../../src/errors.js'
import { ByHand, errorAt, finalValueOf, loose, statusesOf, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, d, body, callback, errback, errback2 } = tasks

describe('a call that is to start later', () => {
  it('waits so long from the time it is ready, not longer', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s().set({ countdown: 50 })))
    hand.now = 100
    hand.succeed('a')
    expect(workflow.status(1)).toBe('scheduled')
    expect(hand.wakeAt).toBe(150)
    hand.now = 149
    hand.tick(0)
    expect(hand.names).toEqual([])
    hand.tick(1)
    expect(hand.names).toEqual(['b'])
    expect(hand.wakeAt).toBeUndefined()
  })

  it('waits for a date, and starts at once if that is past', () => {
    const hand = new ByHand()
    hand.now = 100
    hand.submit(group(a.s().set({ eta: new Date(90) }), b.s().set({ eta: new Date(110) })))
    expect(hand.names).toEqual(['a'])
    hand.tick(9)
    expect(hand.names).toEqual(['a', 'b'])
  })

  it('is revoked when all is closed', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ countdown: 50 }))
    hand.close('finish')
    expect(workflow.status(0)).toBe('revoked')
    expect(hand.wakeAt).toBeUndefined()
  })
})

describe('a call that expires', () => {
  it('before it could start is revoked', () => {
    const hand = new ByHand(1)
    hand.submit(a.s())
    const workflow = hand.submit(b.s().set({ expires: 10 }))
    hand.tick(10)
    expect(errorAt(workflow, 0)).toBeInstanceOf(TaskExpiredError)
    hand.succeed('a')
    expect(hand.names).toEqual([])
  })

  it('while it runs goes on', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ expires: 10 }))
    hand.tick(20)
    hand.succeed('a', 1)
    expect(finalValueOf(workflow)).toBe(1)
  })

  it('is revoked when its turn comes too late, and at 0 unless it starts at once', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s().set({ expires: 0 }), b.s().set({ expires: 5 })))
    hand.now = 100
    hand.succeed('a')
    expect(statusesOf(workflow)).toEqual(['succeeded', 'revoked'])
  })
})

describe('a call that is retried', () => {
  it('runs again with the same place and the next attempt, when it is time', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(1).link(callback.s()), b.s()))
    hand.retry('a', 30)
    expect(workflow.status(0)).toBe('retrying')
    hand.tick(29)
    hand.tick(30)
    expect(hand.call('a')).toMatchObject({ node: 0, attempt: 2, args: [1] })
    expect(hand.left).toEqual(['a(1)', 'a(1)'])
    hand.succeed('a', 2)
    expect(hand.names).toEqual(['callback', 'b'])
  })

  it('runs again at once after no wait or a date that is past, and with other arguments if it gave some', () => {
    const hand = new ByHand()
    hand.submit(a.s(1))
    hand.retry('a', 0, { args: [2] })
    hand.retry('a', new Date(0))
    expect(hand.left).toEqual(['a(1)', 'a(2)', 'a(2)'])
    expect(hand.call('a').attempt).toBe(3)
  })

  it('waits a random part, with jitter', () => {
    const hand = new ByHand()
    hand.random = 0.25
    hand.submit(a.s())
    const { now } = hand
    hand.retry('a', 100, { jitter: true })
    expect(hand.wakeAt).toBe(now + 25)
  })

  it('is revoked when all is closed, before and after it asks', () => {
    const hand = new ByHand()
    const [before, after] = [hand.submit(a.s()), hand.submit(b.s())]
    hand.retry('a', 50)
    hand.close('finish')
    hand.retry('b', 50)
    expect([before.status(0), after.status(0)]).toEqual(['revoked', 'revoked'])
    expect(hand.wakeAt).toBeUndefined()
  })
})

describe('a call that is rejected', () => {
  it('and requeued goes to the end of the line, as the same run', () => {
    const hand = new ByHand(1)
    hand.submit(a.s())
    hand.submit(b.s())
    hand.answer('a', { ok: 'reject', requeue: true })
    expect(hand.names).toEqual(['b'])
    hand.succeed('b')
    expect(hand.call('a').attempt).toBe(1)
  })

  it('and requeued after all was closed is revoked', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.close('finish')
    hand.answer('a', { ok: 'reject', requeue: true })
    expect(workflow.status(0)).toBe('revoked')
    expect(hand.names).toEqual([])
  })

  it.each([
    ['rejected', { ok: 'reject', requeue: false } as const],
    ['ignored', { ok: 'ignore' } as const],
  ])('or ignored is %s, and so is what depends on it; no errback runs', (status, outcome) => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s().linkError(errback.s()), b.s()], body.s()).linkError(errback.s()))
    hand.answer('a', outcome)
    hand.succeed('b')
    expect(statusesOf(workflow)).toEqual([status, status, 'succeeded', status])
    expect(errorAt(workflow, 3)).toBeInstanceOf(TaskIgnoredError)
    expect(hand.names).toEqual([])
  })

  it('or ignored yields to a real failure among the members', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(), b.s()], body.s()))
    hand.answer('a', { ok: 'ignore' })
    hand.fail('b')
    expect(errorAt(workflow, 3)).toMatchObject({ name: 'ChordError', cause: { message: 'b' } })
  })
})

describe('a replacement', () => {
  it('gives the value of the call that it replaces, under its id, without its arguments', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s('own'), d.s()))
    hand.answer('a', { ok: 'replace', canvas: chain(b.s(1), c.s()) as never })
    expect(workflow.status(0)).toBe('running')
    expect(hand.left.at(-1)).toBe('b(1)')
    hand.succeed('b', 2)
    expect(hand.call('c').workflow.idOf(1)).toBe(workflow.idOf(0))
    hand.succeed('c', 3)
    expect(hand.left.at(-1)).toBe('d(3)')
  })

  it('runs its own links and errbacks, then those of the call', () => {
    const hand = new ByHand()
    hand.submit(a.s().linkError(errback.s()))
    hand.answer('a', { ok: 'replace', canvas: b.s().linkError(errback2.s()) as never })
    hand.fail('b')
    expect(hand.names).toEqual(['errback2', 'errback'])
  })

  it('may be replaced', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.answer('a', { ok: 'replace', canvas: b.s() as never })
    hand.answer('b', { ok: 'replace', canvas: c.s() as never })
    hand.succeed('c', 5)
    expect(finalValueOf(workflow)).toBe(5)
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('that cannot be compiled fails the call', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    const twice = group(b.s().set({ taskId: 'one' }), c.s().set({ taskId: 'one' }))
    hand.answer('a', { ok: 'replace', canvas: twice as never })
    expect(errorAt(workflow, 0).message).toContain('two calls of the canvas ask for the id "one"')
  })
})

describe('a member that is added', () => {
  it('is waited for, and its value comes after the others, in the order added', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chord([a.s(), b.s()], body.s()))
    hand.report('b', { kind: 'add-to-chord', canvas: c.s() as never })
    hand.report('a', { kind: 'add-to-chord', canvas: chain(d.s()) as never })
    hand.succeed('d', 4)
    hand.succeed('a', 1)
    hand.succeed('b', 2)
    expect(workflow.status(0)).toBe('waiting')
    hand.succeed('c', 3)
    expect(hand.left.at(-1)).toBe('body([1,2,3,4])')
  })

  it('fails the group when it fails', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()).linkError(errback.s()))
    hand.report('a', { kind: 'add-to-chord', canvas: b.s() as never })
    hand.succeed('a')
    hand.fail('b')
    expect(errorAt(workflow, 0).message).toBe('b')
    expect(hand.names).toEqual(['errback'])
  })
})

describe('a child', () => {
  const apply = (canvas: unknown) => ({ kind: 'apply', child: 0, id: 'child', canvas: canvas as never }) as const

  it('runs under the id that it was given, and its end is told', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.report('a', apply(b.s(1)))
    expect(hand.scheduler.find('child')).toMatchObject({ node: 0 })
    hand.succeed('b', 2)
    expect(hand.told).toEqual([{ kind: 'child', child: 0, outcome: { ok: true, value: 2 }, task: 'a' }])
    expect(hand.scheduler.find('child')).toBeUndefined()
  })

  it('that fails is told with the original error', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.report('a', apply(chord([b.s()], body.s())))
    hand.fail('b')
    expect(hand.told).toMatchObject([{ outcome: { ok: false, error: { name: 'RangeError' } } }])
  })

  it('goes on when its parent has ended, and nobody is told', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.report('a', apply(b.s()))
    hand.succeed('a')
    hand.succeed('b')
    expect(hand.told).toEqual([])
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('is revoked when its parent asks for it', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    hand.report('a', apply(b.s()))
    hand.report('a', { kind: 'revoke-child', child: 0, reason: 'enough', terminate: false })
    expect(hand.told).toMatchObject([
      { kind: 'cancel', task: 'b' },
      { kind: 'child', outcome: { ok: false, error: { name: 'TaskRevokedError' } }, task: 'a' },
    ])
  })

  it('can run on one slot, since its parent lends it while it waits', () => {
    const hand = new ByHand(1)
    hand.submit(a.s())
    hand.report('a', apply(b.s()))
    expect(hand.names).toEqual(['a'])
    hand.report('a', { kind: 'parked' })
    expect(hand.names).toEqual(['a', 'b'])
    hand.submit(c.s())
    hand.succeed('b')
    hand.report('a', { kind: 'resumed' })
    expect(hand.names).toEqual(['a', 'c'])
    hand.submit(d.s())
    hand.succeed('c')
    expect(hand.names).toEqual(['a'])
    hand.succeed('a')
    expect(hand.names).toEqual(['d'])
  })
})

describe('a hard limit', () => {
  const limited = { timeLimit: 10 }

  it('counts from the start of the body, ends the thread and fails the call', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set(limited))
    hand.tick(100)
    hand.report('a', { kind: 'started' })
    hand.tick(9)
    expect(workflow.status(0)).toBe('running')
    hand.tick(1)
    expect(errorAt(workflow, 0)).toMatchObject({ name: 'TimeLimitError' })
    expect(hand.terminated).toMatchObject([{ loss: { reason: 'time-limit' } }])
    expect(hand.lose('a')).toEqual([])
  })

  it('is over with the run', () => {
    const hand = new ByHand()
    hand.submit(a.s().set(limited))
    hand.report('a', { kind: 'started' })
    hand.succeed('a')
    hand.tick(10)
    expect(hand.terminated).toEqual([])
  })

  it('is over when all is closed and nobody waits', () => {
    const hand = new ByHand()
    hand.submit(a.s().set(limited))
    hand.report('a', { kind: 'started' })
    hand.close('drop')
    hand.tick(10)
    expect(hand.terminated).toEqual([])
  })
})
