/** The search itself: small canvases come through whatever the order of events, and a broken scheduler does not. `npm run explore` goes on. */
import { describe, expect, it } from 'vitest'
import { explore } from './explore.js'
import { MUTANTS } from './mutants.js'
import { loadPatched } from './patched-copy.js'
import { canvasesOf } from './small-canvases.js'

const both = [false, true]

describe('canvases of up to two calls, with two faults,', () => {
  it.each([1, 2])('of %i come through every order of events', (calls) => {
    for (const canvas of canvasesOf(calls))
      for (const batching of both) expect(explore(canvas, { faults: 2, batching }).isWhole).toBe(true)
  })
})

describe('the search', () => {
  it.each(['counts a join one short', 'forgets a call when its thread dies'])(
    'notices a scheduler that %s',
    async (name) => {
      const machine = await loadPatched([MUTANTS[name] as (typeof MUTANTS)[string]])
      const search = (): void => {
        for (const canvas of [...canvasesOf(2), ...canvasesOf(3)])
          for (const batching of both) explore(canvas, { faults: 1, batching, mostStates: 200 }, machine)
      }
      expect(search).toThrow()
    },
  )

  it('takes canvases of one member for themselves only', () => {
    expect([1, 2, 3, 4].map((calls) => canvasesOf(calls).length)).toEqual([2, 3, 8, 29])
  })
})
