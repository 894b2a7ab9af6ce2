/** Random canvases, as plans: every kind, nested, with failing tasks, callbacks and errbacks on calls, composites, bodies and each other. */
import fc from 'fast-check'
import type { TaskName } from './behaviour.js'
import type { Hooks, Plan, Shape } from './plan.js'

const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined, true, 'text', [], [1, [2]], { key: 1 }) },
)
const values = fc.array(value, { maxLength: 2 })
const taskName = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<TaskName>('pack', 'count') },
  { weight: 2, arbitrary: fc.constantFrom<TaskName>('nothing', 'picky', 'fail') },
)
const lists = fc.array(values, { maxLength: 4 })
const seldom = fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 4)

const bareCall = { kind: fc.constant('call' as const), task: taskName, args: values, immutable: seldom }
const call = fc.oneof(
  { weight: 5, arbitrary: fc.record(bareCall) },
  { weight: 1, arbitrary: fc.record({ ...bareCall, options: fc.constantFrom({ a: 1 }, { b: 2 }) }) },
)
const bound = { task: taskName, args: values }
const map = fc.record({ kind: fc.constant('map' as const), ...bound, items: values })
const starmap = fc.record({ kind: fc.constant('starmap' as const), ...bound, items: lists })
const chunks = fc.record({
  kind: fc.constant('chunks' as const),
  ...bound,
  items: lists,
  size: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
})
const each = fc.record({ kind: fc.constant('each' as const), task: taskName, items: lists })

const showing = fc.record({ ...bareCall, task: fc.constant<TaskName>('pack') })
const shape = (bare: fc.Arbitrary<Shape>): fc.Arbitrary<Plan> => fc.record({ shape: bare })

/** @param lazy - Whether a group takes its members from an iterable that is no array, and so is pulled. */
const planWith = (lazy: fc.Arbitrary<boolean>): fc.Arbitrary<Plan> =>
  fc.letrec<{ plan: Plan; shape: Shape; hooks: Hooks }>((tie) => {
    // None and one are special, but most are several.
    const some = (maxLength: number): fc.Arbitrary<Plan[]> =>
      fc.oneof(
        { weight: 4, arbitrary: fc.array(tie('plan'), { minLength: 2, maxLength }) },
        { weight: 1, arbitrary: fc.array(tie('plan'), { maxLength: 1 }) },
      )
    const members = some(4)
    // Mostly one that shows what it was given.
    const hooked = fc.array(fc.oneof({ weight: 2, arbitrary: shape(showing) }, { weight: 1, arbitrary: tie('plan') }), {
      maxLength: 2,
    })
    const group = fc.record({ kind: fc.constant('group' as const), members, lazy })
    const withHooks = <S extends Shape>(shape: fc.Arbitrary<S>): fc.Arbitrary<Plan> =>
      fc.record({ shape, hooks: tie('hooks') }, { requiredKeys: ['shape'] })
    return {
      plan: fc.oneof(
        { weight: 3, arbitrary: shape(tie('shape')) },
        { weight: 1, arbitrary: fc.record({ shape: tie('shape'), hooks: tie('hooks') }) },
      ),
      hooks: fc.record({
        links: hooked,
        errbacks: hooked,
        twice: seldom,
      }),
      shape: fc.oneof(
        { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
        { weight: 4, arbitrary: call },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('chain' as const), steps: some(3), piped: seldom }) },
        { weight: 3, arbitrary: group },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant('chord' as const),
            header: fc.oneof(
              { weight: 3, arbitrary: members },
              { weight: 1, arbitrary: withHooks(fc.oneof(group, chunks, each)) },
            ),
            body: tie('plan'),
          }),
        },
        { weight: 1, arbitrary: fc.oneof(map, starmap, chunks, each) },
      ),
    }
  }).plan

/** Any canvas. */
export const anyPlan: fc.Arbitrary<Plan> = planWith(seldom)
/** One of which all is known when it is applied. */
export const anyEagerPlan: fc.Arbitrary<Plan> = planWith(fc.constant(false))
/** Arguments, and perhaps an options object, given when a canvas is applied. */
export const anyInput = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ args: [] as unknown[] }) },
  {
    weight: 1,
    arbitrary: fc.record({ args: values, kwargs: fc.constantFrom({ c: 3 }, { a: 9 }) }, { requiredKeys: ['args'] }),
  },
)
