/** The search itself: small canvases come through whatever the order of events, and a broken scheduler does not. `npm run explore` goes on. */
import { describe, expect, it } from 'vitest'
import { explore, WORLDS } from './explore.js'
import { MUTANTS, SEARCHED_MUTANTS } from './mutants.js'
import { loadPatched } from './patched-copy.js'
import { canvasesOf } from './small-canvases.js'

describe('canvases of up to two calls, with two faults,', () => {
  it.each([1, 2])('of %i come through every order of events', (calls) => {
    for (const canvas of canvasesOf(calls))
      for (const world of WORLDS) expect(explore(canvas, { faults: 2, world }).isWhole).toBe(true)
  })
})

describe('the search', () => {
  it.each([
    'counts a join one short',
    'forgets a call when its thread dies',
    'takes a step for done whose kept value has died',
    ...Object.keys(SEARCHED_MUTANTS),
  ])('notices a scheduler that %s', async (name) => {
    const machine = await loadPatched([{ ...MUTANTS, ...SEARCHED_MUTANTS }[name] as (typeof MUTANTS)[string]])
    const search = (): void => {
      for (const canvas of [...canvasesOf(2), ...canvasesOf(3)])
        for (const world of WORLDS) explore(canvas, { faults: 1, world, mostStates: 200 }, machine)
    }
    expect(search).toThrow()
  })

  it('takes canvases of one member for themselves only', () => {
    expect([1, 2, 3, 4].map((calls) => canvasesOf(calls).length)).toEqual([2, 3, 8, 29])
  })
})
