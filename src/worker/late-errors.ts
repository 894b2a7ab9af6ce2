/**
 * What goes wrong in a thread outside of the body of a call: a timer that throws, a rejection that nobody handles. The asynchronous context
 * tells in whose name it ran. A call that is still in progress fails; of one that has ended it is told, as a warning; nobody else is
 * touched, and the thread goes on.
 */
import { ConfigurationError, type RunIdentity } from '../errors.js'
import type { RunningTask } from './context.js'
import { running } from './run-task.js'
import { TaskSignal } from './task-signal.js'

/** Something that went wrong, and in the name of which call, if that is known. */
export interface Stray {
  readonly what: 'exception' | 'rejection'
  readonly thrown: unknown
  readonly run: RunIdentity | undefined
}

/** Takes care of all that goes wrong in this thread from now on; `tell` is told what no call fails for. */
export function hearLateErrors(tell: (stray: Stray) => void): void {
  const ownerOfMicrotask = ownersOfMicrotasks()
  const hear = (what: Stray['what'], thrown: unknown, task: RunningTask | undefined): void => {
    if (failTask(task, thrown)) return
    tell({ what, thrown: TaskSignal.is(thrown) ? tooLate(thrown) : thrown, run: task?.run })
  }
  process.on('uncaughtException', (thrown) => hear('exception', thrown, running.getStore() ?? ownerOfMicrotask()))
  process.on('unhandledRejection', (thrown) => hear('rejection', thrown, running.getStore()))
}

/** Fails a call that is in progress; tells whether it was. What follows from that is nothing of the call's own. */
export const failTask = (task: RunningTask | undefined, thrown: unknown): boolean =>
  task !== undefined && running.exit(() => task.fail(thrown))

const tooLate = ({ body: { kind } }: TaskSignal): ConfigurationError =>
  new ConfigurationError(`${kind}() has no effect when the call has ended`)

/** Older Nodes forget whose an error is that a microtask throws, so it is noted down on the way. */
function ownersOfMicrotasks(): () => RunningTask | undefined {
  let owner: RunningTask | undefined
  if (Number.parseInt(process.versions.node, 10) >= 24) return () => undefined
  const native = globalThis.queueMicrotask
  globalThis.queueMicrotask = (callback: () => void): void => {
    const task = running.getStore()
    if (task === undefined || typeof callback !== 'function') return native(callback)
    native(() => {
      owner = task
      callback()
      owner = undefined
    })
  }
  return () => {
    const found = owner
    owner = undefined
    return found
  }
}
