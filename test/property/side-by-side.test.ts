/** The fast way of running calls and the plain one, side by side: the same values, errors, effects, and events of each call. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chain } from '../../src/canvas/chain.js'
import { chord } from '../../src/canvas/chord.js'
import { group } from '../../src/canvas/group.js'
import { chunks } from '../../src/canvas/map.js'
import type { RunPolicy } from '../../src/canvas/policy.js'
import { system } from '../../src/environment.js'
import { EVENT_NAMES } from '../../src/events/event.js'
import type { Executor, Report } from '../../src/executors/executor.js'
import { InlineExecutor } from '../../src/executors/inline.js'
import { LocalRuntime } from '../../src/runtime/local-runtime.js'
import { defineTasks } from '../../src/task/task.js'
import { Dresser } from '../simulator/dressed.js'
import { Random } from '../simulator/random.js'
import { widePlan } from '../simulator/wide.js'
import { anyInput, anyPlan } from './arbitraries.js'
import { behaviours, show, showCall, turnsOf } from './behaviour.js'
import { HastyClock } from './hasty-clock.js'
import { Builder, type Built, type Kit, programOf } from './plan.js'
import { ReferenceExecutor } from './reference-executor.js'
import { UnrulyExecutor } from './unruly-executor.js'

const MODULE = 'file:///side-by-side.js'
const MAX_DEPTH = 512
/** Longer than a batch may be late: others take over what waits behind it. */
const SLOW_MS = 6

let ran: string[] = []

/** Some end at once, some after a few turns, and a few keep their thread. */
function noted(name: string, behave: (...args: readonly unknown[]) => unknown) {
  return (...args: readonly unknown[]): unknown => {
    ran.push(showCall(name, args))
    const turns = turnsOf(args)
    if (turns === 1 && args.length === 3) for (const until = performance.now() + SLOW_MS; performance.now() < until; );
    return turns < 2 ? behave(...args) : later(turns).then(() => behave(...args))
  }
}

async function later(turns: number): Promise<void> {
  for (let turn = turns; turn > 0; turn--) await null
}

const tasks = defineTasks(
  MODULE,
  Object.fromEntries(Object.entries(behaviours).map(([name, behave]) => [name, noted(name, behave)])) as never,
)
const kit = { chain, chord, group, chunks, tasks } as unknown as Kit

interface Seen {
  readonly outcome: string
  readonly ran: readonly string[]
  /** What was told of each call, in order. */
  readonly events: readonly string[]
}

interface Setting {
  readonly lanes: number
  readonly callsPerThread: number
}

function runtimeOf(
  setting: Setting,
  batching: boolean,
  makeExecutor: (report: Report) => Executor,
  clock = system.clock,
  defaults: RunPolicy = {},
): LocalRuntime {
  return new LocalRuntime({
    environment: { ...system, clock },
    hold: { take: () => {}, release: () => {} },
    lanes: setting.lanes,
    scheduling: { ...setting, batching, defaults },
    resultTtl: 0,
    admission: { maxDepth: MAX_DEPTH, entryFileUrl: undefined },
    makeExecutor,
  })
}

const fast = (setting: Setting): LocalRuntime =>
  runtimeOf(
    setting,
    true,
    (report) =>
      new InlineExecutor({ ...setting, maxDepth: MAX_DEPTH, defaults: {}, startTimeout: 30_000 }, report, system.clock),
  )
const plain = (setting: Setting): LocalRuntime => runtimeOf(setting, false, (report) => new ReferenceExecutor(report))

async function see(runtime: LocalRuntime, canvas: Built, input: unknown, how: 'run' | 'apply'): Promise<Seen> {
  ran = []
  const result =
    how === 'run' ? runtime.run(canvas as never, input) : (runtime.apply(canvas as never, input) as Gettable).get()
  const outcome = await result.then(
    (value: unknown) => `gives ${show(value)}`,
    (error: unknown) => `fails with ${show(error)}`,
  )
  await runtime.idle()
  return { outcome, ran: ran.sort(), events: [] }
}

interface Gettable {
  get(): Promise<unknown>
}

/** Tells for each call by what it ran with, since ids differ from runtime to runtime, the events and which run they were of. */
class Listener {
  readonly #names = new Map<string, string>()
  readonly #events = new Map<string, string[]>()

  constructor(runtime: LocalRuntime) {
    for (const type of EVENT_NAMES)
      runtime.on(type, (event) => {
        if (!('id' in event) || !('attempt' in event)) return
        if (event.type === 'task-sent' && !this.#names.has(event.id))
          this.#names.set(event.id, showCall(event.taskName, event.args))
        this.#events.set(event.id, [...(this.#events.get(event.id) ?? []), `${type} ${event.attempt}`])
      })
  }

  take(): readonly string[] {
    const told = [...this.#events].map(([id, events]) => `${this.#names.get(id)}: ${events.join(', ')}`)
    this.#names.clear()
    this.#events.clear()
    return told.sort()
  }
}

const settings: readonly Setting[] = [
  { lanes: 1, callsPerThread: 1 },
  { lanes: 2, callsPerThread: 1 },
  { lanes: 3, callsPerThread: 3 },
]
const RETRIES = {
  delays: 0,
  expiries: 0,
  retries: 0.3,
  limits: 0,
  priorities: 0.2,
  names: 0,
  failFast: 0,
  requeues: 0,
  lazy: 0,
  breaks: 0,
}

describe.each(settings)('with $lanes lanes and $callsPerThread calls in each, batches', (setting) => {
  let pair: readonly LocalRuntime[] = []
  beforeAll(() => {
    pair = [fast(setting), plain(setting)]
  })
  afterAll(() => Promise.all(pair.map((runtime) => runtime.close())))

  const bothDo = (numRuns: number, watch: (runtime: LocalRuntime) => Listener | undefined) => {
    const watched = pair.map(watch)
    return fc.assert(
      fc.asyncProperty(anyPlan, anyInput, fc.nat(), fc.constantFrom('run', 'apply'), async (plan, input, seed, how) => {
        const canvas = new Builder(new Dresser(new Random(seed), RETRIES).kit(kit)).build(plan)
        const seen: Seen[] = []
        for (const [i, runtime] of pair.entries()) {
          const one = await see(runtime, canvas, input.args.length > 0 || 'kwargs' in input ? input : undefined, how)
          seen.push({ ...one, events: watched[i]?.take() ?? [] })
        }
        expect(seen[0], programOf(plan)).toEqual(seen[1])
      }),
      { numRuns },
    )
  }

  it('do what single calls do', () => bothDo(400, () => undefined))

  it('tell of each call what single calls tell', () => bothDo(200, (runtime) => new Listener(runtime)))
})

/** The fast way under steals, dead threads and revokes: all at moments that a seed picks, without waiting for anything. */
class Unruly {
  readonly clock = new HastyClock()
  readonly runtime: LocalRuntime
  executor: UnrulyExecutor | undefined

  constructor(setting: Setting, defaults: RunPolicy = {}) {
    const inline = (report: Report): Executor =>
      new InlineExecutor({ ...setting, maxDepth: MAX_DEPTH, defaults: {}, startTimeout: 30_000 }, report, system.clock)
    const unruly = (report: Report): Executor => {
      this.executor = new UnrulyExecutor(report, inline)
      return this.executor
    }
    this.runtime = runtimeOf(setting, true, unruly, this.clock, defaults)
  }
}

const anyOrWide = fc.oneof(
  { weight: 2, arbitrary: anyPlan },
  { weight: 1, arbitrary: fc.nat().map((seed) => widePlan(new Random(seed))) },
)
const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

describe.each(settings)(
  'with $lanes lanes and $callsPerThread calls in each, whatever happens to batches, they',
  (setting) => {
    let unruly: Unruly
    let dying: Unruly
    let sober: LocalRuntime
    beforeAll(() => {
      unruly = new Unruly(setting)
      dying = new Unruly(setting, { onWorkerLost: 'requeue' })
      sober = plain(setting)
    })
    afterAll(() => Promise.all([unruly.runtime.close(), dying.runtime.close(), sober.close()]))

    const withEach = (
      numRuns: number,
      options: typeof RETRIES,
      check: (canvas: Built, plan: string, random: Random) => Promise<void>,
    ) =>
      fc.assert(
        fc.asyncProperty(anyOrWide, fc.nat(), async (plan, seed) => {
          const random = new Random(seed)
          await check(new Builder(new Dresser(random, options).kit(kit)).build(plan), programOf(plan), random)
        }),
        { numRuns },
      )

    it('do what single calls do, when time passes and they are taken back', () =>
      withEach(150, RETRIES, async (canvas, program, random) => {
        unruly.clock.random = random
        const fast = await see(unruly.runtime, canvas, undefined, 'run')
        unruly.clock.random = undefined
        expect(fast, program).toEqual(await see(sober, canvas, undefined, 'run'))
      }))

    it('do what single calls do, when threads die under calls that run again then', () =>
      withEach(150, RETRIES, async (canvas, program, random) => {
        dying.executor?.misbehave(random)
        const fast = await see(dying.runtime, canvas, undefined, 'run')
        const single = await see(sober, canvas, undefined, 'run')
        expect(fast.outcome, program).toBe(single.outcome)
        expect(distinct(fast.ran), program).toEqual(distinct(single.ran))
      }))

    it('come to an end, when it is revoked at any moment', () =>
      withEach(100, RETRIES, async (canvas, program, random) => {
        unruly.clock.random = random
        const result = unruly.runtime.apply(canvas as never) as Gettable & { revoke(): void; state: string }
        const outcome = result.get().then(
          (value: unknown) => `gives ${show(value)}`,
          (error: unknown) => `fails with ${show(error)}`,
        )
        await later(random.below(30))
        result.revoke()
        const fast = await outcome
        await unruly.runtime.idle()
        unruly.clock.random = undefined
        if (/Revoked/.test(fast)) return
        expect(fast, program).toBe((await see(sober, canvas, undefined, 'run')).outcome)
      }))

    it('have died and been taken back now and then', () => {
      expect(unruly.executor?.recalls).toBeGreaterThan(0)
      expect(dying.executor?.deaths).toBeGreaterThan(0)
    })
  },
)
