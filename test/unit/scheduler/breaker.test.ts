/** Threads that die too often: calls are refused for a while, and nothing waits for ever. */

import { describe, expect, it } from 'vitest'
import { WorkerLostError } from '../../../src/errors.js'
import { EVENT_NAMES } from '../../../src/events/event.js'
import { Breaker } from '../../../src/scheduler/breaker.js'
import type { Loss } from '../../../src/scheduler/messages.js'
import { type Loose, loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { chain, chord, group } = loose
const { a, b, body, errback } = tasks
const LIMITS = { maxLosses: 2, lossWindow: 1_000, batching: false }

class Crashing extends Fleet {
  constructor(options = {}, lanes = 1) {
    super(lanes, { ...LIMITS, ...options })
  }

  die(reason: Loss['reason'] = 'exit'): void {
    this.handle({ type: 'died', at: this.now, reason })
  }
}

const refusalOf = (fleet: Crashing, canvas: Loose): WorkerLostError => {
  const workflow = fleet.submit(canvas)
  return workflow.failure(workflow.graph.exit).error as WorkerLostError
}

describe('a breaker', () => {
  it('lets calls run until so many threads have died in its window', () => {
    const fleet = new Crashing()
    fleet.die()
    fleet.submit(a.s())
    expect(fleet.left).toHaveLength(1)
  })

  it('refuses them from then on, with reason "breaker", and starts nothing', () => {
    const fleet = new Crashing()
    fleet.die()
    fleet.die()
    const error = refusalOf(fleet, a.s())
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ code: 'ERR_WORKER_LOST', reason: 'breaker', taskName: 'a', attempt: 0 })
    expect(error.message).toContain('2 threads have died within 1000 ms')
    expect(error.message).toContain('again in 1000 ms')
    expect(fleet.left).toEqual([])
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('refuses what was waiting for its turn, too', () => {
    const fleet = new Crashing()
    const [first, second] = [fleet.submit(a.s()), fleet.submit(b.s())]
    expect(second.status(0)).toBe('ready')
    fleet.die()
    fleet.die()
    expect(second.failure(0).error).toMatchObject({ reason: 'breaker' })
    expect(first.status(0)).toBe('running')
  })

  it('takes a call that was to run again after the loss of its thread', () => {
    const fleet = new Crashing()
    const workflow = fleet.submit(a.s().set({ onWorkerLost: 'requeue' }))
    fleet.die()
    fleet.die()
    fleet.lose(0, 1)
    expect(workflow.failure(0).error).toMatchObject({ reason: 'breaker' })
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('ends whole canvases, with the errbacks that would have run', () => {
    const fleet = new Crashing()
    fleet.die()
    fleet.die()
    fleet.submit(chain(a.s(), group(b.s(), b.s()), chord([a.s()], body.s())).linkError(errback.s()))
    fleet.submit(chord([a.s(), b.s()], body.s()))
    expect(fleet.left).toEqual([])
    expect(fleet.scheduler.openWorkflows).toBe(0)
  })

  it('ends a member once that failFast has revoked because another one was refused', () => {
    const fleet = new Crashing()
    fleet.listen('task-failed', 'task-revoked')
    fleet.die()
    fleet.die()
    const workflow = fleet.submit(group(a.s(), b.s()).set({ failFast: true }))
    expect([workflow.status(1), workflow.status(2)]).toEqual(['failed', 'revoked'])
    expect(fleet.events).toEqual(['task-failed', 'task-revoked'])
  })

  it('tells listeners', () => {
    const fleet = new Crashing()
    fleet.handle({ type: 'listen', heard: new Set(EVENT_NAMES) })
    fleet.die()
    fleet.die()
    fleet.submit(a.s())
    expect(fleet.events).toEqual(['task-sent', 'task-received', 'task-failed', 'workflow-finished'])
  })

  it('lets calls run again when the oldest of these deaths has left the window; the next one is too many again', () => {
    const fleet = new Crashing()
    fleet.die()
    fleet.now = 600
    fleet.die()
    fleet.now = 999
    expect(refusalOf(fleet, a.s()).reason).toBe('breaker')
    fleet.now = 1_000
    fleet.submit(a.s())
    expect(fleet.left).toHaveLength(1)
    fleet.die()
    expect(refusalOf(fleet, b.s()).reason).toBe('breaker')
    fleet.now = 1_600
    expect(new Set([fleet.submit(b.s()).status(0)])).toEqual(new Set(['ready']))
  })

  it('says so if they never will', () => {
    const fleet = new Crashing({ lossWindow: Infinity })
    fleet.die()
    fleet.die()
    fleet.now = 1e9
    expect(refusalOf(fleet, a.s()).message).toContain('calls run never again')
  })

  it.each(['exit', 'out-of-memory', 'start'] as const)('counts a thread that died (%s)', (reason) => {
    const breaker = new Breaker(1, 10)
    breaker.note(5, reason)
    expect([breaker.refusesUntil(5), breaker.refusesUntil(14), breaker.refusesUntil(15)]).toEqual([15, 15, undefined])
  })

  it.each(['time-limit', 'terminated', 'breaker'] as const)('does not count one that was ended (%s)', (reason) => {
    const breaker = new Breaker(1, 10)
    breaker.note(5, reason)
    expect(breaker.refusesUntil(5)).toBeUndefined()
  })

  it('is never closed without a limit', () => {
    const breaker = new Breaker(Infinity, 10)
    for (let i = 0; i < 100; i++) breaker.note(5, 'exit')
    expect(breaker.refusesUntil(5)).toBeUndefined()
  })
})
