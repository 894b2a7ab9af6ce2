/**
 * Mutation testing of the pure core: each mutant must fail some unit test of it. `ROOM=graph npm run mutation -- --mutate 'src/graph/**'`
 * takes one room, against the tests of that room alone; the scores that were measured stand in `docs/testing-strategy.md`.
 */

export default {
  mutate: ['src/canvas/**/*.ts', 'src/graph/**/*.ts', 'src/scheduler/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // The compiler is a gate of its own: a mutant that does not compile cannot be shipped, but here it still has to be caught.
  checkers: [],
  ignorePatterns: ['dist', 'bench', 'docs', 'examples', 'coverage', 'reports', 'test/parity', 'test/recipes'],
  reporters: ['clear-text', 'json', 'progress'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false, reportMutants: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  timeoutMS: 5_000,
  allowConsoleColors: false,
}
