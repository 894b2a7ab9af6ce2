/**
 * Runs batches on the threads of a Piscina pool. Piscina starts, replaces and ends them; batches and their answers go by a port of each
 * thread's own, in order, so that the last answer of a thread that died is heard before its death. The pool is never closed, only destroyed:
 * draining is the runtime's.
 *
 * As many threads as there are lanes, for good: with fewer at first, Piscina strands what waits when a thread dies.
 * `npm run bench -- latency` justifies the port: by way of `pool.run` a lone call took half as long again.
 */
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import { portablePolicy, type RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import { assertNever, InvalidTransitionError, SerializationError, WorkerLostError } from '../errors.js'
import type { Batch } from '../scheduler/batch.js'
import type { Loss, Told } from '../scheduler/messages.js'
import { decodeError } from '../serialization/errors.js'
import type { ByteLimits } from '../serialization/size.js'
import type { ControlMessage, PortMessage, WorkerSetup } from '../worker/protocol.js'
import { isOnlineMessage, type OnlineMessage, type SideMessage } from '../worker/side-messages.js'
import { answerFromWire, batchToWire, type WireAnswer } from '../worker/wire.js'
import { BatchUnderWay } from './batch-under-way.js'
import { diedUnder, ranOf } from './blame.js'
import { encodeTold, reportSaying, reportStray } from './call-messages.js'
import { Cursors } from './cursors.js'
import type { Ends, Executor, Report, WorkerInfo } from './executor.js'
import { Imports } from './imports.js'
import { newPool, type PoolOptions } from './new-pool.js'
import { Pools } from './pools.js'
import { Teardowns } from './teardowns.js'
import { type Thread, Threads } from './threads.js'

/** What the executor is made with. */
export interface ThreadOptions extends PoolOptions {
  readonly threads: number
  /** Threads that are kept ready beside them, for the place of one that dies. Default 0. */
  readonly spareThreads?: number
  readonly callsPerThread: number
  readonly maxDepth: number
  readonly bytes?: ByteLimits | undefined
  readonly defaults: RunPolicy
  /** How long a task module may take to import and set up, and to tear down, in ms. */
  readonly startTimeout: number
  /** Called while the threads start, which takes a while anyway. */
  readonly whileStarting?: () => void
}

/** A batch, and the thread that it has been sent to. */
interface Sent {
  readonly underWay: BatchUnderWay
  thread: Thread | undefined
  /** Why we ended its thread, if we did. */
  loss: Loss | undefined
}

/** Threads in a row that die before they are ready, until those who wait are told that none starts. */
const MOST_FAILED_STARTS = 3

export class PiscinaExecutor implements Executor {
  readonly #options: ThreadOptions
  readonly #report: Report
  readonly #cursors = new Cursors()
  readonly #threads: Threads
  readonly #imports: Imports
  readonly #teardowns: Teardowns<Thread>
  readonly #sent = new Map<number, Sent>()
  #pools: Pools | undefined
  #starting: Promise<Pools> | undefined
  #destroyed = false
  readonly #whenOnline = new Set<() => void>()
  readonly #whenFailed = new Set<(error: Error) => void>()
  /** Threads in a row that have died before they were ready, and of what the last thread died that had no calls. */
  #failedStarts = 0
  #lastError: Error | undefined
  /** Modules that some thread has imported: spare ones do so, too. */
  readonly #modules = new Set<string>()
  /** Threads that have said that they are there before Piscina told of them. */
  readonly #early = new Map<number, OnlineMessage>()
  /** What threads have just died of that Piscina, too, is about to tell. */
  readonly #crashes = new Set<unknown>()

  constructor(options: ThreadOptions, report: Report, clock: Clock) {
    this.#options = options
    this.#report = report
    this.#threads = new Threads(options.threads)
    this.#imports = new Imports(clock, options.startTimeout, (batch, loss) => this.terminate(batch, loss))
    this.#teardowns = new Teardowns(clock, options.startTimeout, report)
  }

  dispatch(batch: Batch): void {
    const underWay = new BatchUnderWay(batch, this.#cursors, this.#options)
    const sent: Sent = { underWay, thread: undefined, loss: undefined }
    this.#sent.set(batch.number, sent)
    if (underWay.isEmpty) queueMicrotask(() => this.#finish(sent, underWay.endsIn(undefined)))
    else if (this.#pools !== undefined) this.#place(sent)
    else
      void this.#start().then(
        () => this.#place(sent),
        (error: unknown) => this.#lose(sent, lossBehind(error)),
      )
  }

  /** Hands a batch to the thread of its lane, or keeps it until there is one. */
  #place(sent: Sent): void {
    const { batch } = sent.underWay
    if (this.#destroyed || this.#sent.get(batch.number) !== sent) return
    const thread = this.#threads.at(batch.lane)
    if (thread?.port !== undefined) return this.#send(sent, thread, thread.port)
    this.#threads.whenOnline(batch.lane, () => this.#place(sent))
    if (thread === undefined) this.#pools?.fill()
  }

  #send(sent: Sent, thread: Thread, port: MessagePort): void {
    const { underWay } = sent
    sent.thread = thread
    try {
      port.postMessage(batchToWire(underWay.message), underWay.leave())
    } catch (error) {
      const ends = cannotBeSent(underWay.batch, error as Error)
      queueMicrotask(() => this.#finish(sent, ends))
    }
  }

  recall(batch: Batch): number {
    return this.#sent.get(batch.number)?.underWay.recall() ?? batch.size
  }

  tell(batch: number, call: number, told: Told): void {
    const { thread, underWay } = this.#sent.get(batch) ?? {}
    if (thread?.mail === undefined || underWay === undefined) return
    const message = { batch, call: underWay.sentPlaceOf(call), told: encodeTold(told, this.#options.maxDepth) }
    thread.port?.postMessage(message satisfies ControlMessage)
    Atomics.add(thread.mail, 0, 1)
  }

  terminate(batch: number, loss: Loss): void {
    const sent = this.#sent.get(batch)
    if (sent === undefined) return
    sent.loss = loss
    if (sent.thread === undefined) return
    this.#threads.remove(sent.thread)
    void sent.thread.worker.terminate()
  }

  async ready(): Promise<void> {
    const pools = await this.#start()
    await new Promise<void>((resolve, reject) => {
      const stop = (settle: () => void): void => {
        this.#whenOnline.delete(check)
        this.#whenFailed.delete(fail)
        settle()
      }
      const check = (): void => {
        if (this.#threads.online >= this.#size || this.#destroyed) stop(resolve)
      }
      const fail = (cause: Error): void => stop(() => reject(startError(cause)))
      this.#whenOnline.add(check)
      this.#whenFailed.add(fail)
      pools.fill()
      check()
    })
  }

  workers(): readonly WorkerInfo[] {
    return this.#threads.infos()
  }

  async tearDown(withinMs: number): Promise<void> {
    await Promise.all(this.#threads.all().map((thread) => this.#tearDown(thread, withinMs)))
  }

  recycle(lane: number): void {
    const thread = this.#threads.at(lane)
    if (thread === undefined) return // it died just now, and another one takes its place anyway
    thread.isRecycled = true
    void this.#tearDown(thread, Infinity).then(() => thread.worker.terminate())
  }

  async #tearDown(thread: Thread, withinMs: number): Promise<void> {
    if (!thread.hasTeardown) return
    const isBusy = this.#sentTo(thread).length > 0
    const ms = isBusy ? Math.min(withinMs, BUSY_MS) : withinMs
    await this.#teardowns.begin(thread, ms, () => thread.port?.postMessage(TEAR_DOWN))
  }

  #sentTo(thread: Thread): readonly Sent[] {
    return [...this.#sent.values()].filter((sent) => sent.thread === thread)
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
    this.#imports.stopAll()
    this.#teardowns.endAll()
    await (await this.#starting)?.destroy()
    for (const check of this.#whenOnline) check()
  }

  get #size(): number {
    return this.#options.threads + (this.#options.spareThreads ?? 0)
  }

  /** The pool, started on first use: Piscina is not even loaded before. */
  #start(): Promise<Pools> {
    this.#starting ??= import('piscina').then(({ Piscina }) => {
      const pools = new Pools(this.#size, (size) => newPool(Piscina, size, this.#options, this.#setup()), {
        started: (worker, threadId) => this.#welcome(worker, threadId),
        posted: (message) => void (isOnlineMessage(message) && this.#connect(message)),
        died: (error) => void (this.#crashes.delete(error) || this.#noteIdleDeath(error)),
        failedToStart: () => this.#noteFailedStart(),
        missing: () => this.#pools?.fill(),
      })
      this.#pools = pools
      pools.fill()
      this.#options.whileStarting?.()
      return pools
    })
    return this.#starting
  }

  /** A thread died, and nothing was on it that would tell. */
  #noteIdleDeath(thrown: unknown): void {
    const error = errorOf(thrown)
    this.#lastError = error
    this.#report.warning('a worker thread died between calls', error)
    for (const fail of [...this.#whenFailed]) fail(error)
  }

  /** A thread that does not start may have had bad luck, so another one is tried; several in a row, and nobody waits for one any more. */
  #noteFailedStart(): void {
    if (this.#destroyed) return
    this.#report.died('start')
    if (++this.#failedStarts < MOST_FAILED_STARTS) return this.#pools?.fill()
    const cause = this.#lastError ?? new Error('it exited while it was starting')
    for (const fail of [...this.#whenFailed]) fail(cause)
    for (const sent of [...this.#sent.values()]) {
      // The first call takes the blame: else the others would wait for ever.
      if (sent.thread === undefined) this.#lose(sent, { reason: 'start', cause })
    }
  }

  #setup(): WorkerSetup {
    const { maxDepth, bytes, callsPerThread, defaults } = this.#options
    const cursors = this.#cursors.cells
    return { maxDepth, bytes, callsPerThread, defaults: portablePolicy(defaults), cursors }
  }

  #finish(sent: Sent, ends: Ends): void {
    this.#forget(sent)
    if (!this.#destroyed) this.#report.ended(sent.underWay.batch.number, ends)
  }

  /** A thread is gone, and with it what was on its way there, after what it could still say. */
  #bury(thread: Thread, why: Loss): void {
    this.#drain(thread)
    this.#threads.remove(thread)
    const there = this.#sentTo(thread)
    const under = diedUnder(
      there.map(({ underWay }) => underWay),
      this.#options.callsPerThread,
    )
    for (const sent of there) {
      const loss = sent.loss ?? why
      this.#noteDeath(thread, loss.reason)
      this.#lose(sent, loss, under)
    }
  }

  /** Its thread is gone, or never was; then it takes the blame itself. */
  #lose(sent: Sent, loss: Loss, under = sent.underWay.batch.number): void {
    const { underWay } = sent
    const begun = underWay.recall()
    this.#forget(sent)
    if (!this.#destroyed) this.#report.lost(underWay.batch.number, loss, ranOf(underWay, begun, under))
  }

  #drain(thread: Thread): void {
    const { port } = thread
    if (port === undefined) return
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      this.#hearSafely(thread, next.message as WireAnswer | SideMessage)
  }

  #forget({ underWay }: Sent): void {
    this.#sent.delete(underWay.batch.number)
    this.#imports.stop(underWay.batch.number)
    underWay.end()
  }

  /** Whatever comes must not harm the program. */
  #hearSafely(thread: Thread, message: WireAnswer | SideMessage): void {
    try {
      if (!this.#destroyed) this.#hear(thread, message)
    } catch (error) {
      if (error instanceof InvalidTransitionError) throw error
      this.#report.warning('a worker thread said what celeriac cannot read', error as Error)
    }
  }

  #hear(thread: Thread, message: WireAnswer | SideMessage): void {
    if (isAnswer(message)) return this.#hearAnswer(thread, message)
    switch (message.kind) {
      case 'importing':
        return this.#imports.start(message.batch, message.moduleUrl)
      case 'imported':
        thread.hasTeardown ||= message.hasTeardown
        return this.#noteModule(this.#imports.stop(message.batch))
      case 'said':
        return this.#hearSaying(message)
      case 'stray':
        return reportStray(this.#report, message)
      case 'torn-down':
        return this.#teardowns.end(
          thread,
          message.errors.map((error) => decodeError(error, NO_RUN)),
        )
      default:
        return assertNever(message)
    }
  }

  #noteModule(moduleUrl: string | undefined): void {
    if (moduleUrl === undefined || this.#modules.has(moduleUrl)) return
    this.#modules.add(moduleUrl)
    for (const { port } of this.#threads.spare) port?.postMessage({ warm: [moduleUrl] } satisfies PortMessage)
  }

  /** A piece of an answer. */
  #hearAnswer(thread: Thread, answer: WireAnswer): void {
    const [batch, isLast] = answer
    const sent = this.#sent.get(batch)
    if (sent === undefined) return
    const ends = sent.underWay.endsIn(answerFromWire(answer))
    for (const end of ends.ends) thread.done += 'values' in end ? end.values.length : 1
    if (isLast) this.#finish(sent, ends)
    else this.#report.ended(batch, ends)
  }

  #hearSaying({ batch, call, saying }: Extract<SideMessage, { kind: 'said' }>): void {
    const sent = this.#sent.get(batch)
    if (sent !== undefined) reportSaying(this.#report, sent.underWay.batch, sent.underWay.placeOf(call), saying)
  }

  #welcome(worker: Worker, threadId: number): void {
    const thread = this.#threads.add(threadId, worker)
    worker.once('error', (error) => this.#crashed(thread, error))
    worker.once('exit', (exitCode) => this.#farewell(thread, exitCode))
    const online = this.#early.get(threadId)
    if (online !== undefined) this.#connect(online)
  }

  /** A thread says that it is there, and how to reach it. */
  #connect(message: OnlineMessage): void {
    const { threadId, port, mail } = message
    const thread = this.#threads.find(threadId)
    if (thread === undefined) {
      this.#early.set(threadId, message)
      return
    }
    this.#early.delete(threadId)
    if (thread.port !== undefined) return // a task posted something that looks like ours: it is not
    port.on('message', (said: WireAnswer | SideMessage) => this.#hearSafely(thread, said))
    port.unref()
    this.#threads.connect(thread, port, mail)
    this.#failedStarts = 0
    if (thread.lane < 0) port.postMessage({ warm: [...this.#modules] } satisfies PortMessage)
    else this.#announce(thread)
    for (const check of this.#whenOnline) check()
  }

  /** A thread stands for its lane, and can be reached. */
  #announce(thread: Thread): void {
    if (thread.isAnnounced || thread.port === undefined) return
    thread.isAnnounced = true
    if (!thread.isRecycled) this.#report.thread(thread.lane, true)
    this.#report.online(this.#threads.infoOf(thread))
  }

  /** Once of each thread, whatever tells of its death first. */
  #noteDeath(thread: Thread, reason: Loss['reason']): void {
    if (thread.diedOf !== undefined || thread.isRecycled || this.#destroyed) return
    thread.diedOf = reason
    this.#report.died(reason)
  }

  /** Of an exception, or of want of memory. */
  #crashed(thread: Thread, error: unknown): void {
    this.#crashes.add(error)
    if (this.#sentTo(thread).length === 0) this.#noteIdleDeath(error)
    this.#bury(thread, lossBehind(error))
  }

  #farewell(thread: Thread, exitCode: number): void {
    this.#bury(thread, { reason: 'exit', exitCode })
    this.#noteDeath(thread, 'exit')
    this.#teardowns.end(thread)
    const gone = thread.isRecycled ? 'recycled' : (thread.diedOf ?? 'exit')
    if (!this.#destroyed && thread.lane >= 0 && this.#threads.at(thread.lane) === undefined)
      this.#report.thread(thread.lane, false)
    if (thread.isAnnounced) this.#report.offline(this.#threads.infoOf(thread), this.#destroyed ? 'closed' : gone)
    const next = this.#threads.at(thread.lane)
    if (next !== undefined) this.#announce(next) // a thread that had waited for its place
  }
}

/** How long a thread may go on with a call that nobody waits for any more, before it is to tear down its modules. */
const BUSY_MS = 1_000

const TEAR_DOWN: PortMessage = { tearDown: true }

const isAnswer = (message: WireAnswer | SideMessage): message is WireAnswer => Array.isArray(message)

/** Anything can be thrown. */
const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** Why a thread died, as far as what it threw tells. */
function lossBehind(thrown: unknown): Loss {
  const cause: Error & { code?: unknown } = errorOf(thrown)
  return { reason: cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out-of-memory' : 'exit', cause }
}

function cannotBeSent({ size }: Batch, cause: Error): Ends {
  const message = `the arguments cannot be sent to a worker thread: ${cause.message}`
  const error = new SerializationError(message, 'args', { cause })
  const ends = Array.from({ length: size }, (_, at) => ({ at, outcome: { ok: false as const, error } }))
  return { ends, ms: 0, begun: 0 }
}

/** For errors of which nobody knows whose they are. */
const NO_RUN = { taskId: '', taskName: '', attempt: 0 }

const startError = (cause: Error): WorkerLostError =>
  new WorkerLostError(`a worker thread could not start: ${cause.message}`, NO_RUN, { reason: 'start', cause })
