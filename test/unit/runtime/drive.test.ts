/** What a runtime does with what its scheduler says, in which order. */
import { describe, expect, it } from 'vitest'
import { group } from '../../../src/canvas/group.js'
import type { Executor } from '../../../src/executors/executor.js'
import { LocalRuntime } from '../../../src/runtime/local-runtime.js'
import { defineTasks } from '../../../src/task/task.js'

const { a, b } = defineTasks('file:///drive.js', { a: () => 1, b: () => 2 })

/** Time that passes when a test says so. */
class VirtualClock {
  time = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  readonly now = (): number => this.time

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.time + ms, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  pass(ms: number): void {
    this.time += ms
    const due = this.#timers.filter(({ at }) => at <= this.time)
    this.#timers = this.#timers.filter(({ at }) => at > this.time)
    for (const { callback } of due) callback()
  }
}

describe('a runtime', () => {
  it('ends the thread of a revoked call after its grace, whatever else it had waited for', () => {
    const clock = new VirtualClock()
    const terminated: number[] = []
    const executor: Executor = {
      dispatch: () => {},
      recall: ({ size }) => size,
      tell: () => {},
      terminate: (batch) => void terminated.push(batch),
      recycle: () => {},
      ready: async () => {},
      tearDown: async () => {},
      workers: () => [],
      destroy: async () => {},
    }
    const runtime = new LocalRuntime({
      environment: { clock, newId: () => 'id', parallelism: 1, random: () => 0 },
      hold: { take: () => {}, release: () => {} },
      lanes: 1,
      scheduling: { graceMs: 100 },
      resultTtl: 0,
      admission: { maxDepth: 512, entryFileUrl: undefined },
      makeExecutor: () => executor,
    })
    const result = runtime.apply(group([a.s(), b.s().set({ countdown: 5_000 })]) as never) as never
    runtime.revoke(result, { terminate: true })
    clock.pass(100)
    expect(terminated).toEqual([0])
  })
})
