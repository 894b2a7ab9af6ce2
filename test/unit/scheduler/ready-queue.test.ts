/** The ready queue beside a plain array for each priority: whatever is done to both, both say the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Gate } from '../../../src/scheduler/gate.js'
import type { CallPlan } from '../../../src/scheduler/policies.js'
import { type ReadyCall, ReadyQueue } from '../../../src/scheduler/ready-queue.js'
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

/** Calls of one priority are planned alike. */
const plans = Array.from({ length: 10 }, (_, priority) => ({ priority, gate: undefined }) as CallPlan)
const pushOne = (queue: ReadyQueue, number: number, node: number, priority: number): void =>
  queue.push({ workflow: workflow(number), from: node, to: node + 1, plan: plans[priority]!, attempt: 1, since: 0 })

/** Takes the call that is next. */
function takeOne(queue: ReadyQueue): Pick<ReadyCall, 'workflow' | 'node'> | undefined {
  const next = queue.next(0)
  if (next === undefined) return undefined
  const { workflow, from } = queue.take(next, 1)
  return { workflow, node: from }
}

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
      pushOne(queue, number, node, priority)
    }
    sameAs(queue, model)
  },
  toString: () => `push(${number}, ${width}, ${priority})`,
})

const take = (): Step => ({
  check: () => true,
  run(model, queue) {
    const taken = takeOne(queue)
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
  expect(queue.next(0)?.plan.priority ?? -1).toBe(top)
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
    for (let i = 0; i < 1_000; i++) for (const node of [0, 1]) pushOne(queue, i, node, 0)
    for (let i = 0; i < 2_000; i++) expect(textOf(takeOne(queue)!)).toBe(`${Math.floor(i / 2)}:${i % 2}`)
    expect(queue.next(0)).toBeUndefined()
  })

  it('gives calls in the order in which they came, also if some wait in a line of their own', () => {
    revoked.clear()
    const queue = new ReadyQueue()
    const gated = { priority: 0, gate: new Gate(Infinity, Infinity) } as CallPlan
    const pushGated = (node: number) =>
      queue.push({ workflow: workflow(0), from: node, to: node + 1, plan: gated, attempt: 1, since: 0 })
    pushGated(0)
    pushOne(queue, 1, 0, 0)
    pushGated(1)
    expect([1, 2, 3].map(() => textOf(takeOne(queue)!))).toEqual(['0:0', '1:0', '0:1'])
  })

  it('knows when a call may start that a rate holds back, and nothing of one that has left', () => {
    revoked.clear()
    const queue = new ReadyQueue()
    const pushGated = (node: number, rate: number): Gate => {
      const gate = new Gate(rate, Infinity)
      gate.enter(0)
      const plan = { priority: 0, gate } as CallPlan
      queue.push({ workflow: workflow(0), from: node, to: node + 1, plan, attempt: 1, since: 0 })
      return gate
    }
    expect(queue.opensAt()).toBeUndefined()
    pushGated(0, 10)
    pushGated(1, 5)
    expect([queue.next(99), queue.opensAt(), queue.canLeave]).toEqual([undefined, 100, false])
    queue.take(queue.next(100)!, 1)
    expect(queue.opensAt()).toBe(200)
    expect(queue.next(199)).toBeUndefined()
  })

  it('gives calls of a higher priority first', () => {
    revoked.clear()
    const queue = new ReadyQueue()
    for (const [node, priority] of [0, 9, 5, 9].entries()) pushOne(queue, 0, node, priority)
    expect([...queue].map(({ node }) => node)).toEqual([1, 3, 2, 0])
    expect(takeOne(queue)?.node).toBe(1)
  })
})
