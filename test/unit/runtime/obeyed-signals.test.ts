/** What a signal revokes, and how long it is listened to. */
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ObeyedSignals } from '../../../src/runtime/obeyed-signals.js'
import type { Revoke } from '../../../src/scheduler/messages.js'

type Target = Revoke['targets'][number]
const target = (node: number) => ({ node }) as Target

function setUp() {
  const revoked: unknown[] = []
  const signals = new ObeyedSignals((targets, reason) => revoked.push([targets.map(({ node }) => node), reason]))
  return { signals, revoked, controller: new AbortController() }
}

describe('a signal that is obeyed', () => {
  it('revokes all that obey it in one go', () => {
    const { signals, revoked, controller } = setUp()
    for (let node = 0; node < 100; node++) signals.add(controller.signal, target(node))
    expect(getEventListeners(controller.signal, 'abort').length).toBe(1)
    controller.abort('why')
    expect(revoked).toEqual([[Array.from({ length: 100 }, (_, node) => node), 'why']])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('does not revoke what has ended, and is listened to until the last has', () => {
    const { signals, revoked, controller } = setUp()
    const stops = [1, 2, 3].map((node) => signals.add(controller.signal, target(node)))
    stops[0]?.()
    expect(getEventListeners(controller.signal, 'abort').length).toBe(1)
    stops[1]?.()
    stops[2]?.()
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort()
    expect(revoked).toEqual([])
  })

  it('may be obeyed again after nobody did', () => {
    const { signals, revoked, controller } = setUp()
    signals.add(controller.signal, target(1))()
    signals.add(controller.signal, target(2))
    controller.abort('now')
    expect(revoked).toEqual([[[2], 'now']])
  })
})
