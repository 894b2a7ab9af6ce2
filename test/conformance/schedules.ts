/** Periodic work, on every executor. When it is due to the millisecond is for the unit tests, under a clock of their own. */
import type { Runtime, ScheduleOptions } from 'celeriac'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { life as t } from './life-tasks.js'
import type { Stage } from './stage.js'

const HOUR = 3_600_000

export function scheduleConformance(stage: Stage): void {
  describe(`periodic work: ${stage.name}`, () => {
    let runtime: Runtime
    beforeEach(() => {
      runtime = stage.make()
    })
    afterEach(() => runtime.close({ drain: false, timeout: 0 }))

    const schedule = (options: Record<string, unknown>) => runtime.schedule(options as unknown as ScheduleOptions)
    /** The first `count` events of a type, of these tasks. */
    const heard = (type: string, count: number, ...tasks: string[]): Promise<any[]> =>
      new Promise((resolve) => {
        const events: any[] = []
        runtime.on(type as never, (event: any) => {
          if (tasks.length > 0 && !tasks.includes(event.taskName)) return
          events.push(event)
          if (events.length === count) resolve(events)
        })
        stage.letTimePass(runtime, 100)
      })

    it('applies its canvas again and again, until maxRuns', async () => {
      const often = schedule({ name: 'often', canvas: t.add.s(1, 1), every: 2, maxRuns: 3 })
      const events = await heard('task-succeeded', 3)
      expect(events.map(({ value }) => value)).toEqual([2, 2, 2])
      expect(new Set(events.map(({ id }) => id)).size).toBe(3)
      expect([often.runs, often.nextRun, runtime.inspect().schedules]).toEqual([3, undefined, []])
    })

    it('shows in inspect() with its next run', () => {
      const nightly = schedule({ name: 'nightly', canvas: t.add.s(1, 1), cron: '0 3 * * *', timeZone: 'Asia/Tokyo' })
      expect(runtime.inspect().schedules).toEqual([nightly])
      expect(nightly.nextRun?.getUTCHours()).toBe(18)
      nightly.pause()
      expect(runtime.inspect().schedules[0]?.nextRun).toBeUndefined()
      nightly.remove()
      expect(runtime.inspect().schedules).toEqual([])
    })

    it('starts no run while one is going', async () => {
      const long = schedule({ name: 'long', canvas: t.waits.s(), every: 1 })
      schedule({ name: 'short', canvas: t.add.s(1, 1), every: 3, maxRuns: 3 })
      await heard('task-succeeded', 3, 'add')
      expect(long.runs).toBe(1)
    })

    it('goes on after a run that failed', async () => {
      schedule({ name: 'fails', canvas: t.fail.s('again'), every: 2, maxRuns: 2 })
      const events = await heard('task-failed', 2)
      expect(events.map(({ error }) => error.message)).toEqual(['fail:again', 'fail:again'])
    })

    it('warns of a run that cannot start', async () => {
      const canvas = t.waits.s().set({ taskId: 'only-one' })
      schedule({ name: 'twice', canvas, every: 2, overlap: 'allow' })
      const [warning] = await heard('warning', 1)
      expect(warning.message).toContain('"twice"')
      expect(warning.error).toMatchObject({ code: 'ERR_CONFIGURATION', option: 'taskId' })
    })

    it('does not count for idle()', async () => {
      const nightly = schedule({ name: 'nightly', canvas: t.add.s(1, 1), every: 9 * HOUR })
      await runtime.idle()
      expect(nightly.runs).toBe(0)
    })

    it('stops at once when the runtime closes', async () => {
      const often = schedule({ name: 'often', canvas: t.add.s(1, 1), every: 1_000_000 })
      const closing = runtime.close()
      expect([often.nextRun, runtime.inspect().schedules]).toEqual([undefined, []])
      expect(() => schedule({ name: 'late', canvas: t.add.s(1, 1), every: 1 })).toThrow(
        expect.objectContaining({ code: 'ERR_CLOSED' }),
      )
      await closing
      often.resume()
      expect(often.nextRun).toBeUndefined()
    })

    it('refuses at the call what could not run later', () => {
      const canvas = t.add.s(1, () => {})
      expect(() => schedule({ name: 'bad', canvas, every: 1 })).toThrow(
        expect.objectContaining({ code: 'ERR_SERIALIZATION' }),
      )
      expect(() => schedule({ name: 'bad', canvas: t.add.s(1, 1), every: 1, cron: '* * * * *' })).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'every' }),
      )
      expect(runtime.inspect().schedules).toEqual([])
    })
  })
}
