/** Cells in shared memory: how far a batch has come, and taking back the rest. */
import { describe, expect, it } from 'vitest'
import { Cursors } from '../../../src/executors/cursors.js'
import { CURSORS } from '../../../src/worker/protocol.js'

describe('a cursor', () => {
  it('starts at nothing begun', () => {
    const cursors = new Cursors()
    expect(cursors.begun(cursors.claim())).toBe(0)
  })

  it('counts what was begun until it was taken, and nothing afterwards', () => {
    const cursors = new Cursors()
    const cell = cursors.claim()
    Atomics.add(cursors.cells, cell, 3)
    expect(cursors.take(cell)).toBe(3)
    expect([cursors.begun(cell), cursors.take(cell)]).toEqual([Infinity, Infinity])
  })

  it('is given out again, at zero', () => {
    const cursors = new Cursors()
    const cell = cursors.claim()
    Atomics.add(cursors.cells, cell, 3)
    cursors.release(cell)
    expect(cursors.claim()).toBe(cell)
    expect(cursors.begun(cell)).toBe(0)
  })

  it('is shared when there are no more, and then nothing is ever taken back', () => {
    const cursors = new Cursors()
    const cells = Array.from({ length: CURSORS + 1 }, () => cursors.claim())
    expect(cells.at(-1)).toBe(cells.at(-2))
    expect(cursors.take(cells.at(-1) as number)).toBe(Infinity)
  })
})
