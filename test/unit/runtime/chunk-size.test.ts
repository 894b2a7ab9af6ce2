/** What the size of chunks learns from calls that have ended. */
import { describe, expect, it } from 'vitest'
import { ChunkSize } from '../../../src/runtime/chunk-size.js'

describe('the size of chunks', () => {
  it('begins with one item', () => {
    expect(new ChunkSize(4, Infinity).size).toBe(1)
  })

  it('doubles with a short call, stays with a middling one, and halves with a long one', () => {
    const chunk = new ChunkSize(1, Infinity)
    chunk.ended(1, 0, 1)
    expect(chunk.size).toBe(2)
    chunk.ended(2, 1, 21)
    expect(chunk.size).toBe(2)
    chunk.ended(2, 21, 121)
    expect(chunk.size).toBe(1)
    chunk.ended(1, 121, 999)
    expect(chunk.size).toBe(1)
  })

  it('learns nothing from calls of another size', () => {
    const chunk = new ChunkSize(1, Infinity)
    chunk.ended(1, 0, 1)
    chunk.ended(1, 0, 2)
    chunk.ended(3, 0, 900)
    expect(chunk.size).toBe(2)
  })

  it('does not count how long a call waited for its slot', () => {
    const chunk = new ChunkSize(2, Infinity)
    chunk.ended(1, 0, 300) // two long ones
    chunk.ended(1, 0, 300)
    chunk.ended(1, 0, 302) // two short ones that had to wait for them
    expect(chunk.size).toBe(2)
  })

  it('has an end', () => {
    const chunk = new ChunkSize(1, Infinity)
    for (let i = 0; i < 50; i++) chunk.ended(chunk.size, i, i)
    expect(chunk.size).toBe(4_096)
    const narrow = new ChunkSize(4, 30)
    for (let i = 0; i < 50; i++) narrow.ended(narrow.size, i, i)
    expect(narrow.size).toBe(3)
    expect(new ChunkSize(8, 1).size).toBe(1)
  })
})
