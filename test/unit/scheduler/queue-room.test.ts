/** How many calls may wait: who is let in, and who has been promised room. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { group } = loose
const { a, b } = tasks

describe('a full queue', () => {
  it('counts members of lazy groups from when they are asked for', () => {
    const fleet = new Fleet(1, { maxQueue: 2 })
    const another = compile(b.s())
    expect(fleet.scheduler.hasRoomFor(another, 0)).toBe(true)
    fleet.submit(group(new Set([a.s(), a.s(), a.s()]) as never))
    expect(fleet.left).toEqual([])
    expect(fleet.scheduler.hasRoomFor(compile(group(b.s(), b.s())), 0)).toBe(false)
    expect(fleet.scheduler.hasRoomFor(another, 0)).toBe(true)
  })
})
