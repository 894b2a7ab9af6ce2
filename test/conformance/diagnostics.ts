/** The events on `node:diagnostics_channel`, on every executor. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { life as t } from './life-tasks.js'
import type { MakeRuntime } from './suite.js'

const CALL_EVENTS = ['task-sent', 'task-received', 'task-started', 'task-succeeded'] as const

export function diagnosticsConformance(name: string, options: RuntimeOptions, make: MakeRuntime = createRuntime): void {
  describe(`diagnostics channels: ${name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make({ threads: 2, ...options })
    })
    afterAll(() => runtime.close())

    /** What the channels of these names say while `work` runs to its end. */
    const published = async (names: readonly string[], work: () => Promise<unknown>): Promise<any[]> => {
      const told: unknown[] = []
      const hear = (event: unknown) => void told.push(event)
      for (const one of names) subscribe(`celeriac:${one}`, hear)
      await work().catch(() => {})
      await runtime.idle()
      for (const one of names) unsubscribe(`celeriac:${one}`, hear)
      return told
    }

    it('say what happens to a call, to nobody else', async () => {
      const told = await published([...CALL_EVENTS, 'workflow-finished'], () => runtime.run(t.add.s(1, 2)))
      expect(told.map(({ type }) => type)).toEqual([...CALL_EVENTS, 'workflow-finished'])
      expect(told[3]).toMatchObject({ taskName: 'add', value: 3, attempt: 1 })
    })

    it('say it with the objects that listeners get', async () => {
      const heard: unknown[] = []
      const listener = (event: unknown) => void heard.push(event)
      runtime.on('task-succeeded', listener)
      const told = await published(['task-succeeded'], () => runtime.run(t.add.s(1, 2)))
      runtime.off('task-succeeded', listener)
      expect(told).toHaveLength(1)
      expect(told[0]).toBe(heard[0])
    })

    it('say nothing any more to who has left', async () => {
      const told = await published(['task-succeeded'], () => runtime.run(t.add.s(1, 2)))
      await runtime.run(t.add.s(3, 4))
      expect(told.map(({ value }) => value)).toEqual([3])
    })

    it('speak of failures, retries, progress and states', async () => {
      const told = await published(['task-retried', 'task-failed', 'task-progress', 'task-state'], async () => {
        await runtime.run(t.shows.s('HALF'))
        await runtime.run(t.untilRetries.s('x', 1))
        await runtime.run(t.fail.s('x'))
      })
      expect(told.map(({ type }) => type)).toEqual(['task-state', 'task-progress', 'task-retried', 'task-failed'])
    })
  })
}
