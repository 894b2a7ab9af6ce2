/** Which calls of a canvas could start at once. */
import { describe, expect, it } from 'vitest'
import type { Canvas } from '../../../src/canvas/canvas.js'
import { compile } from '../../../src/graph/compile.js'
import { firstCallsOf } from '../../../src/graph/first-calls.js'
import { type Loose, loose, tasks } from '../scheduler/by-hand.js'

const { chain, chord, group } = loose
const { a, b, c } = tasks

const countOf = (canvas: Loose): number => [...firstCallsOf(compile(canvas as unknown as Canvas))].length

describe('the calls that come first', () => {
  it.each<readonly [string, Loose, number]>([
    ['of a call: itself', a.s(), 1],
    ['of a chain: its first step', chain(a.s(), b.s()), 1],
    ['of a group: all members', group(a.s(), b.s(), c.s()), 3],
    ['of a chord: its header', chord([a.s(), b.s()], c.s()), 2],
    ['of a group over what is still to be pulled: none', group(...([[a.s()].values()] as never[])), 0],
    ['of a chain that begins with such a group: none', chain(group(...([[a.s()].values()] as never[])), b.s()), 0],
    ['of an empty chain: none', chain(), 0],
    ['of an empty group: none', group(), 0],
    ['behind an empty chain: the next step', chain(chain(), a.s()), 1],
    ['behind an empty group: all members of the next', chain(group(), group(a.s(), b.s())), 2],
    ['behind a header of empty chains: the body', chord([chain(), chain()], c.s()), 1],
    ['behind a header of empty groups in groups: the body', chord([group(group(), chain()), chain()], c.s()), 1],
    ['of a header of which one member is empty: the others', chord([chain(), a.s(), b.s()], c.s()), 2],
  ])('are, %s', (_what, canvas, count) => {
    expect(countOf(canvas)).toBe(count)
  })
})
