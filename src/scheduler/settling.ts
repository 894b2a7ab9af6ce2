/** What comes back of batches, piece by piece: each place is closed once, and what its run ended with is passed on. */
import { type Join, joinFilledBy } from '../graph/graph.js'
import { type Batch, isCurrent } from './batch.js'
import type { Machine, SettlingPart } from './machine.js'
import type { BatchEnd, Outcome, Outcomes } from './messages.js'
import { SucceededEvents } from './range-events.js'
import { countOf, PASSED, type Run, runAt } from './run.js'

const SUCCESS = { status: 'succeeded' } as const

export class Settling implements SettlingPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Takes what became of calls of a batch. Of one that is not running any more it is late, and changes nothing. */
  settle({ batch: number, ends, ms, random, begun = 0 }: Outcomes): void {
    const batch = this.#machine.dispatcher.running.get(number)
    if (batch === undefined) {
      this.#machine.tally.lateOutcomes += countOf(ends)
      return
    }
    this.#machine.random = random
    const count = countOf(ends)
    this.#machine.runMs = (ms ?? this.#machine.at - batch.at) / Math.max(count, 1)
    if (ms !== undefined && count > 0) this.#learn(batch, ends, count, ms)
    for (const end of ends) {
      if ('outcome' in end) this.settleAt(batch, end.at, end.outcome)
      else if ('values' in end) this.#settleValues(batch, end.from, end.values)
      else for (let i = 0; i < end.passed; i++) this.settleAt(batch, end.from + i, PASSED)
    }
    if (this.#machine.heard['task-started']) this.#machine.departures.announce(batch, begun)
    this.#machine.dispatcher.weigh(batch)
  }

  /** How long the calls of each task take that has some among these. */
  #learn(batch: Batch, ends: readonly BatchEnd[], count: number, ms: number): void {
    this.#machine.tally.busyMs += ms
    this.#machine.tally.runs.add(this.#machine.runMs, count)
    let last: unknown
    for (const end of ends) {
      const { load } = batch.partAt('outcome' in end ? end.at : end.from).plan
      if (load !== last) load.note(this.#machine.runMs)
      last = load
    }
  }

  #settleValues(batch: Batch, from: number, values: ArrayLike<unknown>): void {
    for (let i = 0; i < values.length; ) {
      const place = from + i
      const { at, size } = batch.partAt(place)
      const count = Math.min(values.length - i, at + size - place)
      if (count > 1 && this.#settleTogether(batch, place, values, i, count)) i += count
      else this.settleAt(batch, place, { ok: true, value: values[i++] })
    }
  }

  /** Calls that have succeeded one after the other end in one go, where of each nothing but its value would be looked at. */
  #settleTogether(batch: Batch, place: number, values: ArrayLike<unknown>, from: number, count: number): boolean {
    const run = runAt(batch, place)
    const { part, workflow, node } = run
    if (part.plan.policy.ignoreResult === true || !workflow.isBare(node, node + count - 1)) return false
    const { heard } = this.#machine
    const isHeard = heard['task-started'] || heard['task-succeeded']
    if (isHeard && !workflow.areRunning(node, node + count)) return false // of one that was revoked it is told by itself
    if (!workflow.isLoose) return this.#fillTogether(run, values, from, count)
    if (!batch.closeAll(place, count)) return false
    this.#tellTogether(run, values, from, count)
    this.#machine.flow.succeedLoose(workflow, node, values, from, count)
    return true
  }

  /** What is told of each, before what came into it is forgotten. */
  #tellTogether({ batch, place, workflow, node }: Run, values: ArrayLike<unknown>, from: number, count: number): void {
    const { heard, departures, at, out, runMs } = this.#machine
    endDeadline(batch)
    if (heard['task-started']) departures.announce(batch, place + count)
    if (!heard['task-succeeded']) return
    const events = new SucceededEvents({ workflow, node, size: count }, at, values, from, runMs)
    out.push({ type: 'emit-range', events })
  }

  /** Members of one group fill its slots. */
  #fillTogether(run: Run, values: ArrayLike<unknown>, from: number, count: number): boolean {
    const { batch, place, workflow, node } = run
    const { graph } = workflow
    const last = node + count - 1
    // Two nodes lead to the same place only where that is a join, and calls between two of its members that left with them are members.
    if (graph.to[last] !== graph.to[node]) return false
    const at = joinFilledBy(graph, node)
    if (workflow.isFinal(at) || !batch.closeAll(place, count)) return false
    this.#tellTogether(run, values, from, count)
    const filling = workflow.filling(at, graph.joins.get(at) as Join)
    const succeeded = workflow.succeedAll(node, values, from, count, filling.values, graph.slot[node] as number)
    this.#machine.count(SUCCESS, succeeded)
    filling.missing -= succeeded
    if (workflow.portion !== undefined && at === graph.entry) workflow.portion.intake.window.outstanding -= succeeded
    if (filling.missing === 0) this.#machine.steps.push(this.#machine.joins.endOfJoin(workflow, at, filling, last))
    this.#machine.flow.workDown()
    return true
  }

  settleAt(batch: Batch, place: number, outcome: Outcome): void {
    const run = runAt(batch, place)
    if (!this.release(run)) {
      this.#machine.tally.lateOutcomes++
      return
    }
    if (this.#machine.heard['task-started']) this.#machine.departures.announce(batch, place + 1)
    if (outcome.ok !== true) closeLinked(batch, place + 1)
    else if (batch.isLinkedAt(place + 1) && batch.isOpen(place + 1)) this.#machine.linked = runAt(batch, place + 1)
    if (isCurrent(run.part, run.node)) {
      this.#machine.runs.settleRun(run, outcome)
      this.#machine.flow.workDown()
    }
    this.#machine.linked = undefined
  }

  /** A run is over, whoever still waits for it; `false` if that was known. */
  release({ batch, place, part }: Run): boolean {
    if (!batch.close(place)) return false
    const isParked = batch.isParked(place) && batch.parked.delete(place)
    if (!isParked) part.plan.gate?.leave()
    endDeadline(batch)
    return true
  }
}

/** With the last of its calls, what would have ended its thread is over. */
function endDeadline({ deadline, open }: Batch): void {
  if (deadline !== undefined && open === 0) deadline.cancelled = true
}

/** Steps that left with one that did not succeed will not run. */
function closeLinked(batch: Batch, from: number): void {
  for (let place = from; batch.isLinkedAt(place); place++) batch.close(place)
}
