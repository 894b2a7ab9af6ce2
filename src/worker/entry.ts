/**
 * What every worker thread starts with, by way of `entry.cts`. It imports nothing of the user's, so it cannot fail to load; task modules are
 * imported later, call by call, where a failure is that call's. It must stay light: it never sees the scheduler.
 */
import { types } from 'node:util'
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
import type { PortMessage, WorkerSetup } from './protocol.js'
import { running } from './run-task.js'
import { HAS_TEARDOWN, MAIL_CELLS, type SideMessage } from './side-messages.js'
import { TaskModules } from './task-modules.js'
import { answerToWire, batchFromWire, type WireAnswer, type WireBatch } from './wire.js'

markAsWorker()

const { port1, port2: port } = new MessageChannel()
/** How many messages have been sent to the port: a loop that never yields sees by it that there are some. */
const mail = new Int32Array(new SharedArrayBuffer(MAIL_CELLS * Int32Array.BYTES_PER_ELEMENT))
let mailSeen = 0

const say = (message: SideMessage, moved: readonly TransferListItem[] = []): void =>
  parentPort?.postMessage(message, moved)

const modules = new TaskModules(false)
const runner = new BatchRunner({
  modules,
  setup: workerData as WorkerSetup,
  clock: system.clock,
  stopwatch,
  say: (batch, call, saying) => say({ celeriac: 'said', batch, call, saying }),
  send: (batch, answer, moved) => {
    try {
      say({ celeriac: 'ended', batch, answer: answerToWire(answer) }, moved)
    } catch {
      giveUp()
    }
  },
  checkMail,
  importing: (batch, moduleUrl) => say({ celeriac: 'importing', batch, threadId, moduleUrl }),
  imported: (batch) => {
    // Said before any answer can be: an answer may overtake a message.
    if (modules.hasTeardown) Atomics.store(mail, HAS_TEARDOWN, 1)
    say({ celeriac: 'imported', batch, threadId })
  },
})

function checkMail(): void {
  const sent = Atomics.load(mail, 0)
  if (sent === mailSeen) return
  mailSeen = sent
  for (let next = receiveMessageOnPort(port1); next !== undefined; next = receiveMessageOnPort(port1))
    hear(next.message as PortMessage)
}

function hear(message: PortMessage): void {
  if ('warm' in message) return warm(message.warm)
  if (!('tearDown' in message)) return runner.tell(message)
  void runner
    .idle()
    .then(() => modules.tearDown())
    .then((errors) => say({ celeriac: 'torn-down', threadId, errors: errors.map((error) => encodeError(error)) }))
}

/** The port is the thread's, and what is said goes out by it: a task that closes it means its own. */
function keepOpen(shared: MessagePort | null): void {
  if (shared !== null) Object.defineProperty(shared, 'close', { value: () => {}, writable: true, configurable: true })
}

/** What fails here fails again with the first call, and is told then. */
function warm(moduleUrls: readonly string[]): void {
  for (const moduleUrl of moduleUrls) void importModule(moduleUrl).catch(() => {})
}

port1.on('message', hear)
port1.unref()

/** Runs the calls of a batch. Never rejects. */
export default async function runBatch(message: WireBatch): Promise<WireAnswer> {
  return answerToWire(await runner.run(batchFromWire(message)))
}

/**
 * An answer cannot be posted: something in it was found to clone, and reads differently now. Nobody would ever hear of it, so the thread ends,
 * and the call that began last is charged.
 */
function giveUp(): never {
  return exit(1)
}

const isCloneError = (thrown: unknown): boolean =>
  !types.isProxy(thrown) && thrown instanceof DOMException && thrown.name === 'DataCloneError'

hearLateErrors(({ what, thrown, run }) => {
  // Piscina throws what it could not post where nobody can catch it.
  if (run === undefined && isCloneError(thrown)) giveUp()
  say({ celeriac: 'stray', what, error: encodeError(thrown), run })
})
const exit = trapExit(
  () => running.getStore()?.run,
  (error) => failTask(running.getStore(), error),
)
keepOpen(parentPort)
// What has ended is kept, also when the thread dies of an exception.
process.on('exit', () => runner.flush())

say({ celeriac: 'online', threadId, port, mail }, [port])
