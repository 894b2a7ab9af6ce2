/**
 * Runs batches on a Piscina pool. Piscina starts, feeds, replaces and ends threads; which thread gets a batch is decided by its lane, so
 * Piscina's own queue stays empty, and it is never closed, only destroyed: draining is the runtime's.
 *
 * As many threads as there are lanes, for good: with fewer at first, Piscina strands what waits when a thread dies.
 */
import type { Piscina } from 'piscina'
import { portablePolicy, type RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import { InvalidTransitionError, SerializationError, WorkerLostError } from '../errors.js'
import type { Batch } from '../scheduler/batch.js'
import type { Loss, Told } from '../scheduler/messages.js'
import { decodeError } from '../serialization/errors.js'
import type { ByteLimits } from '../serialization/size.js'
import type { AnswerMessage, ControlMessage, PortMessage, WorkerSetup } from '../worker/protocol.js'
import { HAS_TEARDOWN, isSideMessage, type SideMessage } from '../worker/side-messages.js'
import { answerFromWire, batchToWire, type WireAnswer } from '../worker/wire.js'
import { BatchUnderWay } from './batch-under-way.js'
import { encodeTold, reportSaying, reportStray } from './call-messages.js'
import { Cursors } from './cursors.js'
import type { Ends, Executor, Ran, Report, WorkerInfo } from './executor.js'
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
}

/** A batch on a thread, and what has been heard of it beside its answer. */
interface Sent {
  readonly underWay: BatchUnderWay
  thread: Thread | undefined
  /** Why we ended its thread, if we did. */
  loss: Loss | undefined
  readonly untold: ((thread: Thread) => void)[]
  /** Messages that came another way than the answer, which may overtake them. */
  heard: number
  /** The answer, until all of those have come. */
  last: AnswerMessage | undefined
}

type TransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>
type Online = Extract<SideMessage, { celeriac: 'online' }>

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
  readonly #early = new Map<number, Online>()

  constructor(options: ThreadOptions, report: Report, clock: Clock) {
    this.#options = options
    this.#report = report
    this.#threads = new Threads(options.threads)
    this.#imports = new Imports(clock, options.startTimeout, (batch, loss) => this.terminate(batch, loss))
    this.#teardowns = new Teardowns(clock, options.startTimeout, report)
  }

  dispatch(batch: Batch): void {
    const underWay = new BatchUnderWay(batch, this.#cursors, this.#options)
    const sent: Sent = { underWay, thread: undefined, loss: undefined, untold: [], heard: 0, last: undefined }
    this.#sent.set(batch.number, sent)
    if (underWay.isEmpty) queueMicrotask(() => this.#finish(sent, undefined))
    else if (this.#pools !== undefined) this.#place(sent)
    else
      void this.#start().then(
        () => this.#place(sent),
        (error: unknown) => this.#fail(sent, error),
      )
  }

  /** Hands a batch to the thread of its lane, or keeps it until there is one. */
  #place(sent: Sent): void {
    const { batch } = sent.underWay
    if (this.#destroyed || this.#sent.get(batch.number) !== sent) return
    const thread = this.#threads.at(batch.lane)
    if (thread !== undefined) return this.#send(sent, thread)
    this.#threads.whenThere(batch.lane, () => this.#place(sent))
    this.#pools?.fill()
  }

  #send(sent: Sent, thread: Thread): void {
    sent.thread = thread
    this.#tellUntold(sent, thread)
    const transferList = [...sent.underWay.leave()]
    const options = transferList.length > 0 ? { transferList: transferList as TransferList } : {}
    this.#pools?.run(batchToWire(sent.underWay.message), thread.threadId, options).then(
      // A thread that died of `throw null` has given null as its answer, as Piscina sees it.
      (answer) =>
        answer === null ? this.#fail(sent, answer) : this.#answer(sent, answerFromWire(answer as WireAnswer)),
      (error: unknown) => this.#fail(sent, error),
    )
  }

  recall(batch: Batch): number {
    return this.#sent.get(batch.number)?.underWay.recall() ?? batch.size
  }

  tell(batch: number, call: number, told: Told): void {
    const sent = this.#sent.get(batch)
    if (sent === undefined) return
    const send = ({ port, mail }: Thread): void => {
      const message = { batch, call: sent.underWay.sentPlaceOf(call), told: encodeTold(told, this.#options.maxDepth) }
      port?.postMessage(message satisfies ControlMessage)
      if (mail !== undefined) Atomics.add(mail, 0, 1)
    }
    if (sent.thread?.port === undefined) sent.untold.push(send)
    else send(sent.thread)
  }

  terminate(batch: number, loss: Loss): void {
    const sent = this.#sent.get(batch)
    if (sent === undefined) return
    sent.loss = loss
    if (sent.thread !== undefined) this.#threads.remove(sent.thread)
    void this.#pools?.worker(sent.thread?.threadId)?.terminate()
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
    void this.#tearDown(thread, Infinity).then(() => this.#pools?.worker(thread.threadId)?.terminate())
  }

  /** A thread that has not said where it can be reached is asked when it does. */
  async #tearDown(thread: Thread, withinMs: number): Promise<void> {
    const { port, mail, done } = thread
    const isNeeded = mail === undefined ? done > 0 : Atomics.load(mail, HAS_TEARDOWN) === 1
    if (!isNeeded) return
    const isBusy = [...this.#sent.values()].some((sent) => sent.thread === thread)
    const ms = isBusy ? Math.min(withinMs, BUSY_MS) : withinMs
    await this.#teardowns.begin(thread, ms, () => port?.postMessage(TEAR_DOWN))
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
      const pools = new Pools(
        this.#size,
        (size, target) => newPool(Piscina, size, target, this.#options, this.#setup()),
        {
          started: (threadId) => this.#welcome(threadId),
          said: (message) => this.#hearSafely(message),
          diedIdle: (error) => this.#noteIdleDeath(error),
          failedToStart: () => this.#noteFailedStart(),
          missing: () => this.#pools?.fill(),
        },
      )
      this.#pools = pools
      pools.fill()
      return pools
    })
    return this.#starting
  }

  #noteIdleDeath(error: Error): void {
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
      if (sent.thread !== undefined) continue
      this.#forget(sent)
      // The first call takes the blame: else the others would wait for ever.
      this.#report.lost(sent.underWay.batch.number, { reason: 'start', cause }, { begun: 1, isUnder: true })
    }
  }

  #setup(): WorkerSetup {
    const { maxDepth, bytes, callsPerThread, defaults } = this.#options
    const cursors = this.#cursors.cells
    return { maxDepth, bytes, callsPerThread, defaults: portablePolicy(defaults), cursors }
  }

  /** The last piece of an answer; it waits for what it may have overtaken. */
  #answer(sent: Sent, answer: AnswerMessage): void {
    sent.last = answer
    if (sent.heard >= answer.said) this.#finish(sent, answer)
  }

  #finish(sent: Sent, answer: AnswerMessage | undefined): void {
    this.#forget(sent)
    if (!this.#destroyed) this.#report.ended(sent.underWay.batch.number, this.#endsIn(sent, answer))
  }

  #endsIn({ underWay, thread }: Sent, answer: AnswerMessage | undefined): Ends {
    const ends = underWay.endsIn(answer)
    if (thread !== undefined) for (const end of ends.ends) thread.done += 'values' in end ? end.values.length : 1
    return ends
  }

  /** Its thread is gone, or never was. */
  #fail(sent: Sent, thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const { underWay, loss, thread } = sent
    const { batch } = underWay
    const begun = underWay.recall()
    this.#forget(sent)
    if (this.#destroyed) return
    if (error.name === 'DataCloneError') return this.#report.ended(batch.number, cannotBeSent(batch, error))
    const why = loss ?? lossBehind(error)
    if (thread !== undefined) {
      this.#noteDeath(thread, why.reason)
      this.#abandon(thread)
    }
    this.#report.lost(batch.number, why, this.#ranOf(sent, begun))
  }

  /** It gets nothing more; if it is still there, since something went wrong in it that is a bug of ours, it is ended to make room for another one. */
  #abandon(thread: Thread): void {
    this.#threads.remove(thread)
    void this.#pools?.worker(thread.threadId)?.terminate()
  }

  #ranOf(sent: Sent, begun: number): Ran {
    const { thread, underWay } = sent
    if (thread === undefined) return { begun: Math.max(begun, 1), isUnder: true }
    thread.diedUnder ??= this.#diedUnder(sent)
    const isIt = thread.diedUnder === underWay.batch.number
    return { begun: isIt ? Math.max(begun, 1) : begun, isUnder: isIt || thread.diedUnder === Infinity }
  }

  /**
   * Calls begin in turn: when one of a later batch has begun, those before it have ended, unless they run side by side. If none had begun
   * the first takes the blame: else another thread would die for it, for ever.
   */
  #diedUnder(sent: Sent): number {
    const there = [sent, ...this.#sent.values()].filter(({ thread }) => thread === sent.thread)
    const begun = there.flatMap(({ underWay }) => (underWay.begun > 0 ? [underWay.batch] : []))
    if (begun.length === 0) return sent.underWay.batch.number
    const areSideBySide = this.#options.callsPerThread > 1 || begun.some(({ lenders }) => lenders.size > 0)
    return areSideBySide ? Infinity : Math.max(...begun.map(({ number }) => number))
  }

  #forget({ underWay }: Sent): void {
    this.#sent.delete(underWay.batch.number)
    this.#imports.stop(underWay.batch.number)
    underWay.end()
  }

  /** What was to be told before there was somebody to hear it. */
  #tellUntold({ untold }: Sent, thread: Thread): void {
    if (thread.port !== undefined) for (const send of untold.splice(0)) send(thread)
  }

  /** Whatever a task posts by itself, also if it looks like ours, must not harm the program. */
  #hearSafely(message: unknown): void {
    try {
      this.#hear(message)
    } catch (error) {
      if (error instanceof InvalidTransitionError) throw error
      this.#report.warning('a worker thread posted what celeriac cannot read', error as Error)
    }
  }

  #hear(message: unknown): void {
    if (!isSideMessage(message) || this.#destroyed) return
    switch (message.celeriac) {
      case 'online':
        return this.#connect(message)
      case 'importing':
        return this.#imports.start(message.batch, message.moduleUrl)
      case 'said':
      case 'ended':
        return this.#hearOfBatch(message)
      case 'stray':
        return reportStray(this.#report, message)
      case 'imported':
        return this.#noteModule(this.#imports.stop(message.batch))
      case 'torn-down':
        return this.#hearTornDown(message)
      default:
        return // a task posted something that looks like ours: it is not
    }
  }

  #noteModule(moduleUrl: string | undefined): void {
    if (moduleUrl === undefined || this.#modules.has(moduleUrl)) return
    this.#modules.add(moduleUrl)
    for (const { port } of this.#threads.spare) port?.postMessage({ warm: [moduleUrl] } satisfies PortMessage)
  }

  #hearTornDown({ threadId, errors }: Extract<SideMessage, { celeriac: 'torn-down' }>): void {
    const thread = this.#threads.find(threadId)
    const thrown = errors.map((error) => decodeError(error, NO_RUN))
    if (thread !== undefined) this.#teardowns.end(thread, thrown)
  }

  #hearOfBatch(message: Extract<SideMessage, { celeriac: 'said' | 'ended' }>): void {
    const sent = this.#sent.get(message.batch)
    if (sent === undefined) return
    const answer = message.celeriac === 'ended' ? answerFromWire(message.answer) : undefined
    sent.heard++
    const { batch } = sent.underWay
    if (message.celeriac === 'ended') this.#report.ended(batch.number, this.#endsIn(sent, answer))
    else reportSaying(this.#report, batch, sent.underWay.placeOf(message.call), message.saying)
    if (sent.last !== undefined && sent.heard >= sent.last.said) this.#finish(sent, sent.last)
  }

  #welcome(threadId: number): void {
    const thread = this.#threads.add(threadId)
    this.#pools?.worker(threadId)?.once('exit', () => this.#farewell(thread))
    const online = this.#early.get(threadId)
    if (online !== undefined) this.#connect(online)
  }

  /** A thread says that it is there, and how to reach it. */
  #connect(message: Online): void {
    const { threadId, port, mail } = message
    const thread = this.#threads.find(threadId)
    if (thread === undefined) {
      this.#early.set(threadId, message)
      return
    }
    this.#early.delete(threadId)
    port.unref()
    thread.port = port
    thread.mail = mail
    for (const sent of this.#sent.values()) if (sent.thread === thread) this.#tellUntold(sent, thread)
    if (this.#teardowns.isUnderWay(thread)) port.postMessage(TEAR_DOWN)
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

  #farewell(thread: Thread): void {
    this.#noteDeath(thread, this.#lossOf(thread)?.reason ?? 'exit')
    this.#threads.remove(thread)
    this.#pools?.forget(thread.threadId)
    this.#teardowns.end(thread)
    const gone = thread.isRecycled ? 'recycled' : (thread.diedOf ?? 'exit')
    if (!this.#destroyed && thread.lane >= 0 && this.#threads.at(thread.lane) === undefined)
      this.#report.thread(thread.lane, false)
    if (thread.isAnnounced) this.#report.offline(this.#threads.infoOf(thread), this.#destroyed ? 'closed' : gone)
    const next = this.#threads.at(thread.lane)
    if (next !== undefined) this.#announce(next) // a thread that had waited for its place
  }

  #lossOf(thread: Thread): Loss | undefined {
    for (const sent of this.#sent.values()) if (sent.thread === thread && sent.loss !== undefined) return sent.loss
    return undefined
  }
}

/** How long a thread may go on with a call that nobody waits for any more, before it is to tear down its modules. */
const BUSY_MS = 1_000

const TEAR_DOWN: PortMessage = { tearDown: true }

/** Why a thread died, as far as Piscina's error tells. */
function lossBehind(error: Error & { code?: unknown }): Loss {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return { reason: 'out-of-memory', cause: error }
  const exitCode = /exited with code: (\d+)/.exec(error.message)?.[1]
  return exitCode === undefined ? { reason: 'exit', cause: error } : { reason: 'exit', exitCode: Number(exitCode) }
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
