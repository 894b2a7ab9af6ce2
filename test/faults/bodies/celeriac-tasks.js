/** The bodies as celeriac's tasks. */
import { createRuntime, defineTasks, task } from 'celeriac'
import { add } from '../storm-plan.mjs'
import { bodies, endThread } from './bodies.js'

export const tasks = defineTasks(import.meta.url, {
  ...bodies,
  add,
  nestPool: () => {
    createRuntime({ threads: 1 })
    return 42
  },
  replaceItself(times) {
    if (times > 0) this.replace(tasks.replaceItself.si(times - 1))
    return 42
  },
  /** Runs once more after the loss of its thread. */
  requeuedOnce: task({ onWorkerLost: 'requeue' }, (cells) => {
    if (Atomics.add(cells, 0, 1) === 0) return endThread()
    return 42
  }),
})
