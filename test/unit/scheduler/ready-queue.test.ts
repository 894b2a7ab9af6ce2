/** The ready queue beside a plain array: whatever is done to both, both say the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadyQueue } from '../../../src/scheduler/ready-queue.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'

const workflow = (number: number): Workflow => ({ number }) as Workflow
const textOf = ({ workflow: { number }, node }: { workflow: { number: number }; node: number }): string =>
  `${number}:${node}`

type Model = string[]
type Step = fc.Command<Model, ReadyQueue>

const push = (number: number, from: number, width: number): Step => ({
  check: () => true,
  run(model, queue) {
    for (let node = from; node < from + width; node++) model.push(`${number}:${node}`)
    queue.push(workflow(number), from, from + width)
    sameAs(queue, model)
  },
  toString: () => `push(${number}, ${from}, ${from + width})`,
})

const take = (): Step => ({
  check: () => true,
  run(model, queue) {
    const taken = queue.take()
    expect(taken && textOf(taken)).toBe(model.shift())
    sameAs(queue, model)
  },
  toString: () => 'take()',
})

const clear = (): Step => ({
  check: () => true,
  run(model, queue) {
    model.length = 0
    queue.clear()
    sameAs(queue, model)
  },
  toString: () => 'clear()',
})

function sameAs(queue: ReadyQueue, model: Model): void {
  expect(queue.size).toBe(model.length)
  expect([...queue].map(textOf)).toEqual(model)
}

describe('the ready queue', () => {
  it('does what an array does', () => {
    const steps = [
      fc.tuple(fc.nat(9), fc.nat(99), fc.nat(5)).map((args) => push(...args)),
      fc.constant(take()),
      fc.constant(take()),
      fc.integer({ min: 0, max: 60 }).map((drawn) => (drawn === 60 ? clear() : take())),
    ]
    fc.assert(
      fc.property(fc.commands(steps, { size: 'large' }), (commands) => {
        fc.modelRun(() => ({ model: [], real: new ReadyQueue() }), commands)
      }),
    )
  })

  it('gives calls in the order in which they came, however many', () => {
    const queue = new ReadyQueue()
    for (let i = 0; i < 1_000; i++) queue.push(workflow(i), 0, 2)
    for (let i = 0; i < 2_000; i++) expect(textOf(queue.take()!)).toBe(`${Math.floor(i / 2)}:${i % 2}`)
    expect(queue.take()).toBeUndefined()
    expect(queue.size).toBe(0)
  })
})
