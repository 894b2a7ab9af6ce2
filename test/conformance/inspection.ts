/** What `inspect()` shows, on every executor. */
import type { Runtime, RuntimeOptions } from 'celeriac'
import { describe, expect, it } from 'vitest'
import { type Making, REAL } from './life.js'
import { tasks as t } from './pairs/tasks.js'

export function inspectionConformance(name: string, options: RuntimeOptions, { make, now }: Making = REAL): void {
  describe(`inspect: ${name}`, () => {
    /** Gives a runtime of one thread that is ended afterwards, busy with a call that has begun. */
    const busy = async (work: (runtime: Runtime, holding: any) => unknown): Promise<void> => {
      const runtime = make({ threads: 1, ...options })
      const begun = new Promise((resolve) => runtime.once('task-progress', resolve))
      const holding = runtime.apply(t.holds.s('in').set({ priority: 4 }))
      await begun
      try {
        await work(runtime, holding)
      } finally {
        await runtime.destroy()
      }
    }

    it('shows a running call with its worker', () =>
      busy((runtime, holding) => {
        const { running, workers } = runtime.inspect()
        expect(running).toEqual([
          {
            id: holding.id,
            taskName: 'holds',
            rootId: holding.id,
            state: 'RECEIVED',
            args: ['in'],
            priority: 4,
            retries: 0,
            at: expect.any(Date),
            worker: workers[0]?.id,
          },
        ])
        expect(workers).toEqual([{ id: 0, threadId: expect.any(Number), done: 0, running: 1 }])
      }))

    it('shows what could start, in the order of its start', () =>
      busy((runtime) => {
        const before = now(runtime)
        runtime.apply(t.add.s(1, 1))
        runtime.apply(t.add.s(2, 2).set({ priority: 9 }))
        runtime.apply(t.identity.map([3]).set({ priority: 2 }))
        const { ready } = runtime.inspect()
        expect(ready.map(({ args, priority, worker }) => [args, priority, worker])).toEqual([
          [[2, 2], 9, undefined],
          [[3], 2, undefined],
          [[1, 1], 0, undefined],
        ])
        expect(ready.every(({ at }) => at.valueOf() >= before && at.valueOf() <= now(runtime))).toBe(true)
      }))

    it('shows what waits for its time, in the order in which it falls due', () =>
      busy(async (runtime, holding) => {
        const eta = new Date(now(runtime) + 900_000)
        const before = now(runtime)
        runtime.apply(t.add.s(1, 1).set({ eta }))
        runtime.apply(t.add.s(2, 2).set({ countdown: 300_000 }))
        holding.revoke()
        await new Promise((resolve) => {
          runtime.once('task-retried', resolve)
          runtime.apply(t.waitsToRetry.s())
        })
        const { scheduled, ready } = runtime.inspect()
        expect(ready).toEqual([])
        expect(scheduled.map(({ taskName, args, state, retries }) => [taskName, args, state, retries])).toEqual([
          ['add', [2, 2], 'RECEIVED', 0],
          ['waitsToRetry', [], 'RETRY', 1],
          ['add', [1, 1], 'RECEIVED', 0],
        ])
        const times = scheduled.map(({ at }) => at.valueOf())
        expect(times[0]! - before).toBeGreaterThanOrEqual(300_000)
        expect(times[1]! - before).toBeGreaterThanOrEqual(600_000)
        expect(times[2]).toBe(eta.valueOf())
      }))

    it('does not show a revoked call, even if its thread is still busy with it', async () => {
      const runtime = make({ threads: 1, ...options })
      await new Promise((resolve) => {
        runtime.once('task-progress', resolve)
        runtime.apply(t.hangs.s())
      })
      const [{ id }] = runtime.inspect().running as unknown as [{ id: string }]
      expect(runtime.revoke(id)).toBe(1)
      expect(runtime.inspect()).toMatchObject({ running: [], ready: [], scheduled: [] })
      await runtime.destroy()
    })

    it('is a copy, and frozen', () =>
      busy((runtime) => {
        runtime.apply(t.add.s(1, 1))
        const shown = runtime.inspect()
        const { running, ready, scheduled, tasks, workers } = shown
        expect(
          [shown, running, ready, scheduled, tasks, workers, ready[0], ready[0]?.args].every(Object.isFrozen),
        ).toBe(true)
        runtime.apply(t.add.s(2, 2))
        expect(ready).toHaveLength(1)
        expect(tasks).toContain('waitsToRetry')
      }))
  })
}
