import { createTestRuntime, type TestRuntime } from 'celeriac/testing'
import { lifeConformance } from './life.js'
import { conformance } from './suite.js'

for (const seed of [0, 1, 2, 3]) {
  conformance(`test runtime, seed ${seed}`, {}, (options) => createTestRuntime({ ...options, seed }))

  lifeConformance(
    `test runtime, seed ${seed}`,
    {},
    {
      make: (options) => createTestRuntime({ ...options, seed }),
      now: (runtime) => (runtime as TestRuntime).now,
    },
  )
}
