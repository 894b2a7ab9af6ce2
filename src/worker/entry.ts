/**
 * What every worker thread starts with, by way of `entry.cts`. It imports nothing of the user's, so it cannot fail to load; task modules are
 * imported later, call by call, where a failure is that call's. It must stay light: it never sees the scheduler.
 */
import { parentPort, threadId } from 'node:worker_threads'
import { encodeError } from '../serialization/errors.js'
import { markAsWorker } from './mark.js'
import type { AnswerMessage, BatchMessage, OutcomeMessage, SideMessage } from './protocol.js'
import { runCall } from './run-task.js'

markAsWorker()

const say = (message: SideMessage): void => parentPort?.postMessage(message)

/** Runs the calls of a batch one after the other. Never rejects. */
export default async function runBatch({ batch, maxDepth, calls }: BatchMessage): Promise<AnswerMessage> {
  const observer = {
    importing: (moduleUrl: string) => say({ celeriac: 'importing', batch, threadId, moduleUrl }),
    imported: () => say({ celeriac: 'imported', batch, threadId }),
  }
  const outcomes: OutcomeMessage[] = []
  for (const call of calls) outcomes.push(await runCall(call, maxDepth, observer))
  return outcomes
}

// A promise that a task left behind and nobody handled: it must not end the thread, and with it an innocent call.
process.on('unhandledRejection', (reason) => say({ celeriac: 'stray', error: encodeError(reason) }))

say({ celeriac: 'online', threadId })
