/**
 * What every worker thread starts with, by way of `entry.cts`. It imports nothing of the user's, so it cannot fail to load; task modules are
 * imported later, call by call, where a failure is that call's. It must stay light: it never sees the scheduler.
 */
import {
  MessageChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  type TransferListItem,
  threadId,
  workerData,
} from 'node:worker_threads'
import { stopwatch, system } from '../environment.js'
import { encodeError } from '../serialization/errors.js'
import { BatchRunner } from './batch-runner.js'
import { trapExit } from './exit-trap.js'
import { failTask, hearLateErrors } from './late-errors.js'
import { importModule } from './load-module.js'
import { markAsWorker } from './mark.js'
import type { AnswerMessage, PortMessage, WorkerSetup } from './protocol.js'
import { running } from './run-task.js'
import type { OnlineMessage, SideMessage } from './side-messages.js'
import { TaskModules } from './task-modules.js'
import { answerToWire, batchFromWire, type WireBatch } from './wire.js'

markAsWorker()

const { port1: port, port2: farPort } = new MessageChannel()
/** How often something has been said to running calls: a loop that never yields sees by it that there is mail. */
const mail = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
let mailSeen = 0

const say = (message: SideMessage): void => port.postMessage(message)

const modules = new TaskModules(false)
const runner = new BatchRunner({
  modules,
  setup: workerData as WorkerSetup,
  clock: system.clock,
  stopwatch,
  say: (batch, call, saying) => say({ kind: 'said', batch, call, saying }),
  send: (batch, answer, moved) => send(batch, answer, false, moved),
  checkMail,
  importing: (batch, moduleUrl) => say({ kind: 'importing', batch, moduleUrl }),
  imported: (batch) => say({ kind: 'imported', batch, hasTeardown: modules.hasTeardown }),
})

/** An answer that reads differently than it did when it was found to clone cannot be posted: nobody would ever hear of it. */
function send(batch: number, answer: AnswerMessage, isLast: boolean, moved: readonly TransferListItem[] = []): void {
  try {
    port.postMessage(answerToWire(batch, answer, isLast), moved)
  } catch {
    giveUp()
  }
}

const answer = (batch: number) => (last: AnswerMessage) => send(batch, last, true)

/** A task that is in the middle of something looks for what has been said to it. What else comes waits, and is nothing of the task's. */
function checkMail(): void {
  const sent = Atomics.load(mail, 0)
  if (sent === mailSeen) return
  mailSeen = sent
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    const message = next.message as WireBatch | PortMessage
    if (isBatch(message)) running.exit(() => runner.add(batchFromWire(message), answer(message[0])))
    else hear(message)
  }
}

const isBatch = (message: WireBatch | PortMessage): message is WireBatch => Array.isArray(message)

function hear(message: WireBatch | PortMessage): void {
  if (isBatch(message)) return runner.run(batchFromWire(message), answer(message[0]))
  if ('warm' in message) return warm(message.warm)
  if (!('tearDown' in message)) return runner.tell(message)
  void runner
    .idle()
    .then(() => modules.tearDown())
    .then((errors) => say({ kind: 'torn-down', errors: errors.map((error) => encodeError(error)) }))
}

/** The port is the thread's: a task that closes it means its own. */
function keepOpen(shared: MessagePort | null): void {
  if (shared !== null) Object.defineProperty(shared, 'close', { value: () => {}, writable: true, configurable: true })
}

/** What fails here fails again with the first call, and is told then. */
function warm(moduleUrls: readonly string[]): void {
  for (const moduleUrl of moduleUrls) void importModule(moduleUrl).catch(() => {})
}

port.on('message', hear)
port.unref()

/** The thread ends, and the call that began last is charged. */
function giveUp(): never {
  return exit(1)
}

hearLateErrors(({ what, thrown, run }) => say({ kind: 'stray', what, error: encodeError(thrown), run }))
const exit = trapExit(
  () => running.getStore()?.run,
  (error) => failTask(running.getStore(), error),
)
keepOpen(parentPort)
// What has ended is kept, also when the thread dies of an exception.
process.on('exit', () => runner.flush())

parentPort?.postMessage({ celeriac: 'online', threadId, port: farPort, mail } satisfies OnlineMessage, [farPort])
