/**
 * Runs calls on this thread as if it were several: the same worker code and the same clones as on threads, under a clock that is moved, in
 * an order that is decided. The one file here that knows the seam to the scheduler; when something happens is the conductor's, and what
 * goes wrong the faults'.
 */
import { clearTimeout, setTimeout } from 'node:timers'
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import { decodeAnswer, encodeBatch, encodeTold, reportSaying } from '../executors/call-messages.js'
import type { Executor, Report, WorkerInfo } from '../executors/executor.js'
import type { Batch, Loss, Told } from '../scheduler/messages.js'
import { encodeError } from '../serialization/errors.js'
import { findTask } from '../task/registry.js'
import { loadTask } from '../worker/load-module.js'
import type { CallMessage, OutcomeMessage, Saying, Told as ToldMessage } from '../worker/protocol.js'
import { runCall } from '../worker/run-task.js'
import type { Conductor } from './conductor.js'
import type { Faults, Strike } from './faults.js'
import { cloned } from './own-realm.js'
import { forget, watching } from './real-work.js'
import { Run } from './run.js'
import { standIn } from './stand-in.js'
import { isMeant, type Target } from './target.js'
import { VirtualThreads } from './virtual-threads.js'

/** What it is made with. */
export interface VirtualOptions {
  readonly threads: number
  readonly callsPerThread: number
  readonly maxDepth: number
  readonly defaults: RunPolicy
  /** How long a task module may take to import, in ms of real time: importing is real work. */
  readonly startTimeout: number
  readonly conductor: Conductor
  readonly faults: Faults
  /** As running code sees it. */
  readonly clock: Clock
}

/** A batch under way. */
interface Underway {
  readonly batch: Batch
  readonly runs: Run[]
  readonly hearing: Map<number, (told: ToldMessage) => void>
  isCancelled: boolean
}

const LOST_BY_TEST: Loss = { reason: 'exit', exitCode: 1, cause: new Error('loseWorker() was called') }
const WENT_DOWN_WITH_IT: Loss = { reason: 'exit', exitCode: 1 }

export class VirtualExecutor implements Executor {
  readonly slots: number
  readonly #options: VirtualOptions
  readonly #report: Report
  readonly #threads: VirtualThreads
  readonly #underway = new Map<number, Underway>()
  #runCount = 0

  constructor(options: VirtualOptions, report: Report) {
    this.slots = options.threads * options.callsPerThread
    this.#options = options
    this.#report = report
    this.#threads = new VirtualThreads(options.threads, report)
  }

  /** Runs that have not ended, in the order in which they started. */
  get runs(): readonly Run[] {
    return [...this.#underway.values()].flatMap(({ runs }) => runs.filter(({ phase }) => phase !== 'finished'))
  }

  dispatch(batch: Batch): void {
    const underway: Underway = { batch, runs: [], hearing: new Map(), isCancelled: false }
    this.#underway.set(batch.number, underway)
    this.#threads.place(batch.number)
    void this.#perform(underway)
  }

  tell(batch: number, call: number, told: Told): void {
    const underway = this.#underway.get(batch)
    if (underway === undefined) return
    if (told.kind === 'cancel') underway.isCancelled = true
    underway.hearing.get(call)?.(cloned(encodeTold(told, this.#options.maxDepth)))
    this.#options.conductor.wake()
  }

  terminate(batch: number, loss: Loss): void {
    queueMicrotask(() => this.#lose(batch, loss))
  }

  /** Loses the thread of a run of that task, if there is one. */
  loseWorker(target: Target | undefined): boolean {
    const isHit = (run: Run): boolean => target === undefined || isMeant(target, run)
    const hit = [...this.#underway.values()].find(({ runs }) =>
      runs.some((run) => run.phase !== 'finished' && isHit(run)),
    )
    if (hit !== undefined) this.terminate(hit.batch.number, LOST_BY_TEST)
    return hit !== undefined
  }

  async ready(): Promise<void> {}

  workers(): readonly WorkerInfo[] {
    return this.#threads.list()
  }

  async destroy(): Promise<void> {
    this.#options.conductor.stop()
    for (const { runs } of this.#underway.values()) for (const run of runs) forget(run)
    this.#underway.clear()
  }

  /** Runs the calls of a batch one after the other, each when its turn to begin comes, and answers when that to end has come. */
  async #perform(underway: Underway): Promise<void> {
    const { maxDepth, defaults, conductor } = this.#options
    const { batch } = underway
    const { message, refused } = encodeBatch(batch, maxDepth, defaults)
    const answers: OutcomeMessage[] = []
    for (const [index, call] of cloned(message).calls.entries()) {
      const run = this.#enter(underway, call)
      await conductor.turn(run.number, 'begin')
      if (!this.#isUnderway(underway)) return
      if (this.#options.faults.takeLoss(run)) return this.#lose(batch.number, LOST_BY_TEST)
      answers.push(cloned(await this.#play(underway, index, run, call)))
      if (!this.#isUnderway(underway)) return
      await conductor.turn(run.number, 'end')
      if (!this.#isUnderway(underway)) return
      run.phase = 'finished'
    }
    if (refused.size > 0) await conductor.turn(this.#runCount++, 'end')
    if (!this.#isUnderway(underway)) return
    this.#underway.delete(batch.number)
    this.#threads.leave(batch.number)
    this.#report.outcomes(batch.number, decodeAnswer(batch, refused, answers))
  }

  #enter({ runs }: Underway, { identity, taskName, moduleUrl }: CallMessage): Run {
    const run = new Run(this.#runCount++, { id: identity.id, taskName, moduleUrl })
    runs.push(run)
    return run
  }

  /** Runs one call, and watches what it waits for. One that is given up ends there, whatever its body still does. */
  async #play(underway: Underway, index: number, run: Run, call: CallMessage): Promise<OutcomeMessage> {
    run.phase = 'running'
    const givenUp = run.givenUp.then((why): OutcomeMessage => ({ ok: false, error: encodeError(why) }))
    const played = watching(run, () => this.#runStruck(underway, index, run, call))
    const outcome = await Promise.race([played, givenUp])
    run.phase = 'waiting'
    forget(run)
    this.#options.conductor.wake()
    return outcome
  }

  async #runStruck(underway: Underway, index: number, run: Run, call: CallMessage): Promise<OutcomeMessage> {
    const strike = this.#options.faults.strike(run)
    if (strike === undefined) return await this.#runCall(underway, index, run, call)
    try {
      const record = await this.#recordOf(run, call, strike)
      const instead = standIn(record, strike, this.#options.clock, () => this.#isUnderway(underway))
      try {
        return await this.#runCall(underway, index, run, { ...call, moduleUrl: instead.moduleUrl })
      } finally {
        instead.forget()
      }
    } catch (error) {
      return { ok: false, error: encodeError(error) }
    }
  }

  /** The task to be struck. The module of a mocked one is not imported for it. */
  async #recordOf(run: Run, { moduleUrl, taskName, identity }: CallMessage, { body }: Strike) {
    const known = findTask(moduleUrl, taskName)
    if (known !== undefined) return known
    if (body !== undefined) return { moduleUrl, taskName, fn: body, options: {} }
    const who = { taskId: identity.id, taskName, attempt: identity.attempt }
    return await loadTask(moduleUrl, taskName, who, this.#importObserver(run))
  }

  async #runCall(underway: Underway, index: number, run: Run, call: CallMessage): Promise<OutcomeMessage> {
    const { maxDepth, defaults, clock } = this.#options
    try {
      return await runCall(call, {
        maxDepth,
        defaults,
        clock,
        ...this.#importObserver(run),
        say: (saying) => this.#hear(underway, index, run, cloned(saying)),
        hear: (listener) => underway.hearing.set(index, listener),
        isCancelled: () => underway.isCancelled,
      })
    } finally {
      underway.hearing.delete(index)
    }
  }

  #hear(underway: Underway, index: number, run: Run, saying: Saying): void {
    if (!this.#isUnderway(underway) || run.phase === 'finished') return
    if (saying.kind === 'parked' || saying.kind === 'resumed') {
      run.isParked = saying.kind === 'parked'
      this.#threads.park(underway.batch.number, run.isParked)
    }
    reportSaying(this.#report, underway.batch, index, saying)
  }

  /** Importing is real work, with a real limit. */
  #importObserver(run: Run) {
    let timer: NodeJS.Timeout | undefined
    return {
      importing: (moduleUrl: string): void => {
        const { startTimeout } = this.#options
        run.importing = moduleUrl
        if (startTimeout !== Infinity) timer = setTimeout(() => this.#importTookTooLong(run), startTimeout)
      },
      imported: (): void => {
        run.importing = undefined
        clearTimeout(timer)
      },
    }
  }

  #importTookTooLong(run: Run): void {
    const cause = new Error(
      `importing ${run.importing} took longer than startTimeout (${this.#options.startTimeout} ms)`,
    )
    const hit = [...this.#underway.values()].find(({ runs }) => runs.includes(run))
    if (hit !== undefined) this.#lose(hit.batch.number, { reason: 'start', cause })
  }

  /** A thread is gone: what ran on it is lost, and what its bodies still do is heard by nobody. */
  #lose(number: number, loss: Loss): void {
    if (!this.#underway.has(number)) return
    const lost = this.#threads.lose(number, loss.reason)
    for (const each of lost) {
      for (const run of this.#underway.get(each)?.runs ?? []) forget(run)
      this.#underway.delete(each)
    }
    for (const each of lost) this.#report.lost(each, each === number ? loss : WENT_DOWN_WITH_IT)
    this.#options.conductor.wake()
  }

  #isUnderway({ batch }: Underway): boolean {
    return this.#underway.has(batch.number)
  }
}
