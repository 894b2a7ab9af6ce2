/**
 * What every worker thread starts with, by way of `entry.cts`. It imports nothing of the user's, so it cannot fail to load; task modules are
 * imported later, call by call, where a failure is that call's. It must stay light: it never sees the scheduler.
 */
import {
  MessageChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  threadId,
  workerData,
} from 'node:worker_threads'
import { stopwatch, system } from '../environment.js'
import { encodeError } from '../serialization/errors.js'
import { BatchRunner } from './batch-runner.js'
import { markAsWorker } from './mark.js'
import type { ControlMessage, WorkerSetup } from './protocol.js'
import type { SideMessage } from './side-messages.js'
import { answerToWire, batchFromWire, type WireAnswer, type WireBatch } from './wire.js'

markAsWorker()

const { port1, port2: port } = new MessageChannel()
/** How many messages have been sent to the port: a loop that never yields sees by it that there are some. */
const mail = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
let mailSeen = 0

const say = (message: SideMessage, ...ports: MessagePort[]): void => parentPort?.postMessage(message, ports)

const runner = new BatchRunner({
  setup: workerData as WorkerSetup,
  clock: system.clock,
  stopwatch,
  say: (batch, call, saying) => say({ celeriac: 'said', batch, call, saying }),
  send: (batch, answer) => say({ celeriac: 'ended', batch, answer: answerToWire(answer) }),
  checkMail,
  importing: (batch, moduleUrl) => say({ celeriac: 'importing', batch, threadId, moduleUrl }),
  imported: (batch) => say({ celeriac: 'imported', batch, threadId }),
})

function checkMail(): void {
  const sent = Atomics.load(mail, 0)
  if (sent === mailSeen) return
  mailSeen = sent
  for (let next = receiveMessageOnPort(port1); next !== undefined; next = receiveMessageOnPort(port1))
    runner.tell(next.message as ControlMessage)
}

port1.on('message', (message: ControlMessage) => runner.tell(message))
port1.unref()

/** Runs the calls of a batch. Never rejects. */
export default async function runBatch(message: WireBatch): Promise<WireAnswer> {
  return answerToWire(await runner.run(batchFromWire(message)))
}

// A promise that a task left behind and nobody handled: it must not end the thread, and with it an innocent call.
process.on('unhandledRejection', (reason) => say({ celeriac: 'stray', error: encodeError(reason) }))
// What has ended is kept, also when a task ends the thread.
process.on('exit', () => runner.flush())

say({ celeriac: 'online', threadId, port, mail }, port)
