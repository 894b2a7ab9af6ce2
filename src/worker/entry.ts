/**
 * What every worker thread starts with, by way of `entry.cts`. It imports nothing of the user's, so it cannot fail to load; task modules are
 * imported later, call by call, where a failure is that call's. It must stay light: it never sees the scheduler.
 */
import { MessageChannel, type MessagePort, parentPort, threadId } from 'node:worker_threads'
import { system } from '../environment.js'
import { encodeError } from '../serialization/errors.js'
import { markAsWorker } from './mark.js'
import {
  type AnswerMessage,
  type BatchMessage,
  CANCELLED,
  type ControlMessage,
  FLAG_CELLS,
  type OutcomeMessage,
  type SideMessage,
  type Told,
} from './protocol.js'
import { runCall } from './run-task.js'

markAsWorker()

const { port1, port2: port } = new MessageChannel()
const flags = new Int32Array(new SharedArrayBuffer(FLAG_CELLS * Int32Array.BYTES_PER_ELEMENT))
/** Who hears what is told to a running call. */
const hearing = new Map<string, (told: Told) => void>()

const say = (message: SideMessage, ...ports: MessagePort[]): void => parentPort?.postMessage(message, ports)
const nameOf = (batch: number, call: number): string => `${batch}:${call}`

port1.on('message', ({ batch, call, told }: ControlMessage) => hearing.get(nameOf(batch, call))?.(told))
port1.unref()

/** Runs the calls of a batch one after the other. Never rejects. */
export default async function runBatch({ batch, maxDepth, defaults, calls }: BatchMessage): Promise<AnswerMessage> {
  let said = 0
  const outcomes: OutcomeMessage[] = []
  for (const [call, message] of calls.entries()) {
    const name = nameOf(batch, call)
    const outcome = await runCall(message, {
      maxDepth,
      defaults,
      clock: system.clock,
      importing: (moduleUrl) => say({ celeriac: 'importing', batch, threadId, moduleUrl }),
      imported: () => say({ celeriac: 'imported', batch, threadId }),
      say: (saying) => {
        said++
        say({ celeriac: 'said', batch, call, saying })
      },
      hear: (listener) => hearing.set(name, listener),
      isCancelled: () => Atomics.load(flags, message.cell) === CANCELLED,
    })
    hearing.delete(name)
    outcomes.push(outcome)
  }
  return { outcomes, said }
}

// A promise that a task left behind and nobody handled: it must not end the thread, and with it an innocent call.
process.on('unhandledRejection', (reason) => say({ celeriac: 'stray', error: encodeError(reason) }))

say({ celeriac: 'online', threadId, port, flags }, port)
