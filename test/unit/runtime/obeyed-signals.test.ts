/** What a signal revokes, and how long it is listened to. */
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ObeyedSignals } from '../../../src/runtime/obeyed-signals.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'

const numbered = (number: number) => ({ number }) as Workflow

function setUp() {
  const revoked: unknown[] = []
  const numbers = (workflows: Iterable<Workflow>) => Array.from(workflows, ({ number }) => number)
  const signals = new ObeyedSignals((workflows, reason) => revoked.push([numbers(workflows), reason]))
  const controller = new AbortController()
  return { signals, revoked, controller, listeners: () => getEventListeners(controller.signal, 'abort').length }
}

describe('a signal that is obeyed', () => {
  it('revokes all that obey it in one go', () => {
    const { signals, revoked, controller, listeners } = setUp()
    for (let number = 0; number < 100; number++) signals.add(controller.signal, numbered(number))
    expect(listeners()).toBe(1)
    controller.abort('why')
    expect(revoked).toEqual([[Array.from({ length: 100 }, (_, number) => number), 'why']])
    expect(listeners()).toBe(0)
  })

  it('does not revoke what has ended, and is listened to until the last has', () => {
    const { signals, revoked, controller, listeners } = setUp()
    const workflows = [numbered(1), numbered(2), numbered(3)] as const
    for (const workflow of workflows) signals.add(controller.signal, workflow)
    signals.ended(workflows[0])
    signals.ended(numbered(4))
    expect(listeners()).toBe(1)
    signals.ended(workflows[1])
    signals.ended(workflows[2])
    expect(listeners()).toBe(0)
    controller.abort()
    expect(revoked).toEqual([])
  })

  it('may be obeyed again after nobody did', () => {
    const { signals, revoked, controller } = setUp()
    const first = numbered(1)
    signals.add(controller.signal, first)
    signals.ended(first)
    signals.add(controller.signal, numbered(2))
    controller.abort('now')
    expect(revoked).toEqual([[[2], 'now']])
  })

  it('is forgotten with what it revokes, which may end while it does', () => {
    const { signals, revoked, controller } = setUp()
    const workflow = numbered(1)
    signals.add(controller.signal, workflow)
    controller.abort('once')
    signals.ended(workflow)
    signals.add(new AbortController().signal, workflow)
    expect(revoked).toEqual([[[1], 'once']])
  })
})
