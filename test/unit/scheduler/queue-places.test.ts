/** Where calls stand in the line: together with those before them or not, and again where they stood when they come back. */
import { describe, expect, it } from 'vitest'
import type { CallPlan } from '../../../src/scheduler/policies.js'
import { type Range, ReadyQueue } from '../../../src/scheduler/ready-queue.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'

const always = { isReady: () => true } as unknown as Workflow
const planned = (priority: number) => ({ priority, gate: undefined }) as CallPlan
const low = planned(0)
const calls = (from: number, to: number, other: Partial<Range> = {}) => ({
  workflow: always,
  plan: low,
  attempt: 1,
  since: 0,
  from,
  to,
  ...other,
})
const nodesOf = (queue: ReadyQueue) => [...queue].map(({ node }) => node)
const takeAll = (queue: ReadyQueue, most: number) => {
  const taken: Range[] = []
  for (let next = queue.next(0); next !== undefined; next = queue.next(0)) taken.push(queue.take(next, most))
  return taken
}

describe('calls that come right behind others', () => {
  it('wait together with them', () => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 2))
    queue.push(calls(2, 5))
    expect(takeAll(queue, 9)).toMatchObject([{ from: 0, to: 5 }])
  })

  it.each<readonly [string, Partial<Range>]>([
    ['are of another workflow', { workflow: { isReady: () => true } as unknown as Workflow }],
    ['are planned otherwise', { plan: { ...low } }],
    ['are another run', { attempt: 2 }],
    ['are no neighbours', { from: 3, to: 4 }],
  ])('do not, if they %s', (_what, other) => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 2))
    queue.push(calls(2, 4, other))
    expect(takeAll(queue, 9)).toHaveLength(2)
  })

  it('do not, if others came in between', () => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 2))
    queue.push(calls(9, 10, { plan: planned(5) }))
    queue.push(calls(2, 4))
    expect(takeAll(queue, 9).map(({ from, to }) => [from, to])).toEqual([
      [9, 10],
      [0, 2],
      [2, 4],
    ])
  })

  it('do not, if those have left meanwhile', () => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 2))
    takeAll(queue, 9)
    queue.push(calls(2, 4))
    expect(takeAll(queue, 9)).toMatchObject([{ from: 2, to: 4 }])
  })
})

describe('calls that come back', () => {
  it('stand before those that came later, in whatever order they come back', () => {
    const queue = new ReadyQueue()
    for (const [from, to] of [
      [0, 2],
      [4, 6],
    ] as const)
      queue.push(calls(from, to))
    const [first, second] = takeAll(queue, 9) as [Range, Range]
    queue.push(calls(8, 9))
    queue.putBack(first)
    queue.putBack(second)
    expect(nodesOf(queue)).toEqual([0, 1, 4, 5, 8])
  })

  it('stand in the order of their workflow, where they came together', () => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 6))
    const [one, two, three] = takeAll(queue, 2) as [Range, Range, Range]
    for (const range of [two, three, one]) queue.putBack(range)
    expect(takeAll(queue, 9).map(({ from }) => from)).toEqual([0, 2, 4])
  })

  it('stand in front of what is left of a long line', () => {
    const queue = new ReadyQueue()
    for (let i = 0; i < 100; i++) queue.push(calls(2 * i, 2 * i + 1))
    const taken = Array.from({ length: 70 }, () => queue.take(queue.next(0) as Range, 1))
    queue.putBack(taken[69] as Range)
    expect(nodesOf(queue).slice(0, 3)).toEqual([138, 140, 142])
    expect(nodesOf(queue)).toHaveLength(31)
  })

  it('are looked at first, if they are of a higher priority than all that wait', () => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 1, { plan: planned(7) }))
    const [high] = takeAll(queue, 1) as [Range]
    queue.push(calls(1, 2))
    expect(queue.next(0)?.from).toBe(1)
    queue.putBack(high)
    expect(queue.next(0)?.from).toBe(0)
  })
})

describe('calls that are taken', () => {
  it('end before the first that is not ready any more', () => {
    const queue = new ReadyQueue()
    const workflow = { isReady: (node: number) => node !== 2 } as unknown as Workflow
    queue.push(calls(0, 5, { workflow }))
    expect(takeAll(queue, 9).map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [3, 5],
    ])
  })
})

describe('a line that was cleared', () => {
  it('is empty, and takes calls again', () => {
    const queue = new ReadyQueue()
    queue.push(calls(0, 3, { plan: planned(4) }))
    queue.clear()
    expect([queue.next(0), queue.canLeave, nodesOf(queue)]).toEqual([undefined, false, []])
    queue.push(calls(5, 6))
    expect([queue.next(0)?.from, queue.canLeave, nodesOf(queue)]).toEqual([5, true, [5]])
  })
})
