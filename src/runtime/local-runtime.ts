/**
 * A runtime in this process, as applications see it: takes canvases in, hands results out, and knows who waits for what. What happens is the
 * driver's, and what follows from it the scheduler's. It decides nothing about canvases.
 */
import type { Canvas } from '../canvas/canvas.js'
import { type Application, applicationOf, isCanvas, NO_APPLIED_KWARGS, requireCanvas } from '../canvas/options.js'
import { type AnySignature, withOptions } from '../canvas/shape.js'
import { storedStamps } from '../canvas/stamps.js'
import type { AnyCanvas, Mappable, ResultOf } from '../canvas/typing.js'
import type { Environment, Hold } from '../environment.js'
import { ClosedError, QueueFullError } from '../errors.js'
import { EventBus } from '../events/bus.js'
import type { RuntimeEvents } from '../events/event.js'
import type { Executor, Report } from '../executors/executor.js'
import { compile, compileMembers } from '../graph/compile.js'
import type { Graph } from '../graph/graph.js'
import { checkOptions, durationFrom, flag } from '../option-rules.js'
import type { AsyncResult, RevokeOptions } from '../result/async-result.js'
import { resultOf } from '../result/handle.js'
import { checkResultOptions } from '../result/options.js'
import { Beat, type BeatHost } from '../schedule/beat.js'
import type { Schedule, ScheduleOptions } from '../schedule/schedule.js'
import { surroundingsOf } from '../scheduler/intakes.js'
import type { Revoke, Stimulus } from '../scheduler/messages.js'
import { Scheduler, type SchedulerOptions } from '../scheduler/scheduler.js'
import type { Workflow } from '../scheduler/workflow.js'
import { giveAway } from '../serialization/transfer.js'
import { registeredNames } from '../task/registry.js'
import { type Admission, checkGraph, isPlainCall } from './admission.js'
import { diagnostics } from './diagnostics.js'
import { Driver, type DriverHost } from './driver.js'
import { freezeArguments } from './frozen-arguments.js'
import { HandleShelf } from './handle-shelf.js'
import { type Inspection, inspectionOf } from './inspection.js'
import { type AdmittedGraph, LazyGroups, type LazyGroupsHost } from './lazy-groups.js'
import { LongRuns, type LongRunsHost, runsWithoutLimit } from './long-runs.js'
import { LooseRuns, type LooseRunsHost } from './loose-runs.js'
import { type Metrics, metricsOf } from './metrics.js'
import { ObeyedSignals } from './obeyed-signals.js'
import { RoomWaits } from './room-waits.js'
import type { Runtime, ShutdownReport } from './runtime.js'
import { Shutdown, type ShutdownHost } from './shutdown.js'
import { callsStamped } from './stamped-calls.js'
import { type StreamHost, StreamIteration } from './stream.js'
import { type MapOptions, streamPlan } from './stream-options.js'
import { type SubmissionStack, SubmissionStacks } from './submission-stacks.js'
import { type RevokeTarget, requireId, revokedIds } from './targets.js'
import { Telling, type TellingHost } from './telling.js'
import { ownListed, type Transfers } from './transfers.js'
import { Waiting } from './waiting.js'
import { endOf, WorkflowSource } from './workflow-source.js'

/** The parts that a runtime is put together from. */
export interface RuntimeParts {
  readonly environment: Environment
  readonly hold: Hold
  readonly makeExecutor: (report: Report) => Executor
  readonly admission: Omit<Admission, 'isInUse' | 'policyOf'>
  /** Threads, or what stands for them. */
  readonly lanes: number
  readonly scheduling: SchedulerOptions
  readonly resultTtl: number
  /** Default `false`. */
  readonly freezeArguments?: boolean
  /** Warns of calls without a limit that run for long. Default `false`: where time is played, it may pass. */
  readonly warnsOfLongRuns?: boolean
}

const CLOSE_RULES = { drain: flag, timeout: durationFrom(0) }
const CLOSE_TIMEOUT_MS = 30_000

export class LocalRuntime implements Runtime {
  readonly #environment: Environment
  readonly #hold: Hold
  readonly #admission: Admission
  readonly #scheduler: Scheduler
  readonly #executor: Executor
  readonly #driver: Driver
  /** Calls that can run at one time. */
  readonly #slots: number
  readonly #bus: EventBus
  readonly #beat: Beat
  readonly #longRuns: LongRuns | undefined
  readonly #shelf: HandleShelf
  readonly #resultTtl: number
  /** Finished workflows that can be looked up for a while, though nobody holds them. */
  readonly #kept = new Set<Workflow>()
  /** Who waits for the ends of nodes, by workflow. */
  readonly #waiting = new Waiting<Workflow>()
  readonly #telling: Telling<Workflow>
  readonly #lazyGroups: LazyGroups
  readonly #stacks = new SubmissionStacks()
  readonly #looseRuns = new LooseRuns(this.#looseRunsHost())
  readonly #signals = new ObeyedSignals((workflows, reason) => void this.#revoke(wholeOf(workflows), { reason }))
  /** Who waits for the workflow that is being submitted just now. */
  #onEnd: ((workflow: Workflow) => void) | undefined
  #whenIdle: (() => void)[] = []
  readonly #room: RoomWaits
  readonly #maxQueue: number
  readonly #freezesArguments: boolean
  #open = 0
  readonly #shutdown: Shutdown

  constructor(parts: RuntimeParts) {
    const { environment, hold, makeExecutor, admission, lanes, scheduling, resultTtl, warnsOfLongRuns = false } = parts
    this.#resultTtl = resultTtl
    this.#freezesArguments = parts.freezeArguments ?? false
    this.#environment = environment
    this.#hold = hold
    this.#admission = {
      ...admission,
      isInUse: (id) => this.#scheduler.find(id) !== undefined,
      policyOf: (graph, node) => this.#scheduler.state().policies.ofNode(graph, node).policy,
    }
    this.#slots = lanes * (scheduling.callsPerThread ?? 1)
    const idPrefix = `${environment.newId()}-`
    this.#bus = new EventBus(diagnostics, (heard) => this.#drive({ type: 'listen', heard }))
    this.#scheduler = new Scheduler(lanes, idPrefix, scheduling)
    this.#driver = new Driver(environment, this.#scheduler, makeExecutor, this.#bus, this.#driverHost())
    this.#executor = this.#driver.executor
    this.#maxQueue = scheduling.maxQueue ?? Infinity
    this.#room = new RoomWaits(environment.clock, this.#maxQueue === 0 ? () => this.#noteOpen() : undefined)
    this.#shelf = new HandleShelf((workflow) => new WorkflowSource(workflow, this.#sourceHost()))
    this.#telling = new Telling(this.#tellingHost())
    this.#beat = new Beat(this.#beatHost())
    this.#shutdown = new Shutdown(this.#shutdownHost())
    this.#longRuns = warnsOfLongRuns ? new LongRuns(this.#longRunsHost()) : undefined
    this.#lazyGroups = new LazyGroups(this.#lazyGroupsHost())
  }

  apply(canvas: AnyCanvas, options?: unknown): never {
    const workflow = this.#submit('apply', this.#stacks.here(this.apply), canvas, options)
    return resultOf(this.#shelf.sourceOf(workflow), workflow.graph.exit) as never
  }

  run(canvas: AnyCanvas, options?: unknown): Promise<never> {
    const submittedAt = this.#stacks.here(this.run)
    return new Promise((resolve, reject) => {
      if (options === undefined && this.#mayWaitLoose(canvas)) return this.#looseRuns.add(canvas, resolve, reject)
      this.#submit('run', submittedAt, canvas, options, (workflow) => {
        const end = endOf(workflow, workflow.graph.exit)
        if (end.ok) resolve(end.value as never)
        else reject(end.error)
      })
    })
  }

  /** Of many runs in one turn, later ones may wait for its end if nobody can tell: nobody counts them, or looks them up. */
  #mayWaitLoose(canvas: AnyCanvas): canvas is AnyCanvas & AnySignature {
    if (!this.#stacks.isShared || this.#maxQueue !== Infinity || this.#resultTtl > 0) return false
    return this.#shutdown.report === undefined && isCanvas(canvas) && isPlainCall(canvas as Canvas, this.#admission)
  }

  map<T extends Mappable>(task: T, items: unknown, options?: MapOptions): AsyncIterableIterator<ResultOf<T>> {
    return this.#stream('map', task, items, options) as AsyncIterableIterator<ResultOf<T>>
  }

  starmap<T extends Mappable>(task: T, items: unknown, options?: MapOptions): AsyncIterableIterator<ResultOf<T>> {
    return this.#stream('starmap', task, items, options) as AsyncIterableIterator<ResultOf<T>>
  }

  #stream(method: 'map' | 'starmap', task: unknown, items: unknown, options: unknown): StreamIteration {
    this.#requireOpen()
    return new StreamIteration(streamPlan(method, task, items, options), this.#streamHost())
  }

  result(id: string): AsyncResult<unknown> | undefined {
    requireId(id)
    const found = this.#scheduler.find(id)
    if (found === undefined) return this.#shelf.find(id)
    return resultOf(this.#shelf.sourceOf(found.workflow), found.node)
  }

  revoke(target: RevokeTarget | Iterable<RevokeTarget>, options: RevokeOptions = {}): number {
    checkResultOptions('revoke', options)
    const found: Revoke['targets'][number][] = []
    for (const { id, scope } of revokedIds(target)) {
      const known = this.#scheduler.find(id)
      if (known !== undefined) found.push({ workflow: known.workflow, node: known.node, scope })
    }
    return this.#revoke(found, options)
  }

  revokeByStamps(stamps: Readonly<Record<string, unknown>>, options: RevokeOptions = {}): number {
    checkResultOptions('revoke', options)
    const wanted = storedStamps('revokeByStamps', stamps)
    return this.#revoke(callsStamped(this.#scheduler.state().workflows.values(), wanted), options)
  }

  #revoke(targets: Revoke['targets'], { reason, terminate = false }: RevokeOptions): number {
    const before = this.#scheduler.state().revoked
    this.#telling.after(() => void this.#drive({ type: 'revoke', at: this.#now(), targets, reason, terminate }))
    return this.#scheduler.state().revoked - before
  }

  schedule(options: ScheduleOptions): Schedule {
    this.#requireOpen()
    return this.#beat.schedule(options)
  }

  inspect(): Inspection {
    this.#looseRuns.flush()
    const schedules = this.#beat.schedules()
    return inspectionOf(this.#scheduler.state(), this.#executor.workers(), registeredNames(), schedules)
  }

  metrics(): Metrics {
    this.#looseRuns.flush()
    const threads = this.#executor.workers().length
    const { startedAt } = this.#driver
    const sinceMs = startedAt === undefined ? 0 : this.#now() - startedAt
    return metricsOf(this.#scheduler.state(), threads, sinceMs)
  }

  async ready(): Promise<void> {
    this.#requireOpen()
    await this.#executor.ready()
  }

  async idle(): Promise<void> {
    this.#looseRuns.flush()
    if (this.#open > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  async drained(): Promise<void> {
    await this.#room.until(() => this.#scheduler.hasRoom)
  }

  close(options: { readonly drain?: boolean; readonly timeout?: number } = {}): Promise<ShutdownReport> {
    const { report } = this.#shutdown
    if (report !== undefined) return report
    checkOptions('close', options, CLOSE_RULES)
    this.#looseRuns.flush()
    this.#beat.stop()
    this.#telling.all() // what has ended is not pending
    return this.#shutdown.begin(options.drain ?? true, options.timeout ?? CLOSE_TIMEOUT_MS)
  }

  async destroy(): Promise<ShutdownReport> {
    const { report } = this.#shutdown
    if (report === undefined) return this.close({ timeout: 0 })
    await this.#shutdown.now()
    return report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  on<T extends keyof RuntimeEvents>(type: T, listener: (event: RuntimeEvents[T]) => void): this {
    this.#bus.on(type, listener)
    return this
  }

  once<T extends keyof RuntimeEvents>(type: T, listener: (event: RuntimeEvents[T]) => void): this {
    this.#bus.once(type, listener)
    return this
  }

  off<T extends keyof RuntimeEvents>(type: T, listener?: (event: RuntimeEvents[T]) => void): this {
    this.#bus.off(type, listener)
    return this
  }

  /**
   * @param onEnd - Called when it has ended, if somebody waits from the beginning.
   * @param isFindable - Somebody may look it up by its id, also when it has finished.
   */
  #submit(
    method: 'apply' | 'run',
    submittedAt: SubmissionStack,
    canvas: AnyCanvas,
    options: unknown,
    onEnd?: (workflow: Workflow) => void,
    isFindable = true,
  ): Workflow {
    this.#requireOpen()
    requireCanvas(canvas, '')
    this.#looseRuns.flush() // they came first, and their workflow must not be taken for this one
    const application = applicationOf(method, options)
    ownListed(application)
    const { graph, moved } = this.#admitted(canvas as Canvas, application)
    this.#requireRoom(graph)
    giveAway(moved)
    this.#bus.noteInterest()
    const { args, kwargs, signal, keepIntermediate: keep = method === 'apply' } = application
    const stimulus = {
      type: 'submit',
      at: this.#now(),
      graph,
      args,
      kwargs,
      keep,
      submittedAt,
      isRevoked: signal?.aborted ?? false,
      isWatched: onEnd !== undefined,
    } as const
    this.#onEnd = onEnd
    const workflow = this.#drive(stimulus) as Workflow
    submittedAt.walk() // its thread is at work already
    if (signal !== undefined) this.#obey(signal, workflow)
    if (isFindable && this.#resultTtl > 0) this.#keep(workflow)
    return workflow
  }

  /** The graph of a canvas of which every call may be sent, and what is moved with them. */
  #admitted(canvas: Canvas, application: Application) {
    const graph = compile(withOptions(canvas, application.options))
    return this.#checked(graph, application)
  }

  #checked(graph: Graph, application: Application, path = ''): AdmittedGraph {
    const moved = checkGraph(graph, application, this.#admission, path)
    if (this.#freezesArguments) freezeArguments(graph, application)
    return withMoved(graph, moved)
  }

  /** Revokes a workflow when its signal aborts. */
  #obey(signal: AbortSignal, workflow: Workflow): void {
    if (signal.aborted) return void this.#revoke(wholeOf([workflow]), { reason: signal.reason })
    this.#signals.add(signal, workflow)
    this.#drive({ type: 'watch', workflow, node: workflow.graph.exit })
  }

  /** Keeps a workflow for `resultTtl` after its end. */
  #keep(workflow: Workflow): void {
    this.#shelf.sourceOf(workflow)
    this.#kept.add(workflow)
    if (this.#resultTtl === Infinity) return
    const drop = (): void => void this.#kept.delete(workflow)
    this.#whenEnded(workflow, workflow.graph.exit, () => this.#environment.clock.after(this.#resultTtl, drop))
  }

  #requireOpen(): void {
    if (this.#shutdown.report !== undefined)
      throw new ClosedError('the runtime is closed: apply before close(), or make another runtime')
  }

  #requireRoom(graph: Graph): void {
    if (this.#maxQueue === Infinity || this.#scheduler.hasRoomFor(graph, this.#now())) return
    const message = `no more than ${this.#maxQueue} calls may wait to start (maxQueue), and these would be more: await runtime.drained() first`
    throw new QueueFullError(message, this.#maxQueue)
  }

  /** Holds the process while anything is pending, callbacks included, and tells those who wait for idleness. */
  #noteOpen(): void {
    const open = this.#scheduler.openWorkflows + (this.#telling.isBehind || this.#room.isLooking ? 1 : 0)
    if (open === this.#open) return
    const wasIdle = this.#open === 0
    this.#open = open
    if (wasIdle) {
      this.#hold.take()
      this.#longRuns?.watch()
    }
    if (open > 0) return
    this.#hold.release()
    const whenIdle = this.#whenIdle
    this.#whenIdle = []
    for (const resolve of whenIdle) resolve()
  }

  /** Who applied it waits from the beginning. */
  #noteWaiting(workflow: Workflow): void {
    const onEnd = this.#onEnd
    if (onEnd === undefined) return
    this.#onEnd = undefined
    this.#waiting.addForGood(workflow, workflow.graph.exit, onEnd)
  }

  #whenEnded(workflow: Workflow, node: number, callback: () => void): () => void {
    const stop = this.#waiting.add(workflow, node, callback)
    this.#drive({ type: 'watch', workflow, node })
    return stop
  }

  #now(): number {
    return this.#driver.now()
  }

  #drive(stimulus: Stimulus): Workflow | undefined {
    return this.#driver.drive(stimulus)
  }

  #driverHost(): DriverHost {
    return {
      before: () => this.#looseRuns.flush(),
      after: () => {
        this.#noteOpen()
        if (this.#room.isAwaited) this.#room.look()
      },
      nextTurn: () => this.#stacks.nextTurn(),
      accepted: (workflow) => this.#noteWaiting(workflow),
      ended: (ended) => this.#telling.tell(ended),
      pull: (pull) => this.#lazyGroups.pull(pull),
      release: (release) => this.#lazyGroups.release(release),
    }
  }

  #sourceHost() {
    return {
      sourceOf: (workflow: Workflow) => this.#shelf.sourceOf(workflow),
      whenEnded: (workflow: Workflow, node: number, callback: () => void) => this.#whenEnded(workflow, node, callback),
      whenGrown: (workflow: Workflow, node: number, callback: () => void) =>
        this.#lazyGroups.whenGrown({ workflow, node }, callback),
      after: (ms: number, callback: () => void) => this.#environment.clock.after(ms, callback),
      revoke: (workflow: Workflow, node: number, options: RevokeOptions) => {
        this.#revoke([{ workflow, node, scope: 'subtree' }], options)
      },
    }
  }

  #looseRunsHost(): LooseRunsHost {
    return {
      isHeld: (workflow) => this.#shelf.has(workflow),
      submit: (graph) => {
        this.#bus.noteInterest()
        const given = {
          args: [],
          kwargs: NO_APPLIED_KWARGS,
          keep: false,
          isRevoked: false,
          submittedAt: this.#stacks.last,
        }
        return this.#drive({ type: 'submit', at: this.#now(), graph, ...given }) as Workflow
      },
    }
  }

  #shutdownHost(): ShutdownHost {
    return {
      clock: this.#environment.clock,
      hold: this.#hold,
      executor: this.#executor,
      counts: () => this.#scheduler.state(),
      isIdle: () => this.#open === 0,
      idle: () => this.idle(),
      stop: (running) => {
        if (running === 'drop') this.#room.letGo()
        this.#drive({ type: 'close', at: this.#now(), message: CLOSED, running })
        this.#telling.all()
      },
    }
  }

  #tellingHost(): TellingHost<Workflow> {
    return {
      clock: this.#environment.clock,
      tell: (workflow, node) => {
        if (workflow.isLoose) this.#looseRuns.tell(workflow, node)
        if (node === workflow.graph.exit) this.#signals.ended(workflow)
        this.#waiting.tell(workflow, node)
      },
      told: () => this.#noteOpen(),
    }
  }

  #beatHost(): BeatHost {
    return {
      clock: this.#environment.clock,
      check: (canvas) => void this.#admitted(canvas, applicationOf('apply', undefined)),
      start: (canvas, ended) => {
        // Later, also for what ends at once, such as an empty chain.
        const submittedAt = this.#stacks.here(this.schedule)
        this.#submit('run', submittedAt, canvas, undefined, () => queueMicrotask(ended))
      },
      warn: (message, error) => this.#warn(message, error),
    }
  }

  #longRunsHost(): LongRunsHost {
    return {
      clock: this.#environment.clock,
      isPending: () => this.#open > 0,
      running: () => runsWithoutLimit(this.#scheduler.state()),
      warn: ({ id }, message) => {
        this.#bus.emit({ type: 'warning', at: this.#now(), message, error: new Error(message), taskId: id })
      },
    }
  }

  #streamHost(): StreamHost {
    return {
      slots: this.#slots,
      now: () => this.#now(),
      start: (canvas, ended) => {
        const tell = (workflow: Workflow): void => ended(endOf(workflow, workflow.graph.exit))
        const workflow = this.#submit('run', this.#stacks.here(this.map), canvas, undefined, tell, false)
        return (reason) => void this.#revoke(wholeOf([workflow]), { reason })
      },
      room: (canvas) => {
        const graph = compile(canvas as Canvas)
        return this.#room.until(() => this.#scheduler.hasRoomFor(graph, this.#now()))
      },
      warn: (message, error) => this.#warn(message, error),
    }
  }

  #lazyGroupsHost(): LazyGroupsHost {
    return {
      now: () => this.#now(),
      later: (callback) => void this.#environment.clock.after(0, callback),
      admitted: (members, workflow, node) => {
        const graph = compileMembers(members, surroundingsOf(workflow, node))
        return this.#checked(graph, NOTHING_APPLIED, workflow.pathOf(node))
      },
      drive: (members, moved) => {
        giveAway(moved)
        this.#drive(members)
      },
      warn: (message, error) => this.#warn(message, error),
    }
  }

  #warn(message: string, error: Error): void {
    this.#bus.emit({ type: 'warning', at: this.#now(), message, error })
  }
}

const wholeOf = (workflows: Iterable<Workflow>): Revoke['targets'] =>
  Array.from(workflows, (workflow) => ({ workflow, node: workflow.graph.exit, scope: 'subtree' }))

const NOTHING_APPLIED = applicationOf('apply', undefined)

const withMoved = (graph: Graph, { items: moved }: Transfers): AdmittedGraph => ({
  graph: moved.size > 0 ? { ...graph, movesValues: true } : graph,
  moved,
})

const CLOSED = 'the runtime was closed before this could finish'
