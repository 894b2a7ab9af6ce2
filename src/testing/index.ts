/** celeriac/testing: workflows in unit tests, under a virtual clock and a seeded order. Named re-exports only. */
export { ExploreError, explore } from './explore.js'
export type { TaskMock } from './faults.js'
export { type CeleriacMatchers, matchers } from './matchers.js'
export type { TestRuntimeOptions } from './options.js'
export { type RecordedCall, type Recorder, recorder } from './recorder.js'
export { createTestRuntime, type TestRuntime } from './test-runtime.js'
