/** Tasks that end their thread for good: `process.exit` does not, so the thread keeps the real one when it starts, see `preload`. */
import { threadId } from 'node:worker_threads'
import { defineTasks, task } from 'celeriac'

/** `execArgv` of a runtime on whose threads `die` works. */
export const preload = ['--import', 'data:text/javascript,globalThis.reallyExit = process.reallyExit.bind(process)']

export const deadly = defineTasks(import.meta.url, {
  thread: () => threadId,
  die: (code = 3) => globalThis.reallyExit(code),
  /** What it gives is found to clone, and does not when it is posted. */
  flip: () => {
    let reads = 0
    return {
      get x() {
        return reads++ === 0 ? 1 : () => {}
      },
    }
  },
  forever: () => new Promise(() => {}),
  dieAgain: task({ onWorkerLost: 'requeue' }, () => globalThis.reallyExit(3)),
})
