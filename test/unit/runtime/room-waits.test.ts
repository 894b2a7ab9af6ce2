/** Who waits for room, and when it is looked whether there is. */
import { describe, expect, it } from 'vitest'
import { RoomWaits } from '../../../src/runtime/room-waits.js'

function setUp(isTimed = false) {
  const turns: (() => void)[] = []
  const told: string[] = []
  let changes = 0
  const clock = {
    now: () => 0,
    after(_: number, callback: () => void) {
      turns.push(callback)
      return () => {}
    },
  }
  const room = new RoomWaits(clock, isTimed ? () => void changes++ : undefined)
  const wait = (name: string, fits: () => boolean) => room.until(fits).then(() => told.push(name))
  return { room, told, turns, wait, changes: () => changes }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('who waits for room', () => {
  it('does not wait where there is room', async () => {
    const { room, told, wait } = setUp()
    await wait('a', () => true)
    expect(told).toEqual(['a'])
    expect(room.isAwaited).toBe(false)
  })

  it('is told when there is room for what it needs, and only then', async () => {
    const { room, told, turns, wait } = setUp()
    let free = 0
    for (const needed of [2, 1, 3]) void wait(`needs ${needed}`, () => free >= needed)
    room.look()
    await settled()
    expect(told).toEqual([])
    free = 2
    room.look()
    await settled()
    expect(told).toEqual(['needs 2', 'needs 1'])
    expect([room.isAwaited, turns.length]).toEqual([true, 0])
  })

  it('is let go when there will be no more', async () => {
    const { room, told, wait } = setUp()
    void wait('a', () => false)
    room.letGo()
    await settled()
    expect(told).toEqual(['a'])
  })

  it('is not forgotten where time alone makes room, and it is told while that is looked for', async () => {
    const { room, told, turns, wait, changes } = setUp(true)
    let isOpen = false
    void wait('a', () => isOpen)
    turns.shift()?.()
    expect([turns.length, room.isLooking, changes()]).toEqual([1, true, 3])
    isOpen = true
    turns.shift()?.()
    await settled()
    expect(told).toEqual(['a'])
    expect([turns.length, room.isLooking, changes()]).toEqual([0, false, 4])
  })
})
