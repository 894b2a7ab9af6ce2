/**
 * What a thread has to do: batches in the order in which they came, and no more calls in progress than a thread may have. It gives the
 * event loop its turn between calls, so that what waits for messages and timers is not starved by those that never wait. It knows neither
 * threads nor ports: the inline executor has one, too.
 */
import { BatchRun, type RunHost } from './batch-run.js'
import type { AnswerMessage, BatchMessage, ControlMessage } from './protocol.js'

/** How long calls may follow each other before the event loop gets its turn, in ms. */
const TURN_MS = 10

interface Waiting {
  readonly run: BatchRun
  readonly answer: (last: AnswerMessage) => void
}

export class BatchRunner {
  readonly #host: RunHost
  readonly #waiting = new Map<number, Waiting>()
  /** Calls in progress that do not hold the thread, without those that are parked. */
  #inProgress = 0
  #isPumping = false
  #isToPump = false
  readonly #whenIdle: (() => void)[] = []

  constructor(host: RunHost) {
    this.#host = host
  }

  /** Runs a batch, behind those that are here; the answer is its last piece. */
  run(message: BatchMessage, answer: (last: AnswerMessage) => void): void {
    this.#waiting.set(message.batch, { run: new BatchRun(message, this.#host, this.#note), answer })
    this.#pump()
  }

  /** As {@link run}, from the middle of something: nothing begins before that is over. */
  add(message: BatchMessage, answer: (last: AnswerMessage) => void): void {
    this.#waiting.set(message.batch, { run: new BatchRun(message, this.#host, this.#note), answer })
    this.#pumpSoon()
  }

  /** Tells a call something, if its batch is not over. */
  tell({ batch, call, told }: ControlMessage): void {
    this.#waiting.get(batch)?.run.tell(call, told)
  }

  /** Resolves when no batch is here, be it that nobody waits for it any more. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.size === 0) resolve()
      else this.#whenIdle.push(resolve)
    })
  }

  /** Sends what has ended: the thread is about to be gone. */
  flush(): void {
    for (const { run } of this.#waiting.values()) run.flush()
  }

  /** More calls are in progress, or fewer. What makes room is often in the middle of something: others start afterwards. */
  readonly #note = (change: number): void => {
    this.#inProgress += change
    if (change <= 0) this.#pumpSoon()
  }

  #pumpSoon(): void {
    if (this.#isToPump) return
    this.#isToPump = true
    queueMicrotask(() => this.#pump())
  }

  readonly #mayStart = (): boolean => this.#inProgress < this.#host.setup.callsPerThread

  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    this.#isToPump = false
    const until = this.#host.stopwatch() + TURN_MS
    let isLeft = false
    for (const waiting of this.#waiting.values()) {
      const { run } = waiting
      run.advance(until, this.#mayStart)
      // What has ended leaves before the next batch begins, which may take long, or be the end of the thread.
      if (run.isOver) this.#close(waiting)
      else run.flush()
      isLeft ||= run.canGoOn && this.#mayStart()
    }
    this.#isPumping = false
    if (isLeft) setImmediate(() => this.#pump())
  }

  #close({ run, answer }: Waiting): void {
    this.#waiting.delete(run.number)
    answer(run.close())
    if (this.#waiting.size === 0) for (const tell of this.#whenIdle.splice(0)) tell()
  }
}
