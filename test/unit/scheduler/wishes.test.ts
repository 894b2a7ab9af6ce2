/** What running calls ask for and report, and what a revoke reaches: told to whom, with which words, and for whose thread. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { ByHand, errorAt, type Loose, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'
import { bring, lazy } from './lazy.js'

const { chain, group } = loose
const { a, b, c } = tasks
const apply = (canvas: unknown, child = 0) =>
  ({ kind: 'apply', child, id: `child-${child}`, canvas: canvas as never }) as const
const replace = (canvas: unknown) => ({ ok: 'replace', canvas: canvas as never }) as const
const progress = { kind: 'progress', value: 1 } as const
const state = { kind: 'state', state: 'LOADING', meta: 1 } as const

describe('what a run says of itself', () => {
  it('is told to those who listen to that, and to no others', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.report(0, 0, progress)
    expect(fleet.events).toEqual([])
    fleet.listen('task-progress')
    fleet.report(0, 0, progress)
    fleet.report(0, 0, state)
    expect(fleet.events).toEqual(['task-progress'])
    fleet.listen('task-state')
    fleet.report(0, 0, progress)
    fleet.report(0, 0, state)
    expect(fleet.events).toEqual(['task-progress', 'task-state'])
  })

  it('tells nobody of its start who does not listen', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.each([[1], [2]]))
    fleet.report(0, 1, progress)
    expect(fleet.events).toEqual([])
  })
})

describe('a run that goes on though it has not waited', () => {
  const { single } = defineTasks('file:///wishes.js', { single: task({ concurrency: 1 }, () => 1) }) as unknown as {
    single: { s(): Loose }
  }

  it('does not count twice', () => {
    const hand = new ByHand()
    hand.submit(group(single.s(), single.s()))
    hand.report('single', { kind: 'resumed' })
    hand.succeed('single')
    expect(hand.names).toEqual(['single'])
  })
})

describe('a child', () => {
  it('stands in the canvas at the place of its parent, and is one of its children', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s()))
    hand.report('a', apply(chain(b.s(), c.s())))
    const child = hand.call('b')
    expect(child.workflow.pathOf(0)).toBe('members[0].children[0].steps[0]')
    expect(workflow.children(1)).toEqual([{ workflow: child.workflow, node: 1 }])
  })

  it('is that of the call that applied it, of several in one batch', () => {
    const fleet = new Fleet(1, { callsPerThread: 2 })
    fleet.submit(a.each([[1], [2]]))
    fleet.report(0, 0, apply(b.s().set({ taskId: 'first' })))
    fleet.report(0, 1, apply(b.s().set({ taskId: 'second' })))
    const [first, second] = ['first', 'second'].map((id) => fleet.scheduler.find(id)?.workflow)
    fleet.report(0, 1, { kind: 'revoke-child', child: 0, reason: undefined, terminate: false })
    expect([first?.isFinal(0), second?.isFinal(0)]).toEqual([false, true])
  })
})

describe('a hard limit', () => {
  it('says which task ran longer than what', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s().set({ timeLimit: 10 }))
    hand.report('a', { kind: 'started' })
    hand.tick(10)
    expect(errorAt(workflow, 0)).toMatchObject({ message: '"a" ran longer than 10 ms', attempt: 1, taskName: 'a' })
    expect(hand.terminated).toMatchObject([{ loss: { cause: errorAt(workflow, 0) } }])
  })

  it('is retried as often as may be, and no more', () => {
    const hand = new ByHand()
    const options = { timeLimit: 10, retryFor: ['TimeLimitError'], retryDelay: 0, maxRetries: 1 }
    const workflow = hand.submit(a.s().set(options))
    for (const status of ['running', 'failed']) {
      hand.handle({
        type: 'report',
        at: hand.now,
        batch: hand.running.at(-1)!.number,
        call: 0,
        report: { kind: 'started' },
      })
      hand.tick(10)
      expect(workflow.status(0)).toBe(status)
    }
  })

  it('leaves nothing of arguments that were moved to the thread', () => {
    const hand = new ByHand()
    const graph = { ...compile(a.s(1).set({ timeLimit: 10 })), movesValues: true }
    const submit = { graph, args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    const [accepted] = hand.handle({ type: 'submit', at: 0, ...submit })
    if (accepted?.type !== 'accepted') throw new Error('not accepted')
    hand.report('a', { kind: 'started' })
    hand.tick(10)
    expect(accepted.workflow.failure(0).args).toEqual([])
  })
})

describe('a run that asks for another end', () => {
  it.each([
    ['ignored', { ok: 'ignore' } as const],
    ['rejected', { ok: 'reject', requeue: false } as const],
  ])('says that it was %s, and with what it ran', (what, wish) => {
    const hand = new ByHand()
    const [own, other] = [hand.submit(a.s(1)), hand.submit(b.s(1))]
    hand.answer('a', wish)
    hand.answer('b', { ...wish, args: [2] })
    expect(errorAt(own, 0).message).toBe(`the task asked to be ${what}`)
    expect([own.failure(0), other.failure(0)]).toMatchObject([{ args: [1], attempt: 1 }, { args: [2] }])
  })

  it.each([
    ['task-ignored', { ok: 'ignore' } as const],
    ['task-rejected', { ok: 'reject', requeue: false } as const],
    ['task-rejected', { ok: 'reject', requeue: true } as const],
    ['task-failed', { ok: false, error: new RangeError('no') } as const],
    ['task-retried', { ok: 'retry', error: new RangeError('no'), wait: 5, jitter: false, args: undefined } as const],
  ] as const)('is told of to those who listen to that (%s), and to no others', (type, outcome) => {
    const fleet = new Fleet(1)
    for (const listened of [true, false]) {
      fleet.listen(...(listened ? [type] : []))
      fleet.submit(a.s())
      fleet.end(fleet.left.length - 1, [{ at: 0, outcome }])
      fleet.revoke(fleet.left.at(-1)!.parts[0]!.workflow)
    }
    expect(fleet.events).toEqual([type])
  })

  it('and is retried counts as that, and waits for its time', () => {
    const hand = new ByHand()
    hand.now = 100
    hand.listen()
    hand.submit(a.s())
    const at = hand.now
    const said = hand.retry('a', new Date(at + 30))
    expect(hand.scheduler.state().tally.retried).toBe(1)
    expect(said.flatMap((one) => (one.type === 'emit' ? [one.event] : []))).toMatchObject([
      { type: 'task-retried', delayMs: 30, attempt: 1 },
    ])
    expect(hand.wakeAt).toBe(at + 30)
  })

  it('and is replaced has what replaces it at its place', () => {
    const hand = new ByHand()
    hand.submit(group(a.s()))
    hand.answer('a', replace(group(b.s())))
    expect(hand.call('b').workflow.pathOf(hand.call('b').node)).toBe('members[0].members[0]')
  })
})

describe('a revoke that ends threads', () => {
  const grace = { graceMs: 50 }
  const revokedOf = (hand: ByHand) => {
    hand.tick(50)
    return hand.terminated.length
  }

  it.each<readonly [string, (hand: ByHand) => ReturnType<ByHand['submit']>]>([
    [
      'a member that was added',
      (hand) => {
        const workflow = hand.submit(group(a.s()))
        hand.report('a', { kind: 'add-to-chord', canvas: b.s() as never })
        hand.succeed('a')
        return workflow
      },
    ],
    [
      'what runs in the place of a call',
      (hand) => {
        const workflow = hand.submit(a.s())
        hand.answer('a', replace(b.s()))
        return workflow
      },
    ],
    [
      'a callback',
      (hand) => {
        const workflow = hand.submit(a.s().link(b.s()))
        hand.succeed('a')
        return workflow
      },
    ],
    [
      'a member that was pulled',
      (hand) => {
        const workflow = hand.submit(lazy())
        bring(hand, { workflow, node: 0 }, [b.s()])
        return workflow
      },
    ],
  ])('ends that of %s, for the same reason; one that does not ends none', (_what, make) => {
    const hand = new ByHand(100, grace)
    hand.revoke(make(hand), { terminate: true, reason: 'enough' })
    const [told] = hand.told
    expect(told).toMatchObject({ kind: 'cancel', task: 'b', error: { cause: 'enough' } })
    expect(revokedOf(hand)).toBe(1)
    const gentle = new ByHand(100, grace)
    gentle.revoke(make(gentle))
    expect(revokedOf(gentle)).toBe(0)
  })

  it('gives as the cause why the call was revoked, and counts its thread as gone', () => {
    const hand = new ByHand(1, grace)
    const workflow = hand.submit(a.s())
    hand.revoke(workflow, { terminate: true })
    hand.tick(50)
    expect(hand.terminated).toMatchObject([{ loss: { reason: 'terminated', cause: errorAt(workflow, 0) } }])
    expect(hand.scheduler.state().dispatcher.lanes[0]?.isDown).toBe(true)
  })
})

describe('a revoked call', () => {
  it('that has ended by the time it is known to have begun is not told', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.each([[1], [2]]))
    fleet.revoke(workflow, 1, 'call')
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.recalled(0, 2)
    expect(fleet.tells).toEqual([])
  })

  it('is told of to those who listen, but not the steps behind it, of which nobody has heard', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-revoked')
    fleet.revoke(fleet.submit(chain(a.s(), b.s())))
    expect(fleet.emitted).toMatchObject([{ type: 'task-revoked', taskName: 'a' }])
    const silent = new Fleet(1)
    silent.revoke(silent.submit(a.s()))
    expect(silent.events).toEqual([])
  })
})
