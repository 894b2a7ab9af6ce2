/** How many members of a lazy group are asked for: few at first, more while they end fast, and none before there is room. */
import { beforeEach, describe, expect, it } from 'vitest'
import { IntakeWindow } from '../../../src/scheduler/intake-window.js'

describe('an intake window', () => {
  let window: IntakeWindow
  let now = 0
  beforeEach(() => {
    window = new IntakeWindow(2)
    now = 0
  })

  /** Asks, and all come. */
  const fill = (isHungry = false, most = Infinity): number => {
    const count = window.ask(most, now, isHungry)
    window.add(count)
    window.asked = 0
    return count
  }

  it('asks for two members for each thread at first', () => {
    expect(window.hasRoom).toBe(true)
    expect(fill()).toBe(4)
    expect(window.hasRoom).toBe(false)
  })

  it('has no room while it waits for what it has asked for', () => {
    window.ask(Infinity, now, false)
    expect(window.hasRoom).toBe(false)
  })

  it('has room again when half of them have ended', () => {
    fill()
    window.outstanding = 3
    expect(window.hasRoom).toBe(false)
    window.outstanding = 2
    expect(window.hasRoom).toBe(true)
  })

  it('asks for more when they ended fast, and for less when they were slow', () => {
    fill()
    window.outstanding = 2
    now = 1
    expect(fill()).toBe(14) // 16 may be under way
    window.outstanding = 0
    now = 100
    expect(fill()).toBe(8)
  })

  it('asks for as many as before when they were neither fast nor slow', () => {
    fill()
    for (const ms of [8, 64]) {
      window.outstanding = 2
      now += ms
      expect(fill()).toBe(2)
    }
  })

  it('asks for more when a thread has too little to do', () => {
    fill()
    window.outstanding = 2
    now = 20
    expect(fill(true)).toBe(14)
  })

  it('learns nothing from members that were not all there was room for', () => {
    fill(false, 1)
    window.outstanding = 0
    now = 1
    expect(fill(true)).toBe(4)
  })

  it('learns from as many as there was room for, and nothing if fewer came', () => {
    const asksNext = (most: number, come: number): number => {
      const fresh = new IntakeWindow(2)
      fresh.ask(most, 0, false)
      fresh.add(come)
      fresh.outstanding = 0
      return fresh.ask(Infinity, 1, false)
    }
    expect([asksNext(4, 4), asksNext(4, 3), asksNext(3, 3)]).toEqual([16, 4, 4])
  })

  it('never holds more than 8,192 beside those that may be under way, however many wait for their time', () => {
    const asked: number[] = []
    for (let i = 0; i < 20; i++) {
      window.postponed = window.outstanding
      asked.push(fill(true))
    }
    expect(window.outstanding).toBe(16_384)
    expect(asked.at(-1)).toBe(0)
  })

  it('never lets more than 8,192 be under way, and counts out those that wait for their time', () => {
    for (let i = 0; i < 20; i++) {
      window.outstanding = 0
      fill(true)
    }
    expect(window.outstanding).toBe(8_192)
    window.postponed = 8_192
    expect([window.hasRoom, fill(true), fill(true), fill(true)]).toEqual([true, 8_192, 0, 0])
  })
})
