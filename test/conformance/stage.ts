/** On what a suite runs: how a runtime is made, and how time passes there. */
import { createRuntime, type Runtime, type RuntimeOptions } from 'celeriac'

export interface Stage {
  readonly name: string
  make(options?: RuntimeOptions): Runtime
  /** Lets so many ms pass where the test moves the clock. Elsewhere time passes by itself, and tests wait for events. */
  letTimePass(runtime: Runtime, ms: number): void
}

/** A runtime as users make it. */
export const realStage = (executor: 'inline' | 'threads'): Stage => ({
  name: executor,
  make: (options) => createRuntime({ threads: 2, graceMs: 50, executor, ...options }),
  letTimePass: () => {},
})
