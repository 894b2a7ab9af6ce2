/**
 * Runs batches on a Piscina pool. Piscina starts, feeds, replaces and ends threads; it is never given more than they can start now, so
 * its own queue stays empty, and it is never closed, only destroyed: draining is the runtime's.
 *
 * As many threads as there are slots, for good: with fewer at first, Piscina strands what waits when a thread dies.
 */
import { fileURLToPath } from 'node:url'
import type { MessagePort, ResourceLimits, Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import { SerializationError, WorkerLostError } from '../errors.js'
import type { Batch, Loss, Outcome, Told } from '../scheduler/messages.js'
import { decodeError } from '../serialization/errors.js'
import {
  type AnswerMessage,
  CANCELLED,
  type ControlMessage,
  FLAG_CELLS,
  isSideMessage,
  type SideMessage,
} from '../worker/protocol.js'
import { cellOf, decodeAnswer, encodeBatch, encodeTold, reportSaying, type SentBatch } from './call-messages.js'
import type { Executor, Report, WorkerInfo } from './executor.js'

/** What a pool of threads is made with. */
export interface ThreadOptions {
  readonly threads: number
  readonly callsPerThread: number
  readonly maxDepth: number
  readonly defaults: RunPolicy
  /** How long a task module may take to import, in ms. */
  readonly startTimeout: number
  readonly resourceLimits: ResourceLimits | undefined
  readonly execArgv: readonly string[] | undefined
}

type OnlineMessage = Extract<SideMessage, { celeriac: 'online' }>

interface Thread {
  readonly id: number
  readonly threadId: number
  done: number
  /** Calls in progress, without those that are parked. */
  running: number
  isEnding: boolean
  /** What {@link ControlMessage}s go to, and where a cancel shows; once the thread is online. */
  port: MessagePort | undefined
  flags: Int32Array | undefined
}

/** A batch under way, and what has been heard of it beside its answer. */
interface Listening {
  readonly batch: Batch
  thread: Thread | undefined
  isParked: boolean
  isEnding: boolean
  /** Why we ended its thread, if we did. */
  loss: Loss | undefined
  readonly untold: ((thread: Thread) => void)[]
  heard: number
  expected: number | undefined
  done: () => void
}

const newListening = (batch: Batch): Listening => ({
  batch,
  thread: undefined,
  isParked: false,
  isEnding: false,
  loss: undefined,
  untold: [],
  heard: 0,
  expected: undefined,
  done: () => {},
})

const NOTHING_SENT: AnswerMessage = { outcomes: [], said: 0 }

/** Resolves when all that the calls of a batch have said has arrived: it takes another way than the answer, which may overtake it. */
function heardAll(listening: Listening, expected: number): Promise<void> | undefined {
  if (listening.heard >= expected) return undefined
  listening.expected = expected
  return new Promise((resolve) => {
    listening.done = resolve
  })
}

export class PiscinaExecutor implements Executor {
  readonly slots: number
  readonly #options: ThreadOptions
  readonly #report: Report
  readonly #clock: Clock
  #pool: Piscina | undefined
  #starting: Promise<Piscina> | undefined
  #destroyed = false
  #threadCount = 0
  readonly #threads = new Map<number, Thread>()
  /** Threads that have said that they are there before Piscina told of them: it does so late for those that replace one that died. */
  readonly #early = new Map<number, OnlineMessage>()
  /** Batches that wait for a thread to start in place of one that died. */
  readonly #waiting: (() => void)[] = []
  /** Batches under way. */
  readonly #listening = new Map<number, Listening>()
  /** Imports under way: what stops their clock. */
  readonly #imports = new Map<number, () => void>()
  readonly #whenOnline = new Set<() => void>()
  /** The thread that the run being handed to Piscina is for. */
  #target: number | undefined

  constructor(options: ThreadOptions, report: Report, clock: Clock) {
    this.slots = options.threads * options.callsPerThread
    this.#options = options
    this.#report = report
    this.#clock = clock
  }

  dispatch(batch: Batch): void {
    void this.#run(batch)
  }

  tell(batch: number, call: number, told: Told): void {
    const listening = this.#listening.get(batch)
    const thread = listening?.thread
    if (listening === undefined || listening.isEnding) return
    const send = (to: Thread): void => {
      if (told.kind === 'cancel' && to.flags !== undefined) Atomics.store(to.flags, cellOf(batch), CANCELLED)
      to.port?.postMessage({ batch, call, told: encodeTold(told, this.#options.maxDepth) } satisfies ControlMessage)
    }
    if (thread?.port === undefined) listening.untold.push(send)
    else send(thread)
  }

  terminate(batch: number, loss: Loss): void {
    const listening = this.#listening.get(batch)
    if (listening === undefined) return
    listening.loss = loss
    if (listening.thread !== undefined) listening.thread.isEnding = true
    void this.#worker(listening.thread?.threadId)?.terminate()
  }

  async ready(): Promise<void> {
    const pool = await this.#start()
    await new Promise<void>((resolve, reject) => {
      const isReady = (): boolean =>
        [...this.#threads.values()].filter(({ port }) => port !== undefined).length >= this.#options.threads
      const stop = (settle: () => void): void => {
        this.#whenOnline.delete(check)
        pool.off('error', fail)
        settle()
      }
      const check = (): void => {
        if (isReady() || this.#destroyed) stop(resolve)
      }
      const fail = (cause: Error): void => stop(() => reject(startError(cause)))
      this.#whenOnline.add(check)
      pool.on('error', fail)
      check()
    })
  }

  workerOf(batch: number): number | undefined {
    return this.#listening.get(batch)?.thread?.id
  }

  workers(): readonly WorkerInfo[] {
    return [...this.#threads.values()].map(({ id, threadId, done, running }) => ({ id, threadId, done, running }))
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
    for (const stop of this.#imports.values()) stop()
    await (await this.#starting)?.destroy()
    for (const check of this.#whenOnline) check()
    for (const wake of this.#waiting) wake()
  }

  /** The pool, started on first use: Piscina is not even loaded before. */
  #start(): Promise<Piscina> {
    this.#starting ??= import('piscina').then(({ Piscina }) => {
      const { resourceLimits, execArgv } = this.#options
      const pool = new Piscina({
        filename: fileURLToPath(new URL('../worker/entry.cjs', import.meta.url)),
        minThreads: this.#options.threads,
        maxThreads: this.#options.threads,
        // Which thread gets a run is decided here, by calls that are not parked; Piscina counts parked ones too.
        concurrentTasksPerWorker: FLAG_CELLS,
        loadBalancer: (_task, workers) => workers.find(({ id }) => id === this.#target) ?? workers[0] ?? null,
        idleTimeout: Infinity,
        recordTiming: false,
        // With two runs in a thread, the default answers both only after the second.
        atomics: 'disabled',
        ...(resourceLimits && { resourceLimits }),
        ...(execArgv && { execArgv: [...execArgv] }),
      })
      pool.on('error', (error: Error) => this.#report.warning('a worker thread died between calls', error))
      pool.on('workerCreate', ({ id }: { readonly id: number }) => this.#welcome(id))
      pool.on('message', (message: unknown) => this.#hear(message))
      this.#pool = pool
      return pool
    })
    return this.#starting
  }

  async #run(batch: Batch): Promise<void> {
    const { maxDepth, defaults } = this.#options
    const sent = encodeBatch(batch, maxDepth, defaults)
    const listening: Listening = newListening(batch)
    this.#listening.set(batch.number, listening)
    const answer = sent.message.calls.length === 0 ? NOTHING_SENT : await this.#send(sent, listening)
    if (!(answer instanceof Error)) await heardAll(listening, answer.said)
    this.#listening.delete(batch.number)
    this.#imports.get(batch.number)?.()
    if (this.#destroyed) return
    if (answer instanceof Error) this.#reportLoss(listening, answer)
    else this.#report.outcomes(batch.number, decodeAnswer(batch, sent.refused, answer.outcomes))
  }

  /** The answer, or the error with which Piscina rejected. */
  async #send({ message }: SentBatch, listening: Listening): Promise<AnswerMessage | Error> {
    try {
      const pool = this.#pool ?? (await this.#start())
      const thread = this.#freeThread() ?? (await this.#nextThread())
      if (thread === undefined) return new Error('the runtime was closed')
      this.#occupy(thread, listening)
      this.#target = thread.threadId
      const answer = pool.run(message)
      return (await answer) as AnswerMessage
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      this.#leave(listening)
    }
  }

  /** The thread with the fewest calls that has room for another. */
  #freeThread(): Thread | undefined {
    let best: Thread | undefined
    for (const thread of this.#threads.values())
      if (
        !thread.isEnding &&
        thread.running < this.#options.callsPerThread &&
        (best === undefined || thread.running < best.running)
      )
        best = thread
    return best
  }

  /** The next thread that has room: while one that died is replaced, there are fewer than slots. */
  async #nextThread(): Promise<Thread | undefined> {
    for (;;) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      if (this.#destroyed) return undefined
      const thread = this.#freeThread()
      if (thread !== undefined) return thread
    }
  }

  #occupy(thread: Thread, listening: Listening): void {
    listening.thread = thread
    thread.running++
    const { flags } = thread
    if (flags !== undefined) Atomics.store(flags, cellOf(listening.batch.number), 0)
    this.#tellUntold(thread)
  }

  #leave(listening: Listening): void {
    listening.isEnding = true
    const { thread } = listening
    if (thread === undefined) return
    thread.done++
    if (!listening.isParked) thread.running--
    this.#wakeWaiting()
  }

  /** What was to be told before there was somebody to hear it. */
  #tellUntold(thread: Thread): void {
    if (thread.port === undefined) return
    for (const listening of this.#listening.values())
      if (listening.thread === thread) for (const send of listening.untold.splice(0)) send(thread)
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #reportLoss({ batch, loss }: Listening, error: Error): void {
    if (error.name === 'DataCloneError')
      this.#report.outcomes(
        batch.number,
        batch.calls.map(() => cannotBeSent(error)),
      )
    else this.#report.lost(batch.number, loss ?? lossBehind(error))
  }

  #hear(message: unknown): void {
    if (!isSideMessage(message) || this.#destroyed) return
    switch (message.celeriac) {
      case 'online':
        return this.#connect(message)
      case 'importing':
        return this.#timeImport(message)
      case 'said':
        return this.#hearSaying(message)
      case 'stray':
        return this.#report.warning('a task left a rejected promise behind', decodeError(message.error, NO_RUN))
      case 'imported':
        return this.#imports.get(message.batch)?.()
      default:
        return // a task posted something that looks like ours: it is not
    }
  }

  #hearSaying({ batch, call, saying }: Extract<SideMessage, { celeriac: 'said' }>): void {
    const listening = this.#listening.get(batch)
    if (listening === undefined) return
    listening.heard++
    if (saying.kind === 'parked' || saying.kind === 'resumed') this.#park(listening, saying.kind === 'parked')
    reportSaying(this.#report, listening.batch, call, saying)
    if (listening.heard === listening.expected) listening.done()
  }

  /** A parked call lends its thread, also for counting which thread has room. */
  #park(listening: Listening, isParked: boolean): void {
    if (listening.isParked === isParked || listening.thread === undefined || listening.isEnding) return
    listening.isParked = isParked
    listening.thread.running += isParked ? -1 : 1
    if (isParked) this.#wakeWaiting()
  }

  #welcome(threadId: number): void {
    const thread: Thread = {
      id: this.#threadCount++,
      threadId,
      done: 0,
      running: 0,
      isEnding: false,
      port: undefined,
      flags: undefined,
    }
    this.#threads.set(threadId, thread)
    this.#worker(threadId)?.once('exit', () => this.#farewell(thread))
    const early = this.#early.get(threadId)
    if (this.#early.delete(threadId) && early !== undefined) this.#connect(early)
    this.#wakeWaiting()
  }

  /** A thread says that it is there, and how to reach it. */
  #connect(online: OnlineMessage): void {
    const { threadId, port, flags } = online
    const thread = this.#threads.get(threadId)
    if (thread === undefined) return void this.#early.set(threadId, online)
    port.unref()
    thread.port = port
    thread.flags = flags
    this.#tellUntold(thread)
    this.#report.online({ ...thread })
    for (const check of this.#whenOnline) check()
  }

  #farewell(thread: Thread): void {
    thread.isEnding = true
    this.#threads.delete(thread.threadId)
    if (thread.port !== undefined) this.#report.offline({ ...thread }, this.#destroyed ? 'closed' : 'exit')
  }

  /** Ends the thread of a batch whose task module does not finish importing. */
  #timeImport({ batch, moduleUrl }: Extract<SideMessage, { celeriac: 'importing' }>): void {
    const ms = this.#options.startTimeout
    const cancel = this.#clock.after(ms, () => {
      stop()
      const cause = new Error(`importing ${moduleUrl} took longer than startTimeout (${ms} ms)`)
      this.terminate(batch, { reason: 'start', cause })
    })
    const stop = (): void => {
      cancel()
      this.#imports.delete(batch)
    }
    this.#imports.set(batch, stop)
  }

  #worker(threadId: number | undefined): Worker | undefined {
    return this.#pool?.threads.find((worker) => worker.threadId === threadId)
  }
}

/** Why a thread died, as far as Piscina's error tells. */
function lossBehind(error: Error & { code?: unknown }): Loss {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return { reason: 'out-of-memory', cause: error }
  const exitCode = /exited with code: (\d+)/.exec(error.message)?.[1]
  return exitCode === undefined ? { reason: 'exit', cause: error } : { reason: 'exit', exitCode: Number(exitCode) }
}

const cannotBeSent = (cause: Error): Outcome => ({
  ok: false,
  error: new SerializationError(`the arguments cannot be sent to a worker thread: ${cause.message}`, 'args', { cause }),
})

/** For errors of which nobody knows whose they are. */
const NO_RUN = { taskId: '', taskName: '', attempt: 0 }

const startError = (cause: Error): WorkerLostError =>
  new WorkerLostError(`a worker thread could not start: ${cause.message}`, NO_RUN, { reason: 'start', cause })
