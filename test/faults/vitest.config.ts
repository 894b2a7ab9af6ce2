/** The faults are a gate of their own: they start some hundred processes, and want the machine for themselves. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/faults/**/*.test.ts'], pool: 'forks', root: '.', fileParallelism: false },
})
