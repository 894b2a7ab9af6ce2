/** What many small calls must not cost, counted: messages, and ids, events and promises that nobody looks at. No time is measured. */
import { createHook } from 'node:async_hooks'
import { chain, group } from 'celeriac'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Executor, Report } from '../../src/executors/executor.js'
import type { BatchEnd } from '../../src/scheduler/messages.js'
import { add, big, sizeOf } from './programs/counted.js'

// The copy that worker threads run, too.
const built = (path: string) => import(new URL(`../../dist/${path}`, import.meta.url).href)
const { system } = await built('environment.js')
const { PiscinaExecutor } = await built('executors/piscina.js')
const { LocalRuntime } = await built('runtime/local-runtime.js')
const { Workflow } = await built('scheduler/workflow.js')
const { EventBus } = await built('events/bus.js')

const CALLS = 10_000
const THREADS = 2
const MAX_DEPTH = 512

/** What went through the seam between deciding and doing. */
class Counter {
  readonly runtime
  messages = 0
  readonly ends: BatchEnd[] = []

  constructor() {
    this.runtime = new LocalRuntime({
      environment: system,
      hold: { take: () => {}, release: () => {} },
      lanes: THREADS,
      scheduling: {},
      resultTtl: 0,
      admission: { maxDepth: MAX_DEPTH, entryFileUrl: undefined },
      makeExecutor: (report: Report) => this.#counted(report),
    })
  }

  #counted(report: Report): Executor {
    const ended: Report['ended'] = (batch, ends) => {
      this.messages++
      this.ends.push(...ends.ends)
      report.ended(batch, ends)
    }
    const options = { threads: THREADS, callsPerThread: 1, maxDepth: MAX_DEPTH, defaults: {}, startTimeout: 30_000 }
    const executor: Executor = new PiscinaExecutor(options, { ...report, ended }, system.clock)
    const dispatch = executor.dispatch.bind(executor)
    executor.dispatch = (batch) => {
      this.messages++
      dispatch(batch)
    }
    return executor
  }

  reset(): void {
    this.messages = 0
    this.ends.length = 0
  }
}

/** How often a method is called while `work` runs. */
async function callsOf(prototype: object, method: string, work: () => Promise<unknown>): Promise<number> {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>
  const original = methods[method] as (...args: unknown[]) => unknown
  let calls = 0
  methods[method] = function (...args) {
    calls++
    return original.apply(this, args)
  }
  try {
    await work()
  } finally {
    methods[method] = original
  }
  return calls
}

describe('ten thousand small calls', () => {
  let counter: Counter
  beforeEach(async () => {
    counter = new Counter()
    await counter.runtime.ready()
    // What the calls of the task cost is learned.
    for (let i = 0; i < 3; i++) await counter.runtime.run(ofSignatures())
    counter.reset()
  })
  afterEach(() => counter.runtime.close())

  const ofSignatures = () => group(Array.from({ length: CALLS }, (_, i) => add.s(i, 1)))
  const ofTable = () => add.each(Array.from({ length: CALLS }, (_, i) => [i, 1]))

  /** Pieces are cut by time, so a machine that is busy elsewhere sees more of them: the best of some runs counts. */
  async function fewestMessages(canvas: () => ReturnType<typeof ofSignatures>): Promise<number> {
    let fewest = Infinity
    for (let i = 0; i < 20 && fewest > 40; i++) {
      counter.reset()
      expect((await counter.runtime.run(canvas())).length).toBe(CALLS)
      fewest = Math.min(fewest, counter.messages)
    }
    return fewest
  }

  it('leave and come back in forty messages', async () => {
    expect(await fewestMessages(ofSignatures)).toBeLessThanOrEqual(40)
  })

  it('do so also from a table', async () => {
    expect(await fewestMessages(ofTable)).toBeLessThanOrEqual(40)
  })

  it('get ids by the message, not by the call', async () => {
    const ids = await callsOf(Workflow.prototype, 'idOf', () => counter.runtime.run(ofSignatures()))
    expect(ids).toBeLessThan(100)
  })

  it('make no event', async () => {
    expect(await callsOf(EventBus.prototype, 'emit', () => counter.runtime.run(ofSignatures()))).toBe(0)
  })

  it('make no event but those that somebody listens to', async () => {
    const heard: string[] = []
    const hear = ({ type }: { readonly type: string }) => void heard.push(type)
    counter.runtime.on('task-failed', hear).on('workflow-finished', hear)
    const emitted = await callsOf(EventBus.prototype, 'emit', () => counter.runtime.run(ofSignatures()))
    counter.runtime.off('task-failed').off('workflow-finished')
    expect([emitted, heard]).toEqual([1, ['workflow-finished']])
  })

  it('make promises by the message, not by the call', async () => {
    let promises = 0
    const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && promises++) })
    const canvas = ofSignatures()
    hook.enable()
    await counter.runtime.run(canvas)
    hook.disable()
    expect(promises).toBeGreaterThan(0)
    expect(promises).toBeLessThan(400)
  })
})

describe('a value of 10 MB', () => {
  it('that only feeds the next step never leaves its thread', async () => {
    const counter = new Counter()
    expect(await counter.runtime.run(chain(big.s(), sizeOf.s()))).toBe(10 * 2 ** 20)
    expect(counter.ends).toEqual([
      { from: 0, passed: 1 },
      { from: 1, values: [10 * 2 ** 20] },
    ])
    expect(counter.messages).toBeLessThanOrEqual(3)
    await counter.runtime.close()
  })
})
