/**
 * What mutants run against: the unit tests of the rooms that are mutated, without those that are about size, which every mutant would wait
 * for. `ROOM=canvas` leaves the tests of that room alone: then no mutant is caught by what only happens to pass through it.
 */
import { defineConfig } from 'vitest/config'

// Far from UTC, so that a date that is taken for one of here is noticed. A test cannot do that itself: its thread has an environment of its own.
process.env.TZ = 'America/St_Johns'

const rooms = process.env.ROOM ?? '{canvas,graph,scheduler}'

export default defineConfig({
  test: {
    include: [`test/unit/${rooms}/**/*.test.ts`],
    exclude: [
      'test/unit/canvas/json-limits.test.ts',
      'test/unit/canvas/json-round-trip.test.ts',
      'test/unit/canvas/size.test.ts',
      'test/unit/graph/size.test.ts',
    ],
    testTimeout: 20_000,
    env: { FUZZ_INPUTS: '300' },
    // No test of these rooms leaves anything behind: one load of the modules serves them all, which is most of the time a mutant takes.
    isolate: false,
  },
})
