/**
 * Makes it happen: feeds the scheduler with what happened, and carries out what it says. It decides nothing about canvases, and knows
 * nobody who waits: what concerns them goes to its host.
 */
import type { Environment } from '../environment.js'
import { assertNever } from '../errors.js'
import type { EventBus } from '../events/bus.js'
import type { Executor, Report, WorkerInfo } from '../executors/executor.js'
import type { Ended, Instruction, Pull, Release, Stimulus } from '../scheduler/messages.js'
import type { Scheduler } from '../scheduler/scheduler.js'
import type { Workflow } from '../scheduler/workflow.js'

export interface DriverHost {
  /** Something has happened: what waits for the end of the turn comes before it. */
  before(): void
  /** What follows from it is done. */
  after(): void
  /** Calls have ended: whoever applies a canvas from now on does so in another turn. */
  nextTurn(): void
  accepted(workflow: Workflow): void
  ended(ended: Ended): void
  pull(pull: Pull): void
  release(release: Release): void
}

export class Driver {
  readonly executor: Executor
  /** When the first call left. */
  startedAt: number | undefined
  readonly #scheduler: Scheduler
  readonly #environment: Pick<Environment, 'clock' | 'random'>
  readonly #bus: EventBus
  readonly #host: DriverHost
  #cancelWake = (): void => {}

  constructor(
    environment: Pick<Environment, 'clock' | 'random'>,
    scheduler: Scheduler,
    makeExecutor: (report: Report) => Executor,
    bus: EventBus,
    host: DriverHost,
  ) {
    this.#environment = environment
    this.#scheduler = scheduler
    this.executor = makeExecutor(this.#report())
    this.#bus = bus
    this.#host = host
  }

  now(): number {
    return this.#environment.clock.now()
  }

  /** Tells the scheduler what happened and does what it says. Gives the workflow that was accepted, if one was. */
  drive(stimulus: Stimulus): Workflow | undefined {
    this.#host.before()
    const instructions = this.#scheduler.handle(stimulus)
    for (const instruction of instructions) this.#carryOut(instruction)
    // Afterwards: what follows from it must not come before what was said first, such as when to wake.
    for (const instruction of instructions) this.#carryOutLast(instruction)
    this.#host.after()
    const first = instructions[0]
    return first?.type === 'accepted' ? first.workflow : undefined
  }

  #carryOutLast(instruction: Instruction): void {
    if (instruction.type === 'recall') this.#recall(instruction.batch)
    else if (instruction.type === 'pull') this.#host.pull(instruction)
    else if (instruction.type === 'release') this.#host.release(instruction)
  }

  #carryOut(instruction: Instruction): void {
    switch (instruction.type) {
      case 'accepted':
        return this.#host.accepted(instruction.workflow)
      case 'wake':
        return this.#wake(instruction.at)
      case 'tell':
        return this.executor.tell(instruction.batch, instruction.call, instruction.told)
      case 'terminate':
        return this.executor.terminate(instruction.batch, instruction.loss)
      case 'recycle':
        return this.executor.recycle(instruction.lane)
      case 'flush':
        return queueMicrotask(() => void this.drive({ type: 'flushed', at: this.now() }))
      case 'recall':
      case 'pull':
      case 'release':
        return // when all else is done
      case 'dispatch':
        this.startedAt ??= this.now()
        return this.executor.dispatch(instruction.batch)
      case 'ended':
        return this.#host.ended(instruction)
      case 'emit':
        return this.#bus.emit(instruction.event)
      case 'emit-range':
        return this.#bus.emitEach(instruction.events)
      default:
        return assertNever(instruction)
    }
  }

  /** The answer is there at once, since it is found in shared memory. */
  #recall(number: number): void {
    const batch = this.#scheduler.state().running.get(number)
    if (batch === undefined) return
    this.drive({ type: 'recalled', at: this.now(), batch: number, begun: this.executor.recall(batch) })
  }

  /** One timer for all that the scheduler waits for. */
  #wake(at: number | undefined): void {
    this.#cancelWake()
    this.#cancelWake = () => {}
    if (at === undefined) return
    const { clock } = this.#environment
    const tick = (): void => {
      const now = this.now()
      if (now < at) this.#cancelWake = clock.after(at - now, tick)
      else this.drive({ type: 'tick', at: now })
    }
    this.#cancelWake = clock.after(at - this.now(), tick)
  }

  #report(): Report {
    return {
      ended: (batch, { ends, ms, begun }) => {
        this.#host.nextTurn()
        const random = this.#environment.random()
        this.drive({ type: 'outcomes', at: this.now(), batch, ends, ms, begun, random })
      },
      said: (batch, call, report) => void this.drive({ type: 'report', at: this.now(), batch, call, report }),
      lost: (batch, loss, ran) => void this.drive({ type: 'lost', at: this.now(), batch, loss, ...ran }),
      thread: (lane, isThere) => void this.drive({ type: 'thread', at: this.now(), lane, isThere }),
      died: (reason) => void this.drive({ type: 'died', at: this.now(), reason }),
      online: ({ id, threadId }: WorkerInfo) =>
        this.#bus.emit({ type: 'worker-online', at: this.now(), worker: id, threadId }),
      offline: ({ id }, reason) => {
        if (reason !== 'closed' && reason !== 'recycled') this.#scheduler.state().tally.workersLost++
        this.#bus.emit({ type: 'worker-offline', at: this.now(), worker: id, reason })
      },
      warning: (message, error, taskId) =>
        this.#bus.emit({ type: 'warning', at: this.now(), message, error, ...(taskId !== undefined && { taskId }) }),
    }
  }
}
