/** How calls are planned that are asked for one after the other: what is the same for many is made once, and is nobody else's. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { type CallPlan, Policies } from '../../../src/scheduler/policies.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { type Loose, loose } from './by-hand.js'

const { group } = loose
type Tasks<Names extends string> = Readonly<Record<Names, { s(): Loose }>>
const { plain, patient, single, paced, told, lonely } = defineTasks('file:///plans.js', {
  plain: () => 1,
  patient: task({ priority: 3 }, () => 1),
  single: task({ concurrency: 1 }, () => 1),
  paced: task({ rateLimit: 5 }, () => 1),
  told: task({ trackStarted: true }, () => 1),
  lonely: task({ batch: false }, () => 1),
}) as unknown as Tasks<'plain' | 'patient' | 'single' | 'paced' | 'told' | 'lonely'>

/** The plans of all calls of some canvases, in their order. */
function plansOf(policies: Policies, ...canvases: readonly Loose[]): CallPlan[] {
  return canvases.flatMap((canvas) => {
    const graph = compile(canvas)
    const nodes = Array.from({ length: graph.size }, (_, node) => node).filter((node) => graph.calls[node])
    return nodes.map((node) => policies.ofNode(graph, node))
  })
}
const prioritiesOf = (...canvases: readonly Loose[]) =>
  plansOf(new Policies({}, true), ...canvases).map(({ priority }) => priority)

describe('calls that are asked for one after the other have each their own plan', () => {
  it('where they are of tasks of one name in two modules', () => {
    const [one, two] = [1, 2].map(
      (priority) =>
        defineTasks(`file:///plans-${priority}.js`, { same: task({ priority }, () => 1) }) as unknown as Tasks<'same'>,
    ) as [Tasks<'same'>, Tasks<'same'>]
    expect(prioritiesOf(one.same.s(), two.same.s(), one.same.s())).toEqual([1, 2, 1])
  })

  it('where they are of two tasks, and all else is the same', () => {
    expect(prioritiesOf(group(plain.s(), patient.s()).set({ maxRetries: 2 }))).toEqual([0, 3])
  })

  it('where they say something else themselves', () => {
    expect(prioritiesOf(group(plain.s().set({ priority: 4 }), plain.s().set({ priority: 5 }), plain.s()))).toEqual([
      4, 5, 0,
    ])
  })

  it('where the canvas around them says something else', () => {
    const around = (priority: number) => group(plain.s()).set({ priority })
    expect(prioritiesOf(around(4), around(5))).toEqual([4, 5])
  })

  it('and the same one where they do not differ', () => {
    const own = plain.s().set({ priority: 4 })
    const [first, second] = plansOf(new Policies({}, true), group(own, own))
    expect(second).toBe(first)
  })
})

describe('a call leaves alone', () => {
  const isAlone = (canvas: Loose, batching = true, defaults = {}) =>
    plansOf(new Policies(defaults, batching), canvas)[0]?.isAlone

  it('if nothing does otherwise', () => {
    expect([isAlone(plain.s()), isAlone(plain.s(), false)]).toEqual([false, true])
  })

  it.each<readonly [string, Loose]>([
    ['has a limit of how many run', single.s()],
    ['has a limit of how often it starts', paced.s()],
    ['is told of when it starts', told.s()],
    ['has a limit of its time', plain.s().set({ timeLimit: 50 })],
    ['is not to be batched', lonely.s()],
  ])('if it %s', (_what, canvas) => {
    expect(isAlone(canvas)).toBe(true)
  })

  it('if it is sent with something that is moved, planned as the others in all else', () => {
    const policies = new Policies({}, true)
    const graph = compile(plain.s())
    const plan = policies.ofNode(graph, 0)
    const moving = policies.ofNode({ ...graph, movesValues: true }, 0)
    expect(moving).toEqual({ ...plan, isAlone: true })
    expect(policies.ofNode({ ...graph, movesValues: true }, 0)).toBe(moving)
    expect(plan.isAlone).toBe(false)
  })
})
