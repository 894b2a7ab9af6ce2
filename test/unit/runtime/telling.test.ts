/** When those who wait are told: at once, or some hundreds in each turn. */
import { describe, expect, it } from 'vitest'
import { Telling } from '../../../src/runtime/telling.js'

function setUp() {
  const told: number[] = []
  const turns: (() => void)[] = []
  let progress = 0
  const clock = {
    now: () => 0,
    after(_: number, callback: () => void) {
      turns.push(callback)
      return () => {}
    },
  }
  const host = {
    clock,
    tell: (_: string, node: number) => void told.push(node),
    told: () => void progress++,
  }
  const telling = new Telling<string>(host)
  const tell = (from: number, to: number) => {
    for (let node = from; node < to; node++) telling.tell({ workflow: 'one', node })
  }
  return { telling, told, tell, host, turn: () => turns.shift()?.(), turns, progress: () => progress }
}

const upTo = (count: number) => Array.from({ length: count }, (_, node) => node)

describe('those who wait', () => {
  it('are told at once of an end that nothing else came with', () => {
    const { telling, told, tell } = setUp()
    tell(0, 2_000)
    expect(told).toEqual(upTo(2_000))
    expect(telling.isBehind).toBe(false)
  })

  it('are told at once, and after the work, of the few ends that it sets off', () => {
    const { telling, told, tell, turns } = setUp()
    telling.after(() => {
      tell(0, 500)
      expect(told).toEqual([])
    })
    expect(told).toEqual(upTo(500))
    expect([telling.isBehind, turns.length]).toEqual([false, 0])
  })

  it('are told turn by turn of very many ends, in their order', () => {
    const { telling, told, tell, turn, turns, progress } = setUp()
    telling.after(() => tell(0, 1_200))
    expect([telling.isBehind, told]).toEqual([true, []])
    turn()
    expect(told).toEqual(upTo(500))
    turn()
    turn()
    expect(told).toEqual(upTo(1_200))
    expect([telling.isBehind, turns.length, progress()]).toEqual([false, 0, 3])
  })

  it('are told of what comes meanwhile when its turn comes, and at once if it comes by itself', () => {
    const { telling, told, tell, turn } = setUp()
    telling.after(() => tell(0, 600))
    telling.after(() => tell(600, 610))
    tell(9_000, 9_001)
    expect(told).toEqual([9_000])
    turn()
    expect(told).toEqual([9_000, ...upTo(500)])
    turn()
    expect(told.slice(1)).toEqual(upTo(610))
    expect(telling.isBehind).toBe(false)
  })

  it('are told of all that is left when that is asked for', () => {
    const { telling, told, tell, turn } = setUp()
    telling.after(() => tell(0, 2_000))
    telling.all()
    expect(told).toEqual(upTo(2_000))
    turn()
    expect(told.length).toBe(2_000)
  })

  it('are told of what a listener has set off inside of the work', () => {
    const { telling, told, tell } = setUp()
    telling.after(() => {
      telling.after(() => tell(0, 1))
      tell(1, 2)
      expect(told).toEqual([])
    })
    expect(told).toEqual([0, 1])
  })

  it('may set off more while they are told', () => {
    const { telling, told, tell, host } = setUp()
    host.tell = (_, node) => {
      told.push(node)
      if (node < 3) telling.after(() => tell(node + 1, node + 2))
    }
    telling.after(() => tell(0, 1))
    expect(told).toEqual(upTo(4))
    expect(telling.isBehind).toBe(false)
  })
})
