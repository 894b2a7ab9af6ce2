/** Limits that a task sets itself. */
import { describe, expect, it } from 'vitest'
import { Gate } from '../../../src/scheduler/gate.js'

describe('a gate', () => {
  it('lets so many in at one time', () => {
    const gate = new Gate(Infinity, 2)
    gate.enter(0)
    expect(gate.isOpen(0)).toBe(true)
    gate.enter(0)
    expect(gate.isOpen(0)).toBe(false)
    gate.leave()
    expect(gate.isOpen(0)).toBe(true)
    gate.resume()
    expect(gate.isOpen(0)).toBe(false)
  })

  it('lets one in after the other, at its rate', () => {
    const gate = new Gate(10, Infinity)
    gate.enter(1_000)
    expect([gate.isOpen(1_099), gate.isOpen(1_100)]).toEqual([false, true])
  })

  it('lets nobody in early because one was late', () => {
    const gate = new Gate(10, Infinity)
    gate.enter(0)
    gate.enter(500)
    expect(gate.opensAt).toBe(600)
  })

  it('does not say when it opens if not only time has to pass', () => {
    const gate = new Gate(10, 1)
    gate.enter(0)
    expect(gate.opensAt).toBeUndefined()
    gate.leave()
    expect(gate.opensAt).toBe(100)
  })
})
