/** Batches: what leaves together, what is taken back, and what becomes of it when a thread dies. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { loose, statusesOf, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, group } = loose
const { a, b, c } = tasks
const calls = (count: number) => a.each(Array.from({ length: count }, (_, i) => [i]))
const retry = { ok: 'retry', error: new Error('again'), wait: 0, jitter: false, args: [] } as const
const failed = { ok: false, error: new RangeError('no') } as const

describe('calls that are ready', () => {
  it('leave in one batch a thread, and no more than their share', () => {
    const fleet = new Fleet(2)
    fleet.submit(calls(100))
    expect(fleet.left.map(({ size, lane }) => [lane, size])).toEqual([
      [0, 50],
      [1, 25],
    ])
  })

  it('wait for the end of the turn when others are under way', () => {
    const fleet = new Fleet(2)
    fleet.submit(a.s())
    const plan = { graph: compile(b.s()), args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    fleet.handle({ type: 'submit', at: 0, ...plan })
    expect(fleet.left.length).toBe(1)
    fleet.flush()
    expect(fleet.left.length).toBe(2)
  })

  it('do not leave when somebody begins to listen: nobody tells then what time it is', () => {
    const fleet = new Fleet(2)
    fleet.submit(a.s())
    const plan = { graph: compile(b.s()), args: [], kwargs: {}, keep: true, isRevoked: false, submittedAt: {} }
    fleet.handle({ type: 'submit', at: 0, ...plan })
    fleet.handle({ type: 'listen', heard: new Set() })
    expect(fleet.left.length).toBe(1)
    fleet.flush()
    expect(fleet.left.length).toBe(2)
  })

  it('leave in larger batches when those before came through whole', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(1_000))
    fleet.end(0, [{ from: 0, values: new Array(64).fill(0) }], 0.064)
    expect(fleet.left.map(({ size }) => size)).toEqual([64, 256, 256])
  })

  it('leave alone when their task is slow', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.end(0, [{ from: 0, values: [1] }], 50)
    fleet.submit(calls(10))
    expect(fleet.left.map(({ size }) => size)).toEqual([1, 1])
  })

  it('leave one by one without batching', () => {
    const fleet = new Fleet(2, { batching: false })
    fleet.submit(calls(10))
    expect(fleet.left.map(({ size }) => size)).toEqual([1, 1])
  })
})

describe('the start of a call', () => {
  it('is told also behind steps that did not run, since the one before them failed', () => {
    const fleet = new Fleet(1)
    fleet.handle({ type: 'listen', heard: new Set(['task-started']) })
    fleet.submit(group(chain(a.s(), b.s()), c.s(), c.s()))
    expect(fleet.nodes(fleet.batch(0))).toEqual([1, 2, 3])
    expect(fleet.events).toEqual(['task-started'])
    fleet.end(0, [{ at: 0, outcome: { ...retry, args: undefined } }], 1, 1)
    fleet.end(0, [{ from: 2, values: [1] }])
    expect(fleet.events.slice(0, 2)).toEqual(['task-started', 'task-started'])
    expect(fleet.events.length).toBe(fleet.left.length + 1)
  })
})

describe('what was taken back', () => {
  it('stands where it stood', () => {
    const fleet = new Fleet(1)
    fleet.submit(calls(200))
    fleet.recalled(1, 0)
    fleet.recalled(0, 10)
    expect([...fleet.scheduler.state().queue].map(({ node }) => node)).toEqual(
      Array.from({ length: 190 }, (_, i) => 11 + i),
    )
  })

  it('is asked for when a batch is late and a thread has nothing to do', () => {
    const fleet = new Fleet(2)
    fleet.submit(calls(4))
    fleet.end(1, [{ from: 0, values: [0] }])
    fleet.end(2, [{ from: 0, values: [0] }])
    expect(fleet.recalls).toEqual([])
    fleet.tick(5)
    expect(fleet.recalls).toEqual([0])
  })

  it('is a step that stands where it came, not where the first of its chain did', () => {
    const fleet = new Fleet(1)
    const steps = fleet.submit(chain(a.s(), b.s()))
    const other = fleet.submit(c.s())
    fleet.end(0, [{ from: 0, values: [1] }], 0.001, 1)
    fleet.recalled(0, 1)
    const left = fleet.left.slice(1).flatMap(({ parts }) => parts.map(({ workflow }) => workflow))
    expect(left).toEqual([other, steps])
  })

  it('keeps its thread from others, but not while all that is left there waits for children', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(2))
    fleet.revoke(workflow, 2, 'call')
    fleet.recalled(0, 1)
    fleet.submit(b.s())
    expect(fleet.left.length).toBe(1)
    fleet.report(0, 0, { kind: 'parked' })
    expect(fleet.left.length).toBe(2)
  })

  it('expires as if it had never left', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(group(a.s(), b.s().set({ expires: 20 })))
    const [batch] = fleet.left
    fleet.tick(20)
    expect(fleet.recalls).toEqual([batch?.number])
    fleet.now = 21
    fleet.recalled(0, 1)
    expect(statusesOf(workflow)).toEqual(['waiting', 'running', 'revoked'])
  })
})

describe('a revoked call of a batch', () => {
  it('is told to stop only when it is known to have begun', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(10))
    fleet.revoke(workflow)
    expect(fleet.tells).toEqual([])
    fleet.recalled(0, 2)
    expect(fleet.tells.map(({ call }) => call).sort()).toEqual([0, 1])
  })

  it('keeps its thread if its end comes with that of another one, which runs again at once', () => {
    const fleet = new Fleet(1, { graceMs: 10 })
    const workflow = fleet.submit(calls(2))
    fleet.revoke(workflow, 2, 'call', true)
    fleet.recalled(0, 2)
    fleet.now = 20
    fleet.end(0, [
      { at: 0, outcome: retry },
      { from: 1, values: [1] },
    ])
    expect(fleet.terminated).toEqual([])
    expect(fleet.left.map(({ size }) => size)).toEqual([2, 1])
  })

  it('is a last step, and does not run', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()))
    expect(fleet.left[0]?.size).toBe(3)
    fleet.revoke(workflow, workflow.graph.exit, 'call')
    fleet.recalled(0, 1)
    fleet.end(0, [{ from: 0, values: [1] }])
    expect(statusesOf(workflow).at(-1)).toBe('revoked')
  })
})

describe('steps that left together', () => {
  it('go on without coming back', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s()))
    fleet.end(0, [{ from: 0, passed: 1 }])
    expect(workflow.isRunning(workflow.graph.exit)).toBe(true)
    expect(fleet.left.length).toBe(1)
  })

  it('are not begun behind one that is replaced by something that ends at once', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s()))
    fleet.end(0, [{ at: 0, outcome: { ok: 'replace', canvas: group() as never } }])
    expect(fleet.left.map((batch) => batch.size)).toEqual([2, 1])
  })

  it('leave again when the first is retried', () => {
    const fleet = new Fleet(1)
    fleet.submit(chain(a.s(), b.s()))
    fleet.end(0, [{ at: 0, outcome: retry }])
    expect(fleet.left.map((batch) => batch.size)).toEqual([2, 2])
  })

  it('end with the first that fails', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()))
    fleet.end(0, [
      { from: 0, passed: 1 },
      { at: 1, outcome: failed },
    ])
    expect(fleet.scheduler.openWorkflows).toBe(0)
    expect(workflow.failure(workflow.graph.exit).error).toBe(failed.error)
  })
})

describe('the death of a thread', () => {
  it('is blamed on the call that ran, and the others go back in their order', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(10))
    fleet.end(0, [{ from: 0, values: [0, 1] }])
    fleet.lose(0, 4)
    expect(workflow.status(4)).toBe('failed')
    expect(fleet.nodes(fleet.left[1])).toEqual([3, 5, 6, 7, 8, 9, 10])
  })

  it('is blamed on no call of a batch that had ended in it: what was not told of that runs again', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.end(0, [{ from: 0, values: [0] }])
    fleet.lose(0, 3, false)
    expect(statusesOf(workflow)).toEqual(['waiting', 'succeeded', 'running', 'running'])
    expect(fleet.nodes(fleet.left[1])).toEqual([2, 3])
  })

  it('is blamed on the step that ran: those before it have succeeded', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s(), c.s()))
    fleet.lose(0, 2)
    expect(statusesOf(workflow).slice(-3)).toEqual(['succeeded', 'failed', 'failed'])
  })

  it('tells errbacks only of arguments that are known', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(chain(a.s(), b.s('bound')))
    fleet.lose(0, 2)
    expect(workflow.failure(workflow.graph.exit).args).toEqual(['bound'])
  })

  it('is blamed on a call that had lent its thread, though another one began behind it', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(calls(3))
    fleet.report(0, 0, { kind: 'parked' })
    fleet.report(0, 0, { kind: 'resumed' })
    fleet.lose(0, 2)
    expect([workflow.status(1), workflow.status(2), workflow.status(3)]).toEqual(['failed', 'failed', 'running'])
  })

  it('leaves no trace of a call that waited for a child', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.report(0, 0, { kind: 'parked' })
    fleet.lose(0, 1)
    expect(fleet.scheduler.state().dispatcher.lanes[0]?.active).toBe(0)
  })

  it('does nothing to a revoked call that would run again', () => {
    const fleet = new Fleet(1)
    const workflow = fleet.submit(a.s().set({ onWorkerLost: 'requeue' }))
    fleet.revoke(workflow)
    fleet.lose(0, 1)
    expect(workflow.status(0)).toBe('revoked')
  })
})

describe('a call whose turn comes too late', () => {
  it('takes others of its group with it that would have been ready just then', () => {
    const fleet = new Fleet(1)
    fleet.submit(a.s())
    fleet.now = 10
    const workflow = fleet.submit(chain(b.s(), group(a.s().set({ expires: 1 }), c.s()).set({ failFast: true })))
    fleet.now = 20
    fleet.end(0, [{ from: 0, values: [1] }])
    fleet.end(1, [{ from: 0, values: [1] }])
    expect(workflow.left).toBe(0)
  })
})
