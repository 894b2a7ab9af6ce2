/** The equalities of the canvas: of values, and of success or failure, whatever the canvases in them are. */
import { fromJSON } from 'celeriac'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyEagerPlan, anyInput, anyPlan } from './arbitraries.js'
import { buildFromSource, runInOrder } from './in-order.js'
import { expectedOf, kit, Lab, NO_INPUT } from './lab.js'
import { type Built, type Plan, programOf, type Shape } from './plan.js'
import { tasks } from './tasks.js'

const RUNS = 250
const plan = (shape: Shape): Plan => ({ shape })
const chain = (...steps: readonly Plan[]): Plan => plan({ kind: 'chain', steps, piped: false })
const piped = (...steps: readonly Plan[]): Plan => plan({ kind: 'chain', steps, piped: true })
const group = (...members: readonly Plan[]): Plan => plan({ kind: 'group', members, lazy: false })
const plans = fc.array(anyPlan, { maxLength: 3 })
const items = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 7 })

describe('whatever the parts are,', () => {
  let lab: Lab
  beforeAll(() => {
    lab = new Lab({ executor: 'inline' })
  })
  afterAll(() => lab.close())

  const outcomeOf = async (one: Plan, input = NO_INPUT): Promise<string> =>
    (await lab.run(lab.build(one), input)).outcome

  it('a chord is a group and then its body', () =>
    fc.assert(
      fc.asyncProperty(plans, anyPlan, anyInput, async (header, body, input) => {
        const expected = await outcomeOf(plan({ kind: 'chord', header, body }), input)
        expect(await outcomeOf(chain(group(...header), body), input)).toBe(expected)
      }),
      { numRuns: RUNS },
    ))

  it('a chain of chains is one chain, however it is nested, empty ones included', () =>
    fc.assert(
      fc.asyncProperty(plans, plans, plans, anyInput, async (a, b, c, input) => {
        const expected = await outcomeOf(chain(...a, ...b, ...c), input)
        expect(await outcomeOf(chain(chain(...a, ...b), ...c), input)).toBe(expected)
        expect(await outcomeOf(chain(...a, chain(...b, ...c)), input)).toBe(expected)
        expect(await outcomeOf(chain(chain(...a), chain(...b), chain(...c)), input)).toBe(expected)
        expect(await outcomeOf(piped(...a, chain(...b), ...c), input)).toBe(expected)
      }),
      { numRuns: RUNS },
    ))

  it('the value of a group of one is the list of its value', () =>
    fc.assert(
      fc.asyncProperty(anyPlan, anyInput, async (member, input) => {
        const alone = await outcomeOf(member, input)
        const expected = alone.replace(/^gives (.*)$/s, 'gives [$1]')
        expect(await outcomeOf(group(member), input)).toBe(expected)
      }),
      { numRuns: RUNS },
    ))

  it('partials put arguments where applied ones go', () =>
    fc.assert(
      fc.asyncProperty(anyPlan, fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }), async (one, args) => {
        fc.pre(!beginsEmpty(one))
        const canvas = lab.build(one) as unknown as { partial(...args: readonly number[]): never }
        expect(await lab.run(canvas.partial(...args))).toEqual(await lab.run(canvas as never, { args }))
      }),
      { numRuns: RUNS },
    ))

  it('chunks are a group of starmaps over slices', () =>
    fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 8 }), async (all, size) => {
        const pack = kit.tasks.pack.s('#0')
        const slices = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
          all.slice(i * size, (i + 1) * size),
        )
        const behind = (canvas: ReturnType<typeof kit.chain>) =>
          kit.chain(kit.tasks.count.s('#1'), canvas, kit.tasks.pack.s('#2'))
        const expected = await lab.run(behind(kit.group(slices.map((slice) => pack.starmap(slice)))))
        expect(await lab.run(behind(kit.chunks(pack, all, size)))).toEqual(expected)
      }),
      { numRuns: RUNS },
    ))

  // Members that are pulled are an array when they come back, and then a ChordError knows the name of its body.
  it('what comes back from JSON does the same', () =>
    fc.assert(
      fc.asyncProperty(anyEagerPlan, anyInput, async (one, input) => {
        // What JSON has no word for.
        fc.pre(!/undefined|Infinity/.test(programOf(one)))
        const canvas = lab.build(one)
        const back = fromJSON(JSON.stringify(canvas), { tasks }) as unknown as Built
        expect(await lab.run(back, input)).toEqual(await lab.run(canvas, input))
      }),
      { numRuns: RUNS },
    ))

  it('each is a group of immutable calls', () =>
    fc.assert(
      fc.asyncProperty(items, anyInput, async (all, input) => {
        const { picky } = kit.tasks
        const expected = await lab.run(kit.group(all.map((args) => picky.si(...args))), input)
        expect(await lab.run(picky.each(all), input)).toEqual(expected)
      }),
      { numRuns: RUNS },
    ))
})

describe('the reference says what happens', () => {
  it('in any order of completion, on any number of slots', () => {
    fc.assert(
      fc.property(anyEagerPlan, anyInput, fc.nat(), fc.integer({ min: 1, max: 5 }), (one, input, seed, slots) => {
        const canvas = buildFromSource(one)
        expect(runInOrder(canvas, input, slots, seed), programOf(one)).toEqual(expectedOf(canvas, input))
      }),
      { numRuns: 2_000 },
    )
  })
})

/** Whether what is put in front would meet an empty chain, which cannot hold it. */
function beginsEmpty({ shape }: Plan): boolean {
  switch (shape.kind) {
    case 'chain':
      return shape.steps[0] === undefined || beginsEmpty(shape.steps[0])
    case 'group':
      return shape.members.some(beginsEmpty)
    case 'chord':
      return [shape.header].flat().some(beginsEmpty)
    default:
      return false
  }
}
