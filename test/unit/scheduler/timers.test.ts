/** What falls due when, beside a sorted array: whatever is done to both, both say the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Timer, Timers } from '../../../src/scheduler/timers.js'

interface Entry {
  readonly name: number
  readonly at: number
  readonly timer: Timer
}

interface Model {
  entries: Entry[]
  went: number[]
  now: number
}

interface Real {
  readonly timers: Timers
  readonly went: number[]
}

type Step = fc.Command<Model, Real>

const sorted = ({ entries }: Model): Entry[] => entries.toSorted((a, b) => a.at - b.at || a.name - b.name)

function sameAs(model: Model, { timers, went }: Real): void {
  expect(timers.next()).toBe(sorted(model)[0]?.at)
  expect(went).toEqual(model.went)
}

let count = 0

const set = (at: number): Step => ({
  check: () => true,
  run(model, real) {
    const name = count++
    model.entries.push({ name, at, timer: real.timers.set(at, () => real.went.push(name)) })
    sameAs(model, real)
  },
  toString: () => `set(${at})`,
})

const cancel = (index: number): Step => ({
  check: ({ entries }) => entries.length > 0,
  run(model, real) {
    const [entry] = model.entries.splice(index % model.entries.length, 1)
    entry!.timer.cancelled = true
    sameAs(model, real)
  },
  toString: () => `cancel(${index})`,
})

const run = (ms: number): Step => ({
  check: () => true,
  run(model, real) {
    model.now += ms
    const due = sorted(model).filter(({ at }) => at <= model.now)
    model.went.push(...due.map(({ name }) => name))
    model.entries = model.entries.filter((entry) => !due.includes(entry))
    real.timers.run(model.now)
    sameAs(model, real)
  },
  toString: () => `run(${ms})`,
})

describe('timers', () => {
  it('do what a sorted array does', () => {
    const steps = [fc.nat(50).map(set), fc.nat(50).map(set), fc.nat(99).map(cancel), fc.nat(8).map(run)]
    fc.assert(
      fc.property(fc.commands(steps, { size: 'large' }), (commands) => {
        count = 0
        fc.modelRun(
          () => ({ model: { entries: [], went: [], now: 0 }, real: { timers: new Timers(), went: [] } }),
          commands,
        )
      }),
    )
  })

  it('of one moment go off in the order in which they were set', () => {
    const timers = new Timers()
    const went: number[] = []
    for (let i = 0; i < 100; i++) timers.set(5, () => went.push(i))
    timers.run(4)
    expect(went).toEqual([])
    timers.run(5)
    expect(went).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(timers.next()).toBeUndefined()
  })

  it('that are set by one that goes off go off, too, if they are due', () => {
    const timers = new Timers()
    const went: string[] = []
    timers.set(1, () => {
      went.push('first')
      timers.set(1, () => went.push('due'))
      timers.set(9, () => went.push('later'))
    })
    timers.run(2)
    expect(went).toEqual(['first', 'due'])
    expect(timers.next()).toBe(9)
  })

  it('can be cancelled by one that goes off in the same moment', () => {
    const timers = new Timers()
    const went: string[] = []
    timers.set(1, () => {
      second.cancelled = true
    })
    const second = timers.set(1, () => went.push('second'))
    timers.run(1)
    expect(went).toEqual([])
  })
})
