/** How the place of something in the JSON is written. */
import { describe, expect, it } from 'vitest'
import { type Place, pathOf, under } from '../../../src/canvas/json-path.js'

const placeOf = (steps: readonly (string | number)[]): Place | undefined =>
  steps.reduce<Place | undefined>((above, step) => under(above, step), undefined)
const shown = (...steps: readonly (string | number)[]): string => pathOf(placeOf(steps))

describe('a path', () => {
  it('is empty for the whole', () => {
    expect(pathOf(undefined)).toBe('')
  })

  it.each<[string, readonly (string | number)[], string]>([
    ['keys with dots and indices in brackets', ['kwargs', 'tasks', 2, 'options'], 'kwargs.tasks[2].options'],
    ['an index before a key', [0, 'a'], '[0].a'],
    ['names of all that may stand in one', ['$a', '_b', 'ñ9', 'c$'], '$a._b.ñ9.c$'],
    ['what is no name in quotes', ['9a', 'a-b', '', 'it is', '"'], '["9a"]["a-b"][""]["it is"]["\\""]'],
  ])('has %s', (_what, steps, text) => {
    expect(shown(...steps)).toBe(text)
  })

  it('shows a name of 40 letters, and of a longer one the first 40', () => {
    const name = 'n'.repeat(40)
    expect(shown(name)).toBe(name)
    expect(shown(`${name}n`)).toBe(`["${name}…"]`)
  })

  it('shows 48 steps, and of more the first and the last 24', () => {
    const steps = Array.from({ length: 50 }, (_, i) => i)
    const brackets = (list: readonly number[]): string => list.map((i) => `[${i}]`).join('')
    expect(shown(...steps.slice(0, 48))).toBe(brackets(steps.slice(0, 48)))
    expect(shown(...steps)).toBe(`${brackets(steps.slice(0, 24))}…${brackets(steps.slice(26))}`)
  })
})
