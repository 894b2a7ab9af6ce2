/**
 * Drives the real scheduler by hand: a test submits canvases, answers the calls that leave, says what they report, loses threads, lets
 * time pass, revokes and closes. After every step all invariants are checked. Calls are named by their task, so a test gives each its own.
 */

import type { Canvas } from '../../../src/canvas/canvas.js'
import { chain } from '../../../src/canvas/chain.js'
import { chord } from '../../../src/canvas/chord.js'
import { group } from '../../../src/canvas/group.js'
import { EVENT_NAMES } from '../../../src/events/event.js'
import { compile } from '../../../src/graph/compile.js'
import type { Batch, Call } from '../../../src/scheduler/batch.js'
import { checkInvariants } from '../../../src/scheduler/invariants.js'
import type {
  CallReport,
  Instruction,
  Loss,
  Outcome,
  Pull,
  Release,
  Stimulus,
  Terminate,
  Told,
} from '../../../src/scheduler/messages.js'
import { Scheduler, type SchedulerOptions } from '../../../src/scheduler/scheduler.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { defineTasks, task } from '../../../src/task/task.js'

/** A canvas without its types: tests of the scheduler put together what no program would. */
export type Loose = Canvas & {
  link(callback: Loose): Loose
  linkError(errback: Loose): Loose
  set(options: object): Loose
}
interface LooseTask {
  s(...args: readonly unknown[]): Loose
  si(...args: readonly unknown[]): Loose
  with(options: object): LooseTask
  map(items: readonly unknown[]): Loose
  starmap(items: readonly unknown[]): Loose
  chunks(items: readonly unknown[], size: number): Loose
  each(items: readonly unknown[]): Loose
}

const nothing = (): void => {}
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'body', 'callback', 'errback', 'errback2'] as const
const bodies = Object.fromEntries(names.map((name) => [name, nothing]))
const tracked = { tracked: task({ trackStarted: true }, nothing) }

/** Tasks that do nothing: what a call gives is said by the test. */
export const tasks = defineTasks('file:///by-hand.js', { ...bodies, ...tracked }) as unknown as Readonly<
  Record<(typeof names)[number] | 'tracked', LooseTask>
>
export const loose = { chain, chord, group } as unknown as {
  chain(...steps: readonly Loose[]): Loose
  chord(header: Loose | readonly Loose[], body: Loose): Loose
  group(...members: readonly Loose[]): Loose
}

export interface Applied {
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly keep?: boolean
}

export interface Revoked {
  readonly node?: number
  readonly scope?: 'call' | 'subtree'
  readonly reason?: unknown
  readonly terminate?: boolean
}

export interface RetryWish {
  readonly jitter?: boolean
  readonly args?: readonly unknown[]
}

export class ByHand {
  readonly scheduler: Scheduler
  /** Batches that left and have not been answered, in the order in which they left. */
  readonly running: Batch[] = []
  /** Texts of all calls that ever left: task and arguments. */
  readonly left: string[] = []
  /** What running calls were told, and threads that are to be ended. */
  readonly told: (Told & { readonly task: string })[] = []
  readonly terminated: Terminate[] = []
  /** Members that were asked for, and sources that were let go of. */
  readonly pulls: Pull[] = []
  readonly releases: Release[] = []
  /** When time matters next, as far as the scheduler has said. */
  wakeAt: number | undefined
  /** Between 0 and 1, for jitter. */
  random = 1
  now = 0

  constructor(slots = 100, options?: SchedulerOptions) {
    this.scheduler = new Scheduler(slots, 'hand-', { batching: false, ...options })
  }

  handle(stimulus: Stimulus): readonly Instruction[] {
    const instructions = this.scheduler.handle(stimulus)
    for (const instruction of instructions) this.#follow(instruction)
    checkInvariants(this.scheduler.state())
    return instructions
  }

  #follow(instruction: Instruction): void {
    if (instruction.type === 'wake') this.wakeAt = instruction.at
    if (instruction.type === 'terminate') this.terminated.push(instruction)
    if (instruction.type === 'pull') this.pulls.push(instruction)
    if (instruction.type === 'release') this.releases.push(instruction)
    if (instruction.type === 'tell')
      this.told.push({ ...instruction.told, task: this.#taskOf(instruction.batch, instruction.call) })
    if (instruction.type !== 'dispatch') return
    this.running.push(instruction.batch)
    this.left.push(...instruction.batch.calls.map(textOf))
  }

  #taskOf(batch: number, call: number): string {
    return this.running.find(({ number }) => number === batch)?.calls[call]?.task.task ?? 'none'
  }

  submit(canvas: Loose, { args = [], kwargs = {}, keep = true }: Applied = {}): Workflow {
    const graph = compile(canvas)
    const at = this.now++
    const [accepted] = this.handle({
      type: 'submit',
      at,
      graph,
      args,
      kwargs,
      keep,
      isRevoked: false,
      submittedAt: { stack: 'Error\n    at test' },
    })
    if (accepted?.type !== 'accepted') throw new Error('not accepted')
    return accepted.workflow
  }

  /** Threads that have nothing to do. */
  get free(): number {
    return this.scheduler.state().dispatcher.lanes.filter(({ active }) => active === 0).length
  }

  /** Names of the tasks that are running. */
  get names(): readonly string[] {
    return this.running.map(({ calls }) => (calls[0] as Call).task.task)
  }

  /** The running call of that task that left first. */
  call(name: string): Call {
    return this.#batch(name).calls[0] as Call
  }

  succeed(name: string, value?: unknown): readonly Instruction[] {
    return this.end(this.#take(name), { ok: true, value })
  }

  fail(name: string, error: Error = new RangeError(name), item?: number): readonly Instruction[] {
    return this.end(this.#take(name), item === undefined ? { ok: false, error } : { ok: false, error, item })
  }

  end(batch: Batch, ...outcomes: readonly Outcome[]): readonly Instruction[] {
    const ends = outcomes.map((outcome, at) => ({ at, outcome }))
    return this.handle({ type: 'outcomes', at: this.now++, batch: batch.number, ends, random: this.random })
  }

  /** Ends the run of a task with whatever it asks for. */
  answer(name: string, outcome: Outcome): readonly Instruction[] {
    return this.end(this.#take(name), outcome)
  }

  retry(name: string, wait: number | Date, { jitter = false, args }: RetryWish = {}): readonly Instruction[] {
    return this.answer(name, { ok: 'retry', error: new RangeError(name), wait, jitter, args })
  }

  report(name: string, report: CallReport): readonly Instruction[] {
    return this.handle({ type: 'report', at: this.now, batch: this.#batch(name).number, call: 0, report })
  }

  revoke(
    workflow: Workflow,
    { node = workflow.graph.exit, scope = 'subtree', reason, terminate = false }: Revoked = {},
  ) {
    return this.handle({ type: 'revoke', at: this.now, targets: [{ workflow, node, scope }], reason, terminate })
  }

  /** Time passes. */
  tick(ms: number): readonly Instruction[] {
    this.now += ms
    this.wakeAt = undefined // a tick is what was wanted
    return this.handle({ type: 'tick', at: this.now })
  }

  lose(name: string, loss: Loss = { reason: 'exit', exitCode: 1 }): readonly Instruction[] {
    return this.handle({ type: 'lost', at: this.now++, batch: this.#take(name).number, loss })
  }

  close(running: 'finish' | 'drop'): readonly Instruction[] {
    if (running === 'drop') this.running.length = 0
    return this.handle({ type: 'close', at: this.now++, message: 'closed', running })
  }

  watch(workflow: Workflow, node: number): readonly Instruction[] {
    return this.handle({ type: 'watch', workflow, node })
  }

  listen(listening = true): void {
    this.handle({ type: 'listen', heard: new Set(listening ? EVENT_NAMES : []) })
  }

  #batch(name: string): Batch {
    const found = this.running.find(({ calls }) => calls[0]?.task.task === name)
    if (found === undefined) throw new Error(`no call of ${name} is running; there are ${this.names.join(', ')}`)
    return found
  }

  #take(name: string): Batch {
    const batch = this.#batch(name)
    this.running.splice(this.running.indexOf(batch), 1)
    return batch
  }
}

const textOf = ({ task, args, items }: Call): string =>
  `${task.task}(${[...args].map((arg) => JSON.stringify(arg)).join(', ')})${items === undefined ? '' : ` on ${JSON.stringify(items)}`}`

/** The status of every node, in the order of the canvas. */
export const statusesOf = (workflow: Workflow): readonly string[] =>
  Array.from({ length: workflow.graph.size }, (_, node) => workflow.status(node))

/** The error that a node failed with. */
export const errorAt = (workflow: Workflow, node: number): Error => workflow.failure(node).error

/** What the whole canvas gave. */
export const finalValueOf = (workflow: Workflow): unknown => workflow.value(workflow.graph.exit)
