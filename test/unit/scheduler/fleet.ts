/**
 * Drives a scheduler that batches, by hand: a test says what ends, how much had begun, which threads die. Everything that the scheduler
 * says is kept, and all invariants are checked after every step.
 */
import type { RuntimeEvent } from '../../../src/events/event.js'
import { compile } from '../../../src/graph/compile.js'
import type { CallSource } from '../../../src/graph/graph.js'
import { compileLoose } from '../../../src/graph/lone.js'
import type { Batch } from '../../../src/scheduler/batch.js'
import { checkInvariants } from '../../../src/scheduler/invariants.js'
import type { BatchEnd, CallReport, Instruction, Stimulus, Tell } from '../../../src/scheduler/messages.js'
import { Scheduler, type SchedulerOptions } from '../../../src/scheduler/scheduler.js'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import type { Loose } from './by-hand.js'
import { eventsOf } from './events-of.js'

export class Fleet {
  readonly scheduler: Scheduler
  readonly left: Batch[] = []
  readonly recalls: number[] = []
  readonly tells: Tell[] = []
  readonly terminated: number[] = []
  readonly events: string[] = []
  readonly emitted: RuntimeEvent[] = []
  readonly recycled: number[] = []
  isFlushAsked = false
  wakeAt: number | undefined
  now = 0

  constructor(lanes: number, options: SchedulerOptions = {}) {
    this.scheduler = new Scheduler(lanes, 'fleet-', options)
  }

  handle(stimulus: Stimulus): readonly Instruction[] {
    const instructions = this.scheduler.handle(stimulus)
    for (const instruction of instructions) this.#hear(instruction)
    checkInvariants(this.scheduler.state())
    return instructions
  }

  #hear(instruction: Instruction): void {
    if (instruction.type === 'dispatch') this.left.push(instruction.batch)
    if (instruction.type === 'recall') this.recalls.push(instruction.batch)
    if (instruction.type === 'tell') this.tells.push(instruction)
    if (instruction.type === 'terminate') this.terminated.push(instruction.batch)
    if (instruction.type === 'flush') this.isFlushAsked = true
    if (instruction.type === 'wake') this.wakeAt = instruction.at
    if (instruction.type === 'recycle') this.recycled.push(instruction.lane)
    for (const event of eventsOf(instruction)) {
      this.events.push(event.type)
      this.emitted.push(event)
    }
  }

  /** Submits a canvas, and ends the turn. */
  submit(canvas: Loose, keep = false): Workflow {
    const plan = { graph: compile(canvas), args: [], kwargs: {}, keep, isRevoked: false, submittedAt: {} }
    const [accepted] = this.handle({ type: 'submit', at: this.now, ...plan })
    if (accepted?.type !== 'accepted') throw new Error('not accepted')
    this.flush()
    return accepted.workflow
  }

  /** Submits calls that have nothing to do with each other. */
  submitLoose(...calls: readonly unknown[]): Workflow {
    const plan = { args: [], kwargs: {}, keep: false, isRevoked: false, submittedAt: {} }
    const [accepted] = this.handle({ type: 'submit', at: 0, graph: compileLoose(calls as CallSource[]), ...plan })
    if (accepted?.type !== 'accepted') throw new Error('not accepted')
    return accepted.workflow
  }

  flush(): void {
    if (!this.isFlushAsked) return
    this.isFlushAsked = false
    this.handle({ type: 'flushed', at: this.now })
  }

  listen(...heard: readonly RuntimeEvent['type'][]): void {
    this.handle({ type: 'listen', heard: new Set(heard) })
  }

  thread(lane: number, isThere: boolean): void {
    this.handle({ type: 'thread', at: this.now, lane, isThere })
  }

  /** Ends of calls of a batch; `ms` in all. */
  end(batch: number, ends: readonly BatchEnd[], ms = 0.001, begun?: number): void {
    const told = begun === undefined ? {} : { begun }
    this.handle({ type: 'outcomes', at: this.now, batch, ends, random: 0, ms, ...told })
  }

  recalled(batch: number, begun: number): void {
    this.handle({ type: 'recalled', at: this.now, batch, begun })
    this.flush()
  }

  lose(batch: number, begun?: number, isUnder = true): void {
    const known = begun === undefined ? { isUnder } : { begun, isUnder }
    this.handle({ type: 'lost', at: this.now, batch, loss: { reason: 'exit', exitCode: 1 }, ...known })
  }

  report(batch: number, call: number, report: CallReport): void {
    this.handle({ type: 'report', at: this.now, batch, call, report })
  }

  revoke(
    workflow: Workflow,
    node = workflow.graph.exit,
    scope: 'call' | 'subtree' = 'subtree',
    terminate = false,
  ): void {
    const targets = [{ workflow, node, scope }]
    this.handle({ type: 'revoke', at: this.now, targets, reason: undefined, terminate })
  }

  tick(ms: number): void {
    this.now += ms
    this.wakeAt = undefined
    this.handle({ type: 'tick', at: this.now })
  }

  /** Nodes of a batch, in the order in which they run. */
  nodes(batch: Batch | undefined): readonly number[] {
    return batch?.parts.flatMap(({ node, size }) => Array.from({ length: size }, (_, i) => node + i)) ?? []
  }

  batch(number: number): Batch | undefined {
    return this.left.find((batch) => batch.number === number)
  }
}
