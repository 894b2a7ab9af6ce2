/** Steps that had ended when their thread died under a later one of their chain, before what they gave was told. */
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../src/scheduler/batch.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { type Loose, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, chord } = loose
const { a, b, c, d, errback } = tasks

const nodesIn = (fleet: Fleet): readonly (readonly number[])[] => fleet.left.map((batch) => fleet.nodes(batch))
const valuesOf = (workflow: Workflow, nodes: readonly number[]): unknown[] => nodes.map((node) => workflow.value(node))
const lastOf = ({ left }: Fleet): Batch => left.at(-1) as Batch

/** A chain of which values are kept, whose thread has died under its second step, before the first was told. */
function dying(canvas: Loose = chain(a.s(), b.s(), c.s())): { readonly fleet: Fleet; readonly workflow: Workflow } {
  const fleet = new Fleet(1)
  const workflow = fleet.submit(canvas, true)
  fleet.lose(0, 2)
  return { fleet, workflow }
}

describe('where values are kept, a step that had ended untold', () => {
  it('runs again, alone', () => {
    const { fleet, workflow } = dying()
    expect(nodesIn(fleet)).toEqual([[0, 1, 2], [0]])
    expect(statusesOf(workflow)).toEqual(['running', 'waiting', 'waiting'])
  })

  it('succeeds with its value, and only then the step fails that the thread died under', () => {
    const { fleet, workflow } = dying()
    fleet.end(1, [{ from: 0, values: [7] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'failed', 'failed'])
    expect(workflow.value(0)).toBe(7)
    expect(workflow.failure(2)).toBe(workflow.failure(1))
    expect(workflow.failure(1)).toMatchObject({
      error: { name: 'WorkerLostError', taskName: 'b', reason: 'exit', exitCode: 1 },
      origin: 1,
      attempt: 1,
    })
  })

  it('is followed by those between, one by one, and the step that the thread died under does not run again', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s(), d.s()), true)
    fleet.lose(0, 3)
    fleet.end(1, [{ from: 0, values: [7] }])
    fleet.end(2, [{ from: 0, values: [8] }])
    expect(nodesIn(fleet)).toEqual([[0, 1, 2, 3], [0], [1]])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'succeeded', 'failed', 'failed'])
    expect(valuesOf(workflow, [0, 1])).toEqual([7, 8])
    expect(workflow.failure(2).error).toMatchObject({ name: 'WorkerLostError', taskName: 'c' })
  })

  it('is the first of those that run again: what was told is not run twice', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()), true)
    fleet.end(0, [{ from: 0, values: [7] }])
    fleet.lose(0, 3)
    expect(lastOf(fleet).calls.map(({ node, args }) => [node, args])).toEqual([[1, [7]]])
    fleet.end(1, [{ from: 0, values: [8] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'succeeded', 'failed'])
    expect(valuesOf(workflow, [0, 1])).toEqual([7, 8])
  })

  it('does so beside calls of its batch that had ended before, in the order in which they were', () => {
    const fleet = new Fleet(1)
    fleet.submit(d.s())
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.submit(c.s())
    const [alone, steps] = [fleet.submit(d.s(), true), fleet.submit(chain(a.s(), b.s()), true)]
    fleet.end(1, [{ from: 0, values: [1] }])
    expect(lastOf(fleet).size).toBe(3)
    fleet.lose(2, 3)
    expect(statusesOf(alone)).toEqual(['running'])
    fleet.end(3, [{ from: 0, values: [1, 7] }])
    expect(alone.value(0)).toBe(1)
    expect(statusesOf(steps)).toEqual(['succeeded', 'failed'])
    expect(steps.value(0)).toBe(7)
  })

  it('may fail this time: all behind it fails with that, and nothing else is told of the death', () => {
    const { fleet, workflow } = dying(chain(a.s(), b.s(), c.s()).linkError(errback.s()))
    fleet.end(1, [{ at: 0, outcome: { ok: false, error: new RangeError('no') } }])
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'failed'])
    expect([0, 1, 2].map((node) => workflow.failure(node).error.message)).toEqual(['no', 'no', 'no'])
    expect(nodesIn(fleet)).toEqual([[0, 1, 2], [0], [0]])
  })

  it('may put something in its place, and the step behind it fails when that has ended', () => {
    const { fleet, workflow } = dying()
    fleet.end(1, [{ at: 0, outcome: { ok: 'replace', canvas: d.s() as never } }])
    expect(statusesOf(workflow)).toEqual(['running', 'waiting', 'waiting'])
    fleet.end(2, [{ from: 0, values: [9] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'failed', 'failed'])
    expect(workflow.value(0)).toBe(9)
  })

  it('may be lost with another thread: then it is to blame itself', () => {
    const { fleet, workflow } = dying()
    fleet.lose(1, 1)
    expect(statusesOf(workflow)).toEqual(['failed', 'failed', 'failed'])
    expect(workflow.failure(2).error).toMatchObject({ name: 'WorkerLostError', taskName: 'a' })
  })
})

describe('the step that the thread died under', () => {
  it('tells its errbacks what came in, once', () => {
    const { fleet, workflow } = dying(chain(a.s(), b.s(5).linkError(errback.s())))
    fleet.end(1, [{ from: 0, values: [7] }])
    expect(workflow.failure(1).args).toEqual([7, 5])
    expect(lastOf(fleet).calls.map(({ task }) => task.task)).toEqual(['errback'])
    expect(fleet.left).toHaveLength(3)
  })

  it('lets the header fail in which it stands', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chord([chain(a.s(), b.s())], c.s()), true)
    fleet.lose(0, 2)
    fleet.end(1, [{ from: 0, values: [7] }])
    const { exit } = workflow.graph
    expect(workflow.failure(exit).error).toMatchObject({ name: 'ChordError', cause: { taskName: 'b' } })
  })

  it('stays revoked if it was, and the steps before it run again all the same', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()), true)
    fleet.revoke(workflow, 1, 'call')
    fleet.lose(0, 2)
    fleet.end(1, [{ from: 0, values: [7] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'revoked', 'revoked'])
    expect(workflow.value(0)).toBe(7)
  })

  it('can be revoked while it waits for its turn', () => {
    const { fleet, workflow } = dying()
    fleet.revoke(workflow, 1, 'call')
    expect(statusesOf(workflow)).toEqual(['running', 'revoked', 'revoked'])
    fleet.end(1, [{ from: 0, values: [7] }])
    expect(statusesOf(workflow)).toEqual(['succeeded', 'revoked', 'revoked'])
  })

  it('is revoked with the steps before it when all is closed', () => {
    const { fleet, workflow } = dying()
    fleet.handle({ type: 'close', at: 0, message: 'closed', running: 'drop' })
    expect(statusesOf(workflow)).toEqual(['revoked', 'revoked', 'revoked'])
  })
})

describe('listeners', () => {
  it('are told of each call in order, and of the step that the thread died under that it began there', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-sent', 'task-started', 'task-succeeded', 'task-failed')
    fleet.submit(chain(a.s(), b.s()), true)
    fleet.lose(0, 2)
    fleet.end(1, [{ from: 0, values: [7] }])
    const told = fleet.emitted.flatMap((event) => ('taskName' in event ? [`${event.taskName} ${event.type}`] : []))
    expect(told).toEqual([
      'a task-sent',
      'a task-received',
      'a task-started',
      'a task-started',
      'a task-succeeded',
      'b task-sent',
      'b task-received',
      'b task-started',
      'b task-failed',
    ])
    expect(fleet.emitted.at(-2)).toMatchObject({ type: 'task-started', worker: 0, attempt: 1 })
  })

  it('who hear of values make steps run again whose values nobody keeps', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-succeeded')
    fleet.submit(chain(a.s(), b.s()))
    fleet.lose(0, 2)
    fleet.end(1, [{ from: 0, values: [7] }])
    expect(fleet.emitted).toMatchObject([{ type: 'task-succeeded', taskName: 'a', value: 7 }])
  })
})

it('where nobody keeps values, steps that had ended untold count as succeeded, and nothing runs twice', () => {
  const fleet = new Fleet(1)
  const workflow = fleet.submit(chain(a.s(), b.s(), c.s(), d.s()))
  fleet.lose(0, 3)
  expect(statusesOf(workflow)).toEqual(['succeeded', 'succeeded', 'failed', 'failed'])
  expect(workflow.failure(2).error).toMatchObject({ name: 'WorkerLostError', taskName: 'c' })
  expect(fleet.left).toHaveLength(1)
})
