/** The ready queue beside a plain array for each priority: whatever is done to both, both say the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadyQueue } from '../../../src/scheduler/ready-queue.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'

/** Workflows whose nodes are ready, but for those that have been revoked meanwhile. */
const revoked = new Set<string>()
const workflows = new Map<number, Workflow>()
function workflow(number: number): Workflow {
  const known = workflows.get(number)
  if (known !== undefined) return known
  const made = { number, isReady: (node: number) => !revoked.has(`${number}:${node}`) } as Workflow
  workflows.set(number, made)
  return made
}
const textOf = ({ workflow: { number }, node }: { workflow: { number: number }; node: number }): string =>
  `${number}:${node}`

type Model = { readonly lanes: string[][] }
type Step = fc.Command<Model, ReadyQueue>

const waiting = ({ lanes }: Model): string[] => lanes.toReversed().flatMap((lane) => lane.filter(isReady))
const isReady = (text: string): boolean => !revoked.has(text)

/** A node is ready once only: each push is of nodes that were never pushed before. */
let fresh = 0

const push = (number: number, width: number, priority: number): Step => ({
  check: () => true,
  run(model, queue) {
    for (let i = 0; i < width; i++) {
      const node = fresh++
      model.lanes[priority]!.push(`${number}:${node}`)
      queue.push(workflow(number), node, priority, 0)
    }
    sameAs(queue, model)
  },
  toString: () => `push(${number}, ${width}, ${priority})`,
})

const take = (): Step => ({
  check: () => true,
  run(model, queue) {
    const taken = queue.take()
    const [first] = waiting(model)
    expect(taken && textOf(taken)).toBe(first)
    for (const lane of model.lanes) if (first !== undefined && lane.includes(first)) lane.splice(lane.indexOf(first), 1)
    sameAs(queue, model)
  },
  toString: () => 'take()',
})

const revoke = (index: number): Step => ({
  check: (model) => waiting(model as Model).length > 0,
  run(model, queue) {
    const all = waiting(model)
    revoked.add(all[index % all.length]!)
    sameAs(queue, model)
  },
  toString: () => `revoke(${index})`,
})

const clear = (): Step => ({
  check: () => true,
  run(model, queue) {
    for (const lane of model.lanes) lane.length = 0
    queue.clear()
    sameAs(queue, model)
  },
  toString: () => 'clear()',
})

function sameAs(queue: ReadyQueue, model: Model): void {
  const expected = waiting(model)
  expect([...queue].map(textOf)).toEqual(expected)
  const top = model.lanes.findLastIndex((lane) => lane.some(isReady))
  expect(queue.top()).toBe(top)
}

describe('the ready queue', () => {
  it('does what an array for each priority does', () => {
    const steps = [
      fc.tuple(fc.nat(9), fc.nat(5), fc.nat(9)).map((args) => push(...args)),
      fc.constant(take()),
      fc.nat(99).map(revoke),
      fc.integer({ min: 0, max: 60 }).map((drawn) => (drawn === 60 ? clear() : take())),
    ]
    fc.assert(
      fc.property(fc.commands(steps, { size: 'large' }), (commands) => {
        fresh = 0
        revoked.clear()
        const lanes = Array.from({ length: 10 }, (): string[] => [])
        fc.modelRun(() => ({ model: { lanes }, real: new ReadyQueue() }), commands)
      }),
    )
  })

  it('gives calls in the order in which they came, however many', () => {
    revoked.clear()
    const queue = new ReadyQueue()
    for (let i = 0; i < 1_000; i++) for (const node of [0, 1]) queue.push(workflow(i), node, 0, 0)
    for (let i = 0; i < 2_000; i++) expect(textOf(queue.take()!)).toBe(`${Math.floor(i / 2)}:${i % 2}`)
    expect(queue.take()).toBeUndefined()
    expect(queue.top()).toBe(-1)
  })

  it('gives calls of a higher priority first', () => {
    revoked.clear()
    const queue = new ReadyQueue()
    for (const [node, priority] of [0, 9, 5, 9].entries()) queue.push(workflow(0), node, priority, 0)
    expect([...queue].map(({ node }) => node)).toEqual([1, 3, 2, 0])
    expect(queue.take()?.node).toBe(1)
  })
})
