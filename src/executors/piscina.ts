/**
 * Runs batches on a Piscina pool. Piscina starts, feeds, replaces and ends threads; it is never given more than they can start now, so
 * its own queue stays empty, and it is never closed, only destroyed: draining is the runtime's.
 *
 * As many threads as there are slots, for good: with fewer at first, Piscina strands what waits when a thread dies.
 */
import { fileURLToPath } from 'node:url'
import type { ResourceLimits, Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import type { Clock } from '../environment.js'
import { SerializationError, WorkerLostError } from '../errors.js'
import type { Batch, Loss, Outcome } from '../scheduler/messages.js'
import { decodeError } from '../serialization/errors.js'
import { type AnswerMessage, isSideMessage, type SideMessage } from '../worker/protocol.js'
import { decodeAnswer, encodeBatch, type SentBatch } from './call-messages.js'
import type { Executor, Report, WorkerInfo } from './executor.js'

/** What a pool of threads is made with. */
export interface ThreadOptions {
  readonly slots: number
  readonly maxDepth: number
  /** How long a task module may take to import, in ms. */
  readonly startTimeout: number
  readonly resourceLimits: ResourceLimits | undefined
  readonly execArgv: readonly string[] | undefined
}

interface Thread {
  readonly id: number
  readonly threadId: number
  done: number
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
  /** Imports under way: what stops their clock. */
  readonly #imports = new Map<number, () => void>()
  /** Why we ended the thread of a batch, for the report of its loss. */
  readonly #ended = new Map<number, Loss>()
  readonly #whenOnline = new Set<() => void>()

  constructor(options: ThreadOptions, report: Report, clock: Clock) {
    this.slots = options.slots
    this.#options = options
    this.#report = report
    this.#clock = clock
  }

  dispatch(batch: Batch): void {
    void this.#run(batch)
  }

  async ready(): Promise<void> {
    const pool = await this.#start()
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (this.#threads.size < this.slots && !this.#destroyed) return
        this.#whenOnline.delete(check)
        pool.off('error', fail)
        resolve()
      }
      const fail = (cause: Error): void => {
        this.#whenOnline.delete(check)
        pool.off('error', fail)
        reject(startError(cause))
      }
      this.#whenOnline.add(check)
      pool.on('error', fail)
      check()
    })
  }

  workers(): readonly WorkerInfo[] {
    return [...this.#threads.values()]
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
    for (const stop of this.#imports.values()) stop()
    await (await this.#starting)?.destroy()
    for (const check of this.#whenOnline) check()
  }

  /** The pool, started on first use: Piscina is not even loaded before. */
  #start(): Promise<Piscina> {
    this.#starting ??= import('piscina').then(({ Piscina }) => {
      const { resourceLimits, execArgv } = this.#options
      const pool = new Piscina({
        filename: fileURLToPath(new URL('../worker/entry.cjs', import.meta.url)),
        minThreads: this.slots,
        maxThreads: this.slots,
        idleTimeout: Infinity,
        recordTiming: false,
        // With two runs in a thread, the default answers both only after the second.
        atomics: 'disabled',
        ...(resourceLimits && { resourceLimits }),
        ...(execArgv && { execArgv: [...execArgv] }),
      })
      pool.on('error', (error: Error) => this.#report.warning('a worker thread died between calls', error))
      pool.on('message', (message: unknown) => this.#hear(message))
      this.#pool = pool
      return pool
    })
    return this.#starting
  }

  async #run(batch: Batch): Promise<void> {
    const sent = encodeBatch(batch, this.#options.maxDepth)
    const answer = sent.message.calls.length === 0 ? [] : await this.#send(sent)
    this.#imports.get(batch.number)?.()
    if (this.#destroyed) return
    if (Array.isArray(answer))
      this.#report.outcomes(batch.number, decodeAnswer(batch, sent.refused, answer as AnswerMessage))
    else this.#reportLoss(batch, answer as Error)
  }

  /** The answer, or the error with which Piscina rejected. */
  async #send({ message }: SentBatch): Promise<AnswerMessage | Error> {
    try {
      const pool = this.#pool ?? (await this.#start())
      return (await pool.run(message)) as AnswerMessage
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #reportLoss(batch: Batch, error: Error): void {
    const loss = this.#ended.get(batch.number) ?? lossBehind(error)
    this.#ended.delete(batch.number)
    if (error.name === 'DataCloneError')
      this.#report.outcomes(
        batch.number,
        batch.calls.map(() => cannotBeSent(error)),
      )
    else this.#report.lost(batch.number, loss)
  }

  #hear(message: unknown): void {
    if (!isSideMessage(message) || this.#destroyed) return
    switch (message.celeriac) {
      case 'online':
        return this.#welcome(message.threadId)
      case 'importing':
        return this.#timeImport(message)
      case 'stray':
        return this.#report.warning('a task left a rejected promise behind', decodeError(message.error, NO_RUN))
      case 'imported':
        return this.#imports.get(message.batch)?.()
      default:
        return // a task posted something that looks like ours: it is not
    }
  }

  #welcome(threadId: number): void {
    const thread: Thread = { id: this.#threadCount++, threadId, done: 0 }
    this.#threads.set(threadId, thread)
    this.#worker(threadId)?.once('exit', () => this.#farewell(thread))
    this.#report.online(thread)
    for (const check of this.#whenOnline) check()
  }

  #farewell(thread: Thread): void {
    this.#threads.delete(thread.threadId)
    this.#report.offline(thread, this.#destroyed ? 'closed' : 'exit')
  }

  /** Ends the thread of a batch whose task module does not finish importing. */
  #timeImport({ batch, threadId, moduleUrl }: Extract<SideMessage, { celeriac: 'importing' }>): void {
    const ms = this.#options.startTimeout
    const cancel = this.#clock.after(ms, () => {
      stop()
      const cause = new Error(`importing ${moduleUrl} took longer than startTimeout (${ms} ms)`)
      this.#ended.set(batch, { reason: 'start', cause })
      void this.#worker(threadId)?.terminate()
    })
    const stop = (): void => {
      cancel()
      this.#imports.delete(batch)
    }
    this.#imports.set(batch, stop)
  }

  #worker(threadId: number): Worker | undefined {
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
