import type { Runtime, RuntimeOptions } from 'celeriac'
import { createTestRuntime, type TestRuntime } from 'celeriac/testing'
import { diagnosticsConformance } from './diagnostics.js'
import { inspectionConformance } from './inspection.js'
import { lazyGroupConformance } from './lazy-groups.js'
import { lifeConformance } from './life.js'
import { manyRunsConformance } from './many-runs.js'
import { refusalConformance } from './refusals.js'
import { scheduleConformance } from './schedules.js'
import { sizeConformance } from './sizes.js'
import type { Stage } from './stage.js'
import { stampConformance } from './stamps.js'
import { stateConformance } from './state.js'
import { streamConformance } from './streams.js'
import { conformance } from './suite.js'
import { transferConformance } from './transfer.js'

for (const seed of [0, 1, 2, 3]) {
  const name = `test runtime, seed ${seed}`
  const make = (options: RuntimeOptions): TestRuntime =>
    createTestRuntime({ now: new Date('2030-01-01'), ...options, seed })

  conformance(name, {}, make)

  const making = { make, now: (runtime: Runtime) => (runtime as TestRuntime).now }

  lifeConformance(name, {}, making)

  refusalConformance(name, {}, make)

  diagnosticsConformance(name, {}, make)

  inspectionConformance(name, {}, making)

  const stage: Stage = {
    name,
    make: (options) => make({ threads: 2, graceMs: 50, ...options }),
    letTimePass: (runtime, ms) => void (runtime as TestRuntime).advance(ms),
  }

  scheduleConformance(stage)

  stampConformance(stage)

  streamConformance(stage)

  lazyGroupConformance(stage)

  manyRunsConformance(stage)
  stateConformance(name, make)

  transferConformance(name, make)

  sizeConformance(name, make)
}
