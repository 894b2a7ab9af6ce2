/** A task that ends its thread, and one that does not. `process.exit` ends none, so each thread keeps the real one when it starts. */
import { defineTasks } from 'celeriac'

/** `execArgv` of a runtime on whose threads `die` works. */
export const preload = ['--import', 'data:text/javascript,globalThis.reallyExit = process.reallyExit.bind(process)']

export const deadly = defineTasks(import.meta.url, {
  die: () => globalThis.reallyExit(1),
  live: (value) => value,
})
