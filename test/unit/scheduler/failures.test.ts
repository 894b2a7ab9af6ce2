/** What the errors and the events say of calls that did not run to their end, and whose errbacks hear of it. */
import { afterEach, describe, expect, it } from 'vitest'
import { withoutStack } from '../../../src/scheduler/failures.js'
import type { Instruction } from '../../../src/scheduler/messages.js'
import { ByHand, errorAt, loose, statusesOf, tasks } from './by-hand.js'

const { chain, group } = loose
const { a, b, c, errback } = tasks

const revokedEvents = (said: readonly Instruction[]) =>
  said.flatMap((one) => (one.type === 'emit' && one.event.type === 'task-revoked' ? [one.event] : []))

describe('a call that was revoked', () => {
  it('has an error that says so, and that its thread was left alone', () => {
    const hand = new ByHand()
    const workflow = hand.submit(a.s())
    hand.revoke(workflow)
    expect(errorAt(workflow, 0)).toMatchObject({ message: 'the call was revoked', terminated: false })
  })

  it('has not expired, for those who listen', () => {
    const hand = new ByHand()
    hand.listen()
    const workflow = hand.submit(a.s())
    expect(revokedEvents(hand.revoke(workflow))).toMatchObject([{ expired: false, terminated: false }])
  })

  it('before the turn of its group is no failure of the steps before it: their errbacks do not run', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), group(chain(b.s().linkError(errback.s()), c.s()))))
    hand.revoke(workflow, { node: 3, scope: 'call' })
    hand.succeed('a')
    expect(statusesOf(workflow)).toEqual(['succeeded', 'failed', 'failed', 'revoked'])
    expect(hand.names).toEqual([])
  })
})

describe('a call that expired', () => {
  it('is revoked, for those who listen, since it has expired', () => {
    const hand = new ByHand(1)
    hand.listen()
    hand.submit(a.s())
    hand.submit(b.s().set({ expires: 10 }))
    expect(revokedEvents(hand.tick(10))).toMatchObject([{ taskName: 'b', expired: true, terminated: false }])
  })
})

describe('an error whose stack helps nobody', () => {
  const { stackTraceLimit } = Error
  afterEach(() => {
    Error.stackTraceLimit = stackTraceLimit
  })

  it('has none, and those made after it do', () => {
    Error.stackTraceLimit = 7
    expect(withoutStack(() => new RangeError('bare')).stack).toBe('RangeError: bare')
    expect(Error.stackTraceLimit).toBe(7)
  })
})
