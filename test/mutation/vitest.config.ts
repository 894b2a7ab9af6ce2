/** What mutants run against: the unit tests of the rooms that are mutated, without those that are about size, which every mutant would wait for. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/unit/{canvas,graph,scheduler}/**/*.test.ts'],
    exclude: [
      'test/unit/canvas/json-limits.test.ts',
      'test/unit/canvas/json-round-trip.test.ts',
      'test/unit/graph/size.test.ts',
    ],
    testTimeout: 20_000,
    env: { FUZZ_INPUTS: '300' },
    // No test of these rooms leaves anything behind: one load of the modules serves them all, which is most of the time a mutant takes.
    isolate: false,
  },
})
