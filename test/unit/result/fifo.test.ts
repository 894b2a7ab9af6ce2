/** First in, first out, however much goes through. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fifo } from '../../../src/result/fifo.js'

describe('a fifo', () => {
  it('does what an array with shift() does', () => {
    const moves = fc.array(fc.tuple(fc.nat({ max: 1_500 }), fc.nat({ max: 1_500 })), { maxLength: 8 })
    fc.assert(
      fc.property(moves, (rounds) => {
        const fifo = new Fifo<number>()
        const model: number[] = []
        let count = 0
        for (const [pushes, takes] of rounds) {
          for (let i = 0; i < pushes; i++, count++) {
            fifo.push(count)
            model.push(count)
          }
          for (let i = 0; i < takes; i++) expect(fifo.take()).toBe(model.shift())
          expect([fifo.size, fifo.peek()]).toEqual([model.length, model[0]])
        }
      }),
      { numRuns: 50 },
    )
  })
})
