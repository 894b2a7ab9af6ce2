import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/testing/virtual-clock.js'

const clockAt = (now: number): { clock: VirtualClock; rings: string[]; ring: (name: string) => () => void } => {
  const rings: string[] = []
  const clock = new VirtualClock(now, () => {})
  return { clock, rings, ring: (name) => () => rings.push(`${name} at ${clock.now()}`) }
}

describe('the virtual clock', () => {
  it('stands still until it is moved, and runs what is due then, in order', () => {
    const { clock, rings, ring } = clockAt(100)
    clock.after(20, ring('late'))
    clock.after(10, ring('soon'))
    clock.after(10, ring('soon too'))
    expect([clock.now(), clock.next]).toEqual([100, 110])
    clock.moveTo(110)
    expect(rings).toEqual(['soon at 110', 'soon too at 110'])
    clock.moveTo(200)
    expect(rings.at(-1)).toBe('late at 200')
    expect(clock.next).toBeUndefined()
  })

  it('does not run a timer that was cancelled, also by one that is due with it', () => {
    const { clock, rings, ring } = clockAt(0)
    const cancelFirst = clock.after(5, ring('first'))
    clock.after(5, () => cancelSecond())
    const cancelSecond = clock.after(5, ring('second'))
    cancelFirst()
    clock.moveTo(5)
    expect(rings).toEqual([])
  })

  it('leaves a timer that is set by another for the next move', () => {
    const { clock, rings, ring } = clockAt(0)
    clock.after(5, () => clock.after(0, ring('inner')))
    clock.moveTo(5)
    expect(rings).toEqual([])
    clock.moveTo(5)
    expect(rings).toEqual(['inner at 5'])
  })

  it('keeps no timer that never comes, and takes a time that has passed for now', () => {
    const { clock, rings, ring } = clockAt(50)
    clock.after(Infinity, ring('never'))()
    expect(clock.next).toBeUndefined()
    clock.after(-10, ring('past'))
    expect(clock.next).toBe(50)
    clock.moveTo(10)
    expect(rings).toEqual(['past at 50'])
  })

  it('tells of each new timer', () => {
    let told = 0
    const clock = new VirtualClock(0, () => told++)
    clock.after(1, () => {})
    clock.after(Infinity, () => {})
    expect(told).toBe(1)
  })

  it('lets time pass for a loop that looks at it without end, and for nobody else', () => {
    const { clock } = clockAt(0)
    const inside = clock.seenFromInside()
    for (let i = 0; i < 5_000; i++) inside.now()
    clock.endTurn()
    for (let i = 0; i < 10_000; i++) inside.now()
    expect(clock.now()).toBe(0)
    while (inside.now() < 50) {}
    expect(clock.now()).toBe(50)
  })
})
