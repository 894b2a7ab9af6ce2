/** What a thread that dies takes with it, beside the call that ran: what listeners are told, what runs again, and what cannot. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { type Loose, loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))

/** Submits a canvas of which calls are sent with something that is moved. */
function submitMoving(fleet: Fleet, canvas: Loose): Workflow {
  const graph = { ...compile(canvas), movesValues: true }
  const submit = { graph, args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
  const [accepted] = fleet.handle({ type: 'submit', at: 0, ...submit })
  if (accepted?.type !== 'accepted') throw new Error('not accepted')
  fleet.flush()
  return accepted.workflow
}

describe('listeners', () => {
  it('hear of the starts that were not told before the thread died', () => {
    const fleet = new Fleet(1)
    fleet.listen('task-started', 'task-failed')
    fleet.submit(calls(3))
    fleet.lose(0, 2)
    expect(fleet.events.slice(0, 3)).toEqual(['task-started', 'task-started', 'task-failed'])
  })

  it('hear once of the start of a call that was thought to run, and had not begun', () => {
    const fleet = new Fleet(1, { callsPerThread: 2 })
    fleet.listen('task-started')
    const workflow = fleet.submit(calls(2))
    expect(fleet.events).toHaveLength(2)
    fleet.lose(0, 1)
    expect(statusesOf(workflow)).toEqual(['waiting', 'failed', 'running'])
    expect(fleet.events).toHaveLength(2)
  })
})

describe('a step whose value had gone to the next one in the thread', () => {
  it('cannot run again, since nobody has what came in', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s()))
    fleet.end(0, [{ from: 0, passed: 1 }])
    fleet.lose(0, 2, false)
    expect(workflow.failure(1).error).toMatchObject({ name: 'WorkerLostError', taskName: 'b' })
  })

  it('runs again if it has asked to run with other arguments before', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s()))
    fleet.end(0, [
      { from: 0, passed: 1 },
      { at: 1, outcome: { ok: 'retry', error: new Error('again'), wait: 0, jitter: false, args: [5] } },
    ])
    fleet.lose(1, 1, false)
    expect(fleet.left.slice(1).map((batch) => batch.calls.map(({ args }) => args))).toEqual([[[5]], [[5]]])
  })
})

describe('a call that is sent with something that is moved', () => {
  it('leaves alone', () => {
    const fleet = new Fleet(1)
    submitMoving(fleet, group(a.s(), a.s(), b.s()))
    expect(fleet.left.map(({ size }) => size)).toEqual([1])
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(fleet.left.map(({ size }) => size)).toEqual([1, 1])
  })

  it('fails without its arguments when its thread dies: they are gone with it', () => {
    const fleet = new Fleet(1)
    const moving = submitMoving(fleet, a.s(1))
    fleet.lose(0, 1)
    const staying = fleet.submit(a.s(1))
    fleet.lose(1, 1)
    expect([moving, staying].map((workflow) => workflow.failure(0).args)).toEqual([[], [1]])
  })
})

describe('the loss of a batch', () => {
  it('that is not known is of no consequence', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.s())
    fleet.lose(7)
    expect(workflow.status(0)).toBe('running')
  })

  it('of which a call was revoked leaves that one as it is', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(a.s(), b.s(), c.s()))
    fleet.revoke(workflow, 2, 'call')
    fleet.lose(0, 1)
    expect(statusesOf(workflow)).toEqual(['waiting', 'failed', 'revoked', 'running'])
  })
})
