/** Schedules under a clock that the test moves: what starts when, and what does not. */
import { describe, expect, it } from 'vitest'
import { signature } from '../../../src/canvas/signature.js'
import { Beat } from '../../../src/schedule/beat.js'
import type { Schedule, ScheduleOptions } from '../../../src/schedule/schedule.js'
import { HandClock } from './hand-clock.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const work = signature({ taskName: 'work', moduleUrl: 'file:///work.js' } as never, []) as never

/** Beat with a clock, and what it started: each run lasts until the test ends it. */
class Stage {
  readonly clock: HandClock
  readonly started: number[] = []
  readonly warnings: string[] = []
  readonly #going: (() => void)[] = []
  readonly beat: Beat
  /** Thrown at whoever starts a run. */
  refusal: Error | undefined

  constructor(now: number | string = 0) {
    this.clock = new HandClock(now)
    this.beat = new Beat({
      clock: this.clock,
      check: () => {},
      start: (_canvas, ended) => {
        if (this.refusal !== undefined) throw this.refusal
        this.started.push(this.clock.now())
        this.#going.push(ended)
      },
      warn: (message, error) => this.warnings.push(`${message}: ${error.message}`),
    })
  }

  schedule(options: Partial<ScheduleOptions>): Schedule {
    return this.beat.schedule({ name: 'work', canvas: work, ...options } as ScheduleOptions)
  }

  get going(): number {
    return this.#going.length
  }

  endOne(): void {
    this.#going.shift()?.()
  }

  /** Lets time pass; each run takes no time. */
  advance(ms: number, step: number): void {
    for (let passed = 0; passed < ms; passed += step) {
      this.clock.advance(Math.min(step, ms - passed))
      while (this.#going.length > 0) this.endOne()
    }
  }
}

describe('a schedule', () => {
  it('runs a year of nights, each at its local time', () => {
    const stage = new Stage('2025-01-01T00:00Z')
    const nightly = stage.schedule({ cron: '0 3 * * *', timeZone: 'Europe/Berlin' })
    stage.advance(365 * DAY, HOUR)
    expect(nightly.runs).toBe(365)
    const hours = stage.started.map((at) => new Date(at).getUTCHours())
    expect([...new Set(hours)]).toEqual([2, 1])
  })

  it('runs for the first time one interval after it was made, and then at equal distances', () => {
    const stage = new Stage(500)
    const often = stage.schedule({ every: 1_000 })
    expect(often.nextRun).toEqual(new Date(1_500))
    stage.advance(3_000, 100)
    expect(stage.started).toEqual([1_500, 2_500, 3_500])
    expect([often.runs, often.nextRun]).toEqual([3, new Date(4_500)])
  })

  it('does not drift when runs start late', () => {
    const stage = new Stage()
    stage.schedule({ every: 1_000 })
    stage.clock.block(1_030)
    stage.endOne()
    stage.advance(970, 10)
    expect(stage.started).toEqual([1_030, 2_000])
  })

  it('waits on when the clock calls back too early', () => {
    const stage = new Stage()
    stage.clock.longestWait = 7 * HOUR
    stage.schedule({ every: 30 * DAY })
    stage.advance(60 * DAY, HOUR)
    expect(stage.started).toEqual([30 * DAY, 60 * DAY])
  })

  it('does not run again when the clock is set back', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000 })
    stage.advance(1_000, 1_000)
    stage.clock.set(500)
    stage.advance(1_400, 100)
    expect([often.runs, stage.started]).toEqual([1, [1_000]])
  })

  it('stops after maxRuns, and its name is free again', () => {
    const stage = new Stage()
    const twice = stage.schedule({ every: 1_000, maxRuns: 2 })
    stage.advance(5_000, 1_000)
    expect([twice.runs, twice.nextRun, stage.beat.schedules(), stage.clock.pending]).toEqual([2, undefined, [], 0])
    stage.schedule({ every: 1_000 })
    expect(stage.beat.schedules()).toHaveLength(1)
  })

  it('warns of a run that cannot start, does not count it, and goes on', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000 })
    stage.refusal = new Error('the queue is full')
    stage.advance(1_000, 1_000)
    expect(stage.warnings).toEqual(['a run of the schedule "work" could not start: the queue is full'])
    expect(often.runs).toBe(0)
    stage.refusal = undefined
    stage.advance(1_000, 1_000)
    expect([often.runs, stage.started]).toEqual([1, [2_000]])
  })

  it('tells of one refusal when many runs wait, and keeps the others waiting', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, overlap: 'queue', missed: 'catch-up' })
    stage.refusal = new Error('full')
    stage.clock.block(10_000)
    expect(stage.warnings).toHaveLength(1)
    stage.refusal = undefined
    stage.advance(1_000, 100)
    expect(often.runs).toBe(10)
  })
})

describe('a run that is due while one is going', () => {
  it('is skipped', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000 })
    stage.clock.advance(3_500)
    stage.endOne()
    expect(stage.going).toBe(0)
    stage.clock.advance(500)
    expect([often.runs, stage.started]).toEqual([2, [1_000, 4_000]])
  })

  it('runs afterwards with overlap: queue, as often as it was due', () => {
    const stage = new Stage()
    stage.schedule({ every: 1_000, overlap: 'queue' })
    stage.clock.advance(3_500)
    stage.endOne()
    stage.endOne()
    stage.endOne()
    expect([stage.started, stage.going]).toEqual([[1_000, 3_500, 3_500], 0])
  })

  it('runs beside it with overlap: allow', () => {
    const stage = new Stage()
    stage.schedule({ every: 1_000, overlap: 'allow' })
    stage.clock.advance(3_500)
    expect([stage.started, stage.going]).toEqual([[1_000, 2_000, 3_000], 3])
  })

  it('does not count for maxRuns when it is skipped', () => {
    const stage = new Stage()
    const twice = stage.schedule({ every: 1_000, maxRuns: 2 })
    stage.clock.advance(5_500)
    expect([twice.runs, twice.nextRun]).toEqual([1, new Date(6_000)])
    stage.endOne()
    stage.clock.advance(500)
    expect([twice.runs, twice.nextRun]).toEqual([2, undefined])
  })
})

describe('due times that a blocked event loop missed', () => {
  it('are skipped but for the last, which runs late', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, overlap: 'allow' })
    stage.clock.block(4_500)
    expect([stage.started, often.nextRun]).toEqual([[4_500], new Date(5_000)])
  })

  it('run once for each with missed: catch-up', () => {
    const stage = new Stage()
    stage.schedule({ every: 1_000, missed: 'catch-up', overlap: 'allow' })
    stage.clock.block(4_500)
    expect(stage.started).toEqual([4_500, 4_500, 4_500, 4_500])
  })

  it('are caught up with one after the other where runs must not overlap', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, missed: 'catch-up', overlap: 'queue' })
    stage.clock.block(3_500)
    expect(often.runs).toBe(1)
    stage.endOne()
    stage.endOne()
    stage.endOne()
    expect([often.runs, stage.going]).toEqual([3, 0])
  })

  it('are caught up with no more often than maxRuns allows', () => {
    const stage = new Stage()
    const twice = stage.schedule({ every: 1, missed: 'catch-up', overlap: 'allow', maxRuns: 2 })
    stage.clock.block(8 * HOUR)
    expect([twice.runs, stage.started.length]).toEqual([2, 2])
  })

  it('of a crontab are counted too', () => {
    const stage = new Stage('2030-01-01T00:00Z')
    const hourly = stage.schedule({ cron: '0 * * * *', timeZone: 'UTC', missed: 'catch-up', overlap: 'allow' })
    stage.clock.block(5.5 * HOUR)
    expect(hourly.runs).toBe(5)
  })
})

describe('pause, resume and remove', () => {
  it('starts nothing while it is paused, and goes on in its rhythm', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000 })
    stage.advance(1_500, 100)
    often.pause()
    expect([often.nextRun, stage.clock.pending]).toEqual([undefined, 0])
    stage.advance(3_000, 100)
    often.resume()
    expect(often.nextRun).toEqual(new Date(5_000))
    stage.advance(1_000, 100)
    expect(stage.started).toEqual([1_000, 5_000])
  })

  it('does not take the time of a pause for missed', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, missed: 'catch-up', overlap: 'allow' })
    often.pause()
    stage.clock.advance(10_500)
    often.resume()
    expect([often.runs, often.nextRun]).toEqual([0, new Date(11_000)])
  })

  it('keeps runs that wait for a resume', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, overlap: 'queue' })
    stage.clock.advance(2_500)
    often.pause()
    stage.endOne()
    expect(often.runs).toBe(1)
    often.resume()
    expect(often.runs).toBe(2)
  })

  it('pauses and resumes any number of times without changing anything', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000 })
    often.resume()
    often.pause()
    often.pause()
    often.resume()
    often.resume()
    expect([often.nextRun, stage.clock.pending]).toEqual([new Date(1_000), 1])
  })

  it('removes for good, without touching the run that is going', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, overlap: 'queue' })
    stage.clock.advance(2_500)
    often.remove()
    often.remove()
    expect([often.nextRun, stage.beat.schedules(), stage.clock.pending, stage.going]).toEqual([undefined, [], 0, 1])
    stage.endOne()
    often.resume()
    stage.clock.advance(5_000)
    expect(often.runs).toBe(1)
  })

  it('leaves a new schedule of the name alone when the old one is removed again', () => {
    const stage = new Stage()
    const old = stage.schedule({ every: 1_000 })
    old.remove()
    stage.schedule({ every: 1_000 })
    old.remove()
    expect(stage.beat.schedules()).toHaveLength(1)
  })

  it('starts none of the runs that wait once it is removed', () => {
    const stage = new Stage()
    const often = stage.schedule({ every: 1_000, overlap: 'queue', missed: 'catch-up' })
    stage.clock.block(5_000)
    often.remove()
    stage.endOne()
    expect([often.runs, stage.going]).toEqual([1, 0])
  })

  it('stops all of them', () => {
    const stage = new Stage()
    stage.schedule({ name: 'a', every: 1_000 })
    stage.schedule({ name: 'b', cron: '* * * * *' }).pause()
    expect(stage.beat.schedules().map(({ name }) => name)).toEqual(['a', 'b'])
    stage.beat.stop()
    expect([stage.beat.schedules(), stage.clock.pending]).toEqual([[], 0])
  })
})

describe('a schedule refuses', () => {
  const stage = new Stage()
  it.each<[string, Partial<Record<keyof ScheduleOptions, unknown>>, string]>([
    ['both rhythms', { every: 1, cron: '* * * * *' }, 'every'],
    ['no rhythm', {}, 'every'],
    ['an interval of 0', { every: 0 }, 'every'],
    ['an interval without end', { every: Infinity }, 'every'],
    ['an interval beyond all dates', { every: 1e300 }, 'every'],
    ['a cron that never comes due', { cron: '0 0 30 2 *' }, 'cron'],
    ['a cron that is no text', { cron: 5 }, 'cron'],
    ['a time zone without a cron', { every: 1, timeZone: 'UTC' }, 'timeZone'],
    ['a time zone that does not exist', { cron: '* * * * *', timeZone: 'Moon/Apollo' }, 'timeZone'],
    ['no run at all', { every: 1, maxRuns: 0 }, 'maxRuns'],
    ['an unknown overlap', { every: 1, overlap: 'both' }, 'overlap'],
    ['an unknown way with missed runs', { every: 1, missed: true }, 'missed'],
    ['an empty name', { every: 1, name: '' }, 'name'],
    ['no name', { every: 1, name: undefined }, 'name'],
    ['an unknown option', { every: 1, timezone: 'UTC' } as never, 'timezone'],
  ])('%s', (_sentence, options, option) => {
    expect(() => stage.schedule(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option }),
    )
    expect(stage.clock.pending).toBe(0)
  })

  it('a name that is taken', () => {
    const taken = new Stage()
    taken.schedule({ every: 1_000 })
    expect(() => taken.schedule({ every: 5 })).toThrow(expect.objectContaining({ option: 'name', value: 'work' }))
    expect(taken.beat.schedules()).toHaveLength(1)
  })

  it('what is no canvas, and nothing at all', () => {
    expect(() => stage.schedule({ every: 1, canvas: 5 as never })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_CANVAS', path: 'canvas' }),
    )
    expect(() => stage.beat.schedule(undefined as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION' }),
    )
  })
})
