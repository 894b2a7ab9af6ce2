import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A gate of their own: `npm run test:faults`.
    exclude: [...configDefaults.exclude, 'test/faults/**'],
    // A process of its own for each file: worker threads started by a test must not share one with the test runner's.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/canvas/**/*.ts', 'src/graph/**/*.ts', 'src/scheduler/**/*.ts'],
      reporter: ['text', 'json-summary'],
    },
  },
})
