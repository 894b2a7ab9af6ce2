import { describe, expect, it } from 'vitest'
import { Waiting } from '../../../src/runtime/waiting.js'

const owner = { name: 'one' }
const other = { name: 'another' }

function listening() {
  const told: string[] = []
  return { told, as: (name: string) => () => void told.push(name) }
}

describe('those who wait', () => {
  it('are told of their node of their workflow, once, in the order in which they came', () => {
    const waiting = new Waiting<object>()
    const { told, as } = listening()
    waiting.add(owner, 1, as('a'))
    waiting.add(owner, 2, as('b'))
    waiting.addForGood(owner, 1, as('c'))
    waiting.add(other, 1, as('d'))
    waiting.tell(owner, 1)
    waiting.tell(owner, 1)
    expect(told).toEqual(['a', 'c'])
    waiting.tell(other, 1)
    waiting.tell(owner, 2)
    expect(told).toEqual(['a', 'c', 'd', 'b'])
  })

  it('are not told when another node ends', () => {
    const waiting = new Waiting<object>()
    const { told, as } = listening()
    waiting.add(owner, 1, as('a'))
    waiting.tell(owner, 0)
    expect(told).toEqual([])
    expect(waiting.size).toBe(1)
  })

  it('are forgotten when they are told, and when they wait no longer', () => {
    const waiting = new Waiting<object>()
    const { told, as } = listening()
    const stops = [1, 1, 2].map((node) => waiting.add(owner, node, as('a')))
    waiting.add(other, 1, as('b'))()
    expect(waiting.size).toBe(1)
    for (const stop of stops) stop()
    for (const stop of stops) stop()
    expect(waiting.size).toBe(0)
    waiting.addForGood(owner, 1, as('c'))
    waiting.tell(owner, 1)
    expect(waiting.size).toBe(0)
    expect(told).toEqual(['c'])
  })

  it('can stop each other from being told in that very moment', () => {
    const waiting = new Waiting<object>()
    const { told, as } = listening()
    waiting.add(owner, 1, () => stop())
    const stop = waiting.add(owner, 1, as('a'))
    waiting.tell(owner, 1)
    expect(told).toEqual([])
  })

  it('may come back when they are told', () => {
    const waiting = new Waiting<object>()
    const { told, as } = listening()
    waiting.add(owner, 1, () => waiting.addForGood(owner, 2, as('again')))
    waiting.tell(owner, 1)
    waiting.tell(owner, 2)
    expect(told).toEqual(['again'])
  })
})
