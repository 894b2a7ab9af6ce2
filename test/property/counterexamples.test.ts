/** Canvases that were once run otherwise than the laws say, each made small. They were found by the other tests of this folder. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Input } from './evaluate.js'
import { expectedOf, kit, Lab } from './lab.js'
import type { Built } from './plan.js'

const { chain, chord, group } = kit
const { pack, fail, count } = kit.tasks

interface Counterexample {
  readonly canvas: () => Built
  readonly input?: Input
  readonly outcome: string
  /** A call that must be among those that ran. */
  readonly ran: string
}

const found: Readonly<Record<string, Counterexample>> = {
  'an empty chain as first step hands on nothing, not undefined': {
    canvas: () => chain(chain(), pack.s('#0')),
    outcome: 'gives ["#0"]',
    ran: 'pack("#0")',
  },
  'an empty chain as first step of a header member hands on nothing, either': {
    canvas: () => chord([chain(chain(), count.s('#0'))], pack.s('#1')),
    outcome: 'gives [[1], "#1"]',
    ran: 'count("#0")',
  },
  'an empty chain as first step hands on all that was applied': {
    canvas: () => chain(chain(chain(), chain()), pack.s('#0')),
    input: { args: [1, 2], kwargs: { a: 3 } },
    outcome: 'gives [1, 2, "#0", { a: 3 }]',
    ran: 'pack(1, 2, "#0", { a: 3 })',
  },
  'the ChordError of a body without a task does not name the task behind the chord': {
    canvas: () => chain(chord([fail.s('#0')], chain()).linkError(pack.s('#1')), count.s('#2')),
    outcome: 'fails with RangeError("fail #0")',
    ran: 'pack(failure of nothing, attempt 0: ChordError(RangeError("fail #0")), "#1")',
  },
  'nor the member beside it': {
    canvas: () => group([chord([fail.s('#0')], group([])).linkError(pack.s('#1')), count.s('#2')]),
    outcome: 'fails with RangeError("fail #0")',
    ran: 'pack(failure of nothing, attempt 0: ChordError(RangeError("fail #0")), "#1")',
  },
}

describe('counterexamples', () => {
  let lab: Lab
  beforeAll(() => {
    lab = new Lab({ executor: 'inline' })
  })
  afterAll(() => lab.close())

  it.each(Object.entries(found))('%s', async (_sentence, { canvas, input = { args: [] }, outcome, ran }) => {
    const built = canvas()
    const told = await lab.run(built, input)
    expect(told).toEqual(expectedOf(built, input))
    expect(told.outcome).toBe(outcome)
    expect(told.calls).toContain(ran)
  })
})
