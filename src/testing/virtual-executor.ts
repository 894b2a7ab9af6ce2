/**
 * Runs calls on this thread as if it were several: the same worker code and the same clones as on threads, under a clock that is moved, in
 * an order that is decided. The one file here that knows the seam to the scheduler; when something happens is the conductor's, and what
 * goes wrong the faults'.
 *
 * Each call leaves alone, so a batch is one call: it gets its turn to begin, and its turn to end.
 */
import { clearTimeout, setTimeout } from 'node:timers'
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import { BatchUnderWay } from '../executors/batch-under-way.js'
import { encodeTold, reportSaying } from '../executors/call-messages.js'
import { Cursors } from '../executors/cursors.js'
import type { Ends, Executor, Report, WorkerInfo } from '../executors/executor.js'
import { GuestModules } from '../executors/guest-modules.js'
import type { Batch } from '../scheduler/batch.js'
import type { Loss, Told } from '../scheduler/messages.js'
import { encodeError } from '../serialization/errors.js'
import type { ByteLimits } from '../serialization/size.js'
import { findTask, type TaskRecord } from '../task/registry.js'
import { BatchRunner } from '../worker/batch-runner.js'
import { runOf } from '../worker/identity.js'
import type { AnswerMessage, BatchMessage, ControlMessage, PartMessage, Saying } from '../worker/protocol.js'
import type { Conductor } from './conductor.js'
import type { Faults, Strike } from './faults.js'
import { cloned } from './own-realm.js'
import { forget, watching } from './real-work.js'
import { Run } from './run.js'
import { type StandIn, standIn } from './stand-in.js'
import { isMeant, type Target } from './target.js'
import { VirtualThreads } from './virtual-threads.js'

/** What it is made with. */
export interface VirtualOptions {
  readonly threads: number
  readonly maxDepth: number
  readonly bytes?: ByteLimits | undefined
  readonly defaults: RunPolicy
  /** How long a task module may take to import and set up, and to tear down, in ms of real time: that is real work. */
  readonly startTimeout: number
  readonly conductor: Conductor
  readonly faults: Faults
  /** As running code sees it. */
  readonly clock: Clock
}

/** A call under way. */
interface Underway {
  readonly sent: BatchUnderWay
  readonly run: Run
  readonly runner: BatchRunner
  /** What it was told before its turn came: it hears that when it begins. */
  early: ControlMessage[] | undefined
  /** What has been answered before the last piece. */
  readonly pieces: AnswerMessage[]
}

/** One for all runtimes: a test makes many, and each would take a large block of shared memory. */
const cursors = new Cursors()

const LOST_BY_TEST: Loss = { reason: 'exit', exitCode: 1, cause: new Error('loseWorker() was called') }
const WENT_DOWN_WITH_IT: Loss = { reason: 'exit', exitCode: 1 }

export class VirtualExecutor implements Executor {
  readonly #options: VirtualOptions
  readonly #report: Report
  readonly #threads: VirtualThreads
  readonly #underway = new Map<number, Underway>()
  readonly #modules: GuestModules
  #runCount = 0

  constructor(options: VirtualOptions, report: Report) {
    this.#options = options
    this.#report = report
    this.#threads = new VirtualThreads(options.threads, report)
    this.#modules = new GuestModules(
      realClock,
      options.startTimeout,
      report,
      () => this.#underway.size === 0,
      (lane) => this.#renew(lane),
    )
  }

  /** Runs that have not ended, in the order in which they started. */
  get runs(): readonly Run[] {
    return [...this.#underway.values()].map(({ run }) => run)
  }

  dispatch(batch: Batch): void {
    const { workflow, node, task } = batch.callAt(0)
    const who = { id: workflow.idOf(node), taskName: task.task, moduleUrl: task.moduleUrl }
    const run = new Run(this.#runCount++, who)
    const sent = new BatchUnderWay(batch, cursors, this.#options)
    const pieces: AnswerMessage[] = []
    const underway: Underway = { sent, run, runner: this.#newRunner(sent, run, pieces), pieces, early: [] }
    this.#underway.set(batch.number, underway)
    this.#threads.place(batch.number, batch.lane)
    void this.#perform(underway)
  }

  /** Nothing is ever sent ahead: what has left has begun. */
  recall(batch: Batch): number {
    return batch.size
  }

  tell(batch: number, call: number, told: Told): void {
    const underway = this.#underway.get(batch)
    if (underway === undefined) return
    const message = { batch, call, told: cloned(encodeTold(told, this.#options.maxDepth)) }
    if (underway.early === undefined) underway.runner.tell(message)
    else underway.early.push(message)
    this.#options.conductor.wake()
  }

  terminate(batch: number, loss: Loss): void {
    queueMicrotask(() => this.#lose(batch, loss))
  }

  /** Loses the thread of a run of that task, if there is one. */
  loseWorker(target: Target | undefined): boolean {
    const hit = [...this.#underway.values()].find(({ run }) => target === undefined || isMeant(target, run))
    if (hit !== undefined) this.terminate(hit.sent.batch.number, LOST_BY_TEST)
    return hit !== undefined
  }

  async ready(): Promise<void> {}

  workers(): readonly WorkerInfo[] {
    return this.#threads.list()
  }

  async tearDown(withinMs: number): Promise<void> {
    await this.#modules.tearDown(withinMs)
  }

  recycle(lane: number): void {
    this.#modules.wear(lane)
  }

  /** Another thread is played from now on. */
  #renew(lane: number): void {
    this.#threads.recycle(lane)
    this.#report.thread(lane, true)
    this.#options.conductor.wake()
  }

  /** Modules are being torn down, which is real work. */
  get isRenewing(): boolean {
    return this.#modules.renewing !== undefined
  }

  async destroy(): Promise<void> {
    this.#options.conductor.stop()
    this.#modules.stop()
    for (const { run, sent } of this.#underway.values()) {
      forget(run)
      sent.end()
    }
    this.#underway.clear()
  }

  async #perform(underway: Underway): Promise<void> {
    const { sent, run } = underway
    const { conductor, faults } = this.#options
    if (this.isRenewing) await this.#modules.renewing
    await conductor.turn(run.number, 'begin')
    if (!this.#isUnderway(underway)) return
    if (faults.takeLoss(run)) return this.#lose(sent.batch.number, LOST_BY_TEST)
    const ends = sent.isEmpty ? sent.endsIn(undefined) : await this.#play(underway)
    if (!this.#isUnderway(underway)) return
    await conductor.turn(run.number, 'end')
    if (!this.#isUnderway(underway)) return
    run.phase = 'finished'
    this.#underway.delete(sent.batch.number)
    this.#threads.leave(sent.batch.number)
    this.#report.ended(sent.batch.number, ends)
    sent.end()
    this.#modules.renewIfIdle()
  }

  /** Runs the call, and watches what it waits for. One that is given up ends there, whatever its body still does. */
  async #play(underway: Underway): Promise<Ends> {
    const { sent, run, pieces } = underway
    run.phase = 'running'
    run.hasBegun = true
    const played = watching(run, () => this.#runStruck(underway)).then((answer) => {
      const ends = [...pieces, cloned(answer)].flatMap((piece) => piece.ends)
      return sent.endsIn({ ...answer, ends })
    })
    const givenUp = run.givenUp.then((why): Ends => ({ ends: [failure(why)], ms: 0, begun: 1 }))
    const ends = await Promise.race([played, givenUp])
    run.phase = 'waiting'
    forget(run)
    this.#options.conductor.wake()
    return ends
  }

  async #runStruck(underway: Underway): Promise<AnswerMessage> {
    const { sent, run } = underway
    const { message } = sent
    const strike = this.#options.faults.strike(run)
    if (strike === undefined) return await runNow(underway, message)
    let instead: StandIn | undefined
    try {
      const part = message.parts[0] as PartMessage
      const record = await this.#recordOf(run, part, strike)
      instead = standIn(record, strike, this.#options.clock, () => this.#underway.get(sent.batch.number)?.run === run)
      const { moduleUrl } = instead
      return await runNow(underway, { ...message, parts: [{ ...part, moduleUrl }] })
    } catch (error) {
      return { ends: [{ at: 0, outcome: { ok: false, error: encodeError(error) } }], ms: 0 }
    } finally {
      instead?.forget()
    }
  }

  /** The task to be struck. The module of a mocked one is not imported for it. */
  async #recordOf(run: Run, part: PartMessage, { body }: Strike): Promise<TaskRecord> {
    const { moduleUrl, taskName } = part
    if (body !== undefined) return findTask(moduleUrl, taskName) ?? { moduleUrl, taskName, fn: body, options: {} }
    return await this.#modules.modules.load(moduleUrl, taskName, runOf(part, 0), this.#importObserver(run))
  }

  /** A runner for one call: its turn is decided here. */
  #newRunner(sent: BatchUnderWay, run: Run, pieces: AnswerMessage[]): BatchRunner {
    const { maxDepth, bytes, defaults, clock } = this.#options
    const imports = this.#importObserver(run)
    return new BatchRunner({
      modules: this.#modules.modules,
      setup: { maxDepth, bytes, defaults, callsPerThread: 1, cursors: cursors.cells },
      clock,
      stopwatch: () => this.#options.clock.now(),
      say: (_batch, _call, saying) => this.#hear(sent.batch, run, cloned(saying)),
      // Its end comes with the answer, but for a value that is moved.
      send: (_batch, answer, moved) => void pieces.push(cloned(answer, moved)),
      checkMail: () => {},
      importing: (_batch, moduleUrl) => imports.importing(moduleUrl),
      imported: () => imports.imported(),
    })
  }

  #hear(batch: Batch, run: Run, saying: Saying): void {
    if (this.#underway.get(batch.number)?.run !== run) return
    if (saying.kind === 'parked' || saying.kind === 'resumed') {
      run.isParked = saying.kind === 'parked'
      this.#threads.park(batch.number, run.isParked)
    }
    reportSaying(this.#report, batch, 0, saying)
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
      `importing and setting up ${run.importing} took longer than startTimeout (${this.#options.startTimeout} ms)`,
    )
    const hit = [...this.#underway.values()].find((one) => one.run === run)
    if (hit !== undefined) this.#lose(hit.sent.batch.number, { reason: 'start', cause })
  }

  /** A thread is gone: what ran on it is lost, and what its bodies still do is heard by nobody. */
  #lose(number: number, loss: Loss): void {
    const lane = this.#underway.get(number)?.sent.batch.lane
    if (lane === undefined) return
    this.#report.died(loss.reason)
    const lost = this.#threads.lose(number, loss.reason).flatMap((each) => this.#underway.get(each) ?? [])
    for (const { sent, run } of lost) {
      forget(run)
      this.#underway.delete(sent.batch.number)
      sent.end()
    }
    for (const { sent, run } of lost) {
      const isIt = sent.batch.number === number
      this.#report.lost(sent.batch.number, isIt ? loss : WENT_DOWN_WITH_IT, {
        begun: isIt || run.hasBegun ? 1 : 0,
        isUnder: true,
      })
    }
    this.#report.thread(lane, true)
    this.#options.conductor.wake()
  }

  #isUnderway({ sent }: Underway): boolean {
    return this.#underway.has(sent.batch.number)
  }
}

/** Runs a call, and lets it hear at its start what it was told before. */
function runNow(underway: Underway, message: BatchMessage): Promise<AnswerMessage> {
  const { runner, sent, early = [] } = underway
  underway.early = undefined
  const answer = new Promise<AnswerMessage>((resolve) => runner.run(cloned(message, sent.leave()), resolve))
  for (const told of early) runner.tell(told)
  return answer
}

const LONGEST_TIMER = 2 ** 31 - 1

/** Tearing down is real work, too. */
const realClock: Pick<Clock, 'after'> = {
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER))
    return () => clearTimeout(timer)
  },
}

const failure = (error: Error) => ({ at: 0, outcome: { ok: false as const, error } })
