/**
 * Runs calls one by one on this thread, as plainly as can be: each run is one function call and one end. No pieces, no cursors, no
 * messages, no fused steps. The fast executors must be equal to it.
 */
import type { RunPolicy } from '../../src/canvas/policy.js'
import type { Executor, Report, WorkerInfo } from '../../src/executors/executor.js'
import type { Batch, Call } from '../../src/scheduler/batch.js'
import type { Outcome } from '../../src/scheduler/messages.js'
import { pack, unpack } from '../../src/serialization/values.js'
import { findTask } from '../../src/task/registry.js'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../../src/task/retry.js'

export class ReferenceExecutor implements Executor {
  readonly #report: Report
  #isOver = false

  constructor(report: Report) {
    this.#report = report
  }

  dispatch(batch: Batch): void {
    if (batch.size !== 1) throw new Error('the reference runs one call at a time')
    const call = batch.callAt(0)
    queueMicrotask(() => void this.#run(batch, call))
  }

  async #run(batch: Batch, call: Call): Promise<void> {
    const outcome = await outcomeOf(call)
    if (!this.#isOver) this.#report.ended(batch.number, { ends: [{ at: 0, outcome }], ms: 0, begun: 1 })
  }

  recall(batch: Batch): number {
    return batch.size
  }

  tell(): void {}

  terminate(): void {}

  recycle(): void {}

  async ready(): Promise<void> {}

  async tearDown(): Promise<void> {}

  workers(): readonly WorkerInfo[] {
    return []
  }

  async destroy(): Promise<void> {
    this.#isOver = true
  }
}

async function outcomeOf(call: Call): Promise<Outcome> {
  const values: unknown[] = []
  for (const [item, args] of listsOf(crossed(argumentsIn(call), call) as Arguments).entries()) {
    try {
      const { fn } = findTask(call.task.moduleUrl, call.task.task) as { fn: (...args: readonly unknown[]) => unknown }
      values.push(crossed(await fn(...args), call))
    } catch (thrown) {
      const error = thrown as Error
      return retryOf(call.policy, call.attempt, error) ?? { ok: false, error, ...(call.how !== 'call' && { item }) }
    }
  }
  return { ok: true, value: call.how === 'call' ? values[0] : values }
}

/** What comes out of a clone, as on a thread. */
function crossed(value: unknown, { workflow, node, attempt }: Call): unknown {
  return unpack(structuredClone(pack(value, { maxDepth: MAX_DEPTH, what: 'value' })), workflow.runOf(node, attempt))
}

type Arguments = ReturnType<typeof argumentsIn>
const MAX_DEPTH = 512

const argumentsIn = ({ how, args, items = [] }: Call) => ({ how, args, items })

function listsOf({ how, args, items }: Arguments): readonly (readonly unknown[])[] {
  if (how === 'call') return [args]
  return items.map((item) => (how === 'map' ? [item, ...args] : [...(item as readonly unknown[]), ...args]))
}

function retryOf(policy: RunPolicy, attempt: number, error: Error): Outcome | undefined {
  if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return undefined
  return { ok: 'retry', error, wait: retryDelayOf(policy, attempt - 1, 1), jitter: false, args: undefined }
}
