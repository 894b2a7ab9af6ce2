/**
 * Which calls leave for which thread, and how many together. A thread is a *lane* here: a number, and the batches that are on their way
 * to it or run there. It keeps the ready queue and all batches; what their ends mean is the scheduler's.
 *
 * Sent ahead to a lane is about 2 ms of work, so that no thread waits for a message. If it turns out to be more, it is taken back for
 * threads that have nothing to do. `npm run bench -- mixed held long` justifies the numbers.
 */
import { Batch, isCurrent, type Part } from './batch.js'
import { canFollow } from './fusion.js'
import type { Gate } from './gate.js'
import { BATCH_MS, MOST_CALLS } from './load.js'
import type { CallPlan, Policies } from './policies.js'
import { type Range, type ReadyCall, ReadyQueue } from './ready-queue.js'
import type { Workflow } from './workflow.js'

/** What an idle thread may take over from: a batch that has been on its way for so long, in ms. */
const OLD_MS = 4
/** Batches sent ahead to one lane. */
const MOST_AHEAD = 2

/** A thread, as far as deciding goes. */
export interface Lane {
  readonly number: number
  readonly batches: Set<Batch>
  /** Calls that are, or could be, in progress there; parked ones have lent their place. */
  active: number
  /** Work that waits there, as estimated. */
  ms: number
  /** What waited behind this batch was taken back: it gets nothing more until that is over. */
  blockedBy: Batch | undefined
  /** Its thread died, and another one is not there yet. */
  isDown: boolean
  /** Calls that its thread may still get before it is replaced. */
  left: number
  /** It has had all of them, and waits to be replaced. */
  isWorn: boolean
}

export interface DispatcherOptions {
  readonly lanes: number
  readonly callsPerThread: number
  /** `false`: each call leaves alone. */
  readonly batching: boolean
  readonly policies: Policies
  /** Calls after which a thread is replaced. */
  readonly maxTasksPerWorker: number
}

export class Dispatcher {
  readonly queue = new ReadyQueue()
  readonly lanes: readonly Lane[]
  readonly running = new Map<number, Batch>()
  readonly callsPerThread: number
  readonly batching: boolean
  /** Calls that are ready. */
  ready = 0
  /** Of these, calls of tasks with a limit of their own; and the limits. */
  gated = 0
  readonly gates = new Set<Gate>()
  readonly #policies: Policies
  readonly #maxTasks: number
  #worn: number[] = []
  #count = 0

  constructor({ lanes, callsPerThread, batching, policies, maxTasksPerWorker }: DispatcherOptions) {
    this.#policies = policies
    this.#maxTasks = maxTasksPerWorker
    this.callsPerThread = callsPerThread
    this.batching = batching
    this.lanes = Array.from({ length: lanes }, (_, number) => ({
      number,
      batches: new Set<Batch>(),
      active: 0,
      ms: 0,
      blockedBy: undefined,
      isDown: false,
      left: maxTasksPerWorker,
      isWorn: false,
    }))
  }

  /** Calls that have become ready. */
  push(workflow: Workflow, from: number, to: number, plan: CallPlan, since: number): void {
    this.#countReady(plan.gate, to - from)
    this.queue.push({ workflow, from, to, plan, attempt: workflow.attemptOf(from), since })
  }

  /** No call is ready, and there is a thread that would take more. */
  get isHungry(): boolean {
    return this.ready === 0 && this.lanes.some(({ ms }) => ms < BATCH_MS)
  }

  /** A ready call has become final without leaving. */
  withdraw(gate: Gate | undefined): void {
    this.#countReady(gate, -1)
  }

  #countReady(gate: Gate | undefined, calls: number): void {
    this.ready += calls
    if (gate === undefined) return
    this.gated += calls
    gate.ready += calls
    if (gate.ready > 0) this.gates.add(gate)
    else this.gates.delete(gate)
  }

  /** The next batch that may leave; whether listeners are to be told of each call. */
  next(now: number, isHeard: boolean): Batch | undefined {
    const head = this.queue.next(now)
    const lane = head === undefined ? undefined : this.#laneFor(head.plan)
    if (head === undefined || lane === undefined) return undefined
    const parts = head.plan.isAlone ? [this.#take(head, 1, 0, isHeard)] : this.#fill(lane, now, isHeard)
    head.plan.gate?.enter(now)
    const batch = new Batch(this.#count++, lane.number, parts, now)
    this.running.set(batch.number, batch)
    lane.batches.add(batch)
    lane.left -= batch.size
    this.weigh(batch)
    for (const { workflow, isLinked } of parts) if (isLinked) workflow.linkedBatches++
    return batch
  }

  /** The lane with the least to do that has room. */
  #laneFor({ isAlone }: CallPlan): Lane | undefined {
    let best: Lane | undefined
    for (const lane of this.lanes)
      if (this.#hasRoom(lane, isAlone) && (best === undefined || hasLess(lane, best))) best = lane
    return best
  }

  #hasRoom(lane: Lane, isAlone: boolean): boolean {
    if (isBlocked(lane) || !mayGetMore(lane)) return false
    if (lane.active < this.callsPerThread) return true
    return !isAlone && lane.ms < BATCH_MS && lane.batches.size < MOST_AHEAD
  }

  #fill(lane: Lane, now: number, isHeard: boolean): Part[] {
    const parts: Part[] = []
    const limit = Math.min(MOST_CALLS, Math.max(lane.left, 1))
    const most = Math.min(Math.ceil(this.ready / this.lanes.length), limit)
    const least = this.callsPerThread - lane.active
    let left = BATCH_MS
    let size = 0
    for (let range = this.queue.next(now); range !== undefined; range = this.queue.next(now)) {
      if (range.plan.isAlone || (size > 0 && this.callsPerThread > 1 && range.plan !== parts[0]?.plan)) break
      const { load } = range.plan
      const fit = Math.max(load.fit(left, size), least - size, size === 0 ? 1 : 0)
      const wanted = Math.min(fit, most - size, range.to - range.from)
      if (wanted < 1) break
      const part = this.#take(range, isStep(range) ? 1 : wanted, size, isHeard)
      parts.push(part)
      size += part.size
      left -= part.size * load.estimate
      const before = size
      size = this.#follow(parts, size, left, limit)
      left -= (size - before) * load.estimate
      if (size > before && this.callsPerThread > 1) break // steps wait for each other, and others need not wait with them
    }
    return parts
  }

  /** Adds the steps behind the last call that can run right after it. */
  #follow(parts: Part[], size: number, ms: number, limit: number): number {
    let at = size
    let left = ms
    for (let last = parts.at(-1) as Part; at < limit; ) {
      const node = last.node + last.size - 1
      const next = canFollow(last.workflow, node, last.plan, this.#policies)
      if (next === undefined || next.plan.load.fit(left, at) < 1) break
      left -= next.plan.load.estimate
      if (last.isLinked && last.plan === next.plan && next.node === node + 1) {
        last = { ...last, size: last.size + 1 }
        parts[parts.length - 1] = last
      } else {
        const { workflow, order, since, isHeard } = last
        last = {
          workflow,
          node: next.node,
          size: 1,
          attempt: 1,
          plan: next.plan,
          isLinked: true,
          at,
          order,
          since,
          isHeard,
        }
        parts.push(last)
      }
      at++
    }
    return at
  }

  #take(range: Range, count: number, at: number, isHeard: boolean): Part {
    const { workflow, from, to, plan, attempt, order, since } = this.queue.take(range, count)
    this.#countReady(plan.gate, from - to)
    return { workflow, node: from, size: to - from, attempt, plan, isLinked: false, at, order, since, isHeard }
  }

  noteThread(lane: number, isThere: boolean): void {
    const known = this.lanes[lane] as Lane
    if (isThere && (known.isDown || known.isWorn)) this.#renew(known)
    known.isDown = !isThere
  }

  /** Another thread stands for a lane: what is on its way there counts for it. */
  #renew(lane: Lane): void {
    lane.isWorn = false
    lane.left = this.#maxTasks
    for (const { open } of lane.batches) lane.left -= open
  }

  /** Lanes whose threads have had all their calls since the last time. */
  takeWorn(): readonly number[] {
    if (this.#worn.length === 0) return this.#worn
    const worn = this.#worn
    this.#worn = []
    return worn
  }

  /** A call of a batch was taken back before it began. */
  noteTaken(batch: Batch, { gate }: CallPlan): void {
    gate?.leave()
    ;(this.lanes[batch.lane] as Lane).left++
  }

  /** Brings what its lane has to do up to date, after something of the batch has changed. */
  weigh(batch: Batch): void {
    const lane = this.lanes[batch.lane] as Lane
    const active = (this.callsPerThread > 1 ? batch.atOnce : batch.open) - batch.parkedCount
    lane.active += active - batch.active
    batch.active = active
    const ms = active * batch.estimate
    lane.ms += ms - batch.ms
    batch.ms = ms
    if (batch.open === 0) this.#end(batch, lane)
  }

  #end(batch: Batch, lane: Lane): void {
    this.running.delete(batch.number)
    lane.batches.delete(batch)
    if (lane.batches.size === 0) lane.ms = 0 // what rounding has left
    if (lane.blockedBy === batch) lane.blockedBy = undefined
    if (lane.left <= 0 && lane.batches.size === 0 && !lane.isWorn) {
      lane.isWorn = true
      this.#worn.push(lane.number)
    }
    for (const { workflow, isLinked, plan } of batch.parts) {
      if (isLinked) workflow.linkedBatches--
      if (!batch.isTaken) plan.load.grow()
    }
  }

  /** Puts calls of a batch back where they stood. */
  putBack({ workflow, plan, attempt, order, since }: Part, from: number, to: number): void {
    this.#countReady(plan.gate, to - from)
    this.queue.putBack({ workflow, plan, attempt, order, since, from, to })
  }

  /** Calls that are, as far as is known, in progress on a lane, and those that wait there for their turn. */
  callsOn(lane: Lane): { readonly begun: readonly ReadyCall[]; readonly waiting: readonly ReadyCall[] } {
    const open: ReadyCall[] = []
    for (const batch of lane.batches)
      for (const part of batch.parts)
        for (let i = 0; i < part.size; i++)
          if (batch.isOpen(part.at + i) && isCurrent(part, part.node + i))
            open.push({ workflow: part.workflow, node: part.node + i, since: part.since })
    const begun = this.callsPerThread + [...lane.batches].reduce((sum, { parkedCount }) => sum + parkedCount, 0)
    return { begun: open.slice(0, begun), waiting: open.slice(begun) }
  }

  /** The batch in which a node is, if it is in one. */
  batchOf(workflow: Workflow, node: number): Batch | undefined {
    for (const batch of this.running.values()) if (batch.placeOf(workflow, node) >= 0) return batch
    return undefined
  }

  /** Batches of a lane that took too long, of which something should be taken back; or when to look again. */
  overdue(now: number): readonly Batch[] | number | undefined {
    if (!this.batching) return undefined
    const head = this.queue.next(now)
    const isAnyIdle = this.lanes.some(isIdle)
    let soonest: number | undefined
    for (const lane of this.lanes) {
      const batches = [...lane.batches].filter(({ isTaken }) => !isTaken)
      const oldest = batches[0]
      if (oldest === undefined || !this.#shouldShare(batches, isAnyIdle, head)) continue
      if (oldest.at + OLD_MS <= now) return batches
      soonest = Math.min(soonest ?? Infinity, oldest.at + OLD_MS)
    }
    return soonest
  }

  /** Whether another thread could do some of it, or somebody waits who should come first. */
  #shouldShare(batches: readonly Batch[], isAnyIdle: boolean, head: Range | undefined): boolean {
    const heads = batches.reduce((sum, batch) => sum + batch.heads, 0)
    if (isAnyIdle && (heads > this.callsPerThread || (heads > 0 && batches.length > 1))) return true
    const open = batches.reduce((sum, batch) => sum + batch.open, 0)
    if (head === undefined || open <= this.callsPerThread) return false
    return batches.some((batch) => batch.priority < head.plan.priority || batch.open > batch.heads)
  }

  /** What began late is left to its lane, which gets nothing more until it is over. */
  block(batch: Batch): void {
    if (batch.open > 0) (this.lanes[batch.lane] as Lane).blockedBy = batch
  }

  /** Forgets all batches: nothing of them will be told any more. */
  drop(): void {
    for (const batch of [...this.running.values()]) {
      batch.open = 0
      batch.heads = 0
      batch.parked.clear()
      this.weigh(batch)
    }
  }
}

function hasLess(a: Lane, b: Lane): boolean {
  if (a.isDown !== b.isDown) return b.isDown
  return a.active < b.active || (a.active === b.active && a.ms < b.ms)
}
const isIdle = (lane: Lane): boolean => lane.active <= 0 && !isBlocked(lane) && !lane.isDown && mayGetMore(lane)

/** What blocks it lends its thread while all of it waits for children: they may have nowhere else to go. */
const isBlocked = ({ blockedBy }: Lane): boolean => blockedBy !== undefined && blockedBy.active > 0

/** Whether the thread of a lane may get another call. One in which a call waits for a child may: the child may have nowhere else to go. */
export function mayGetMore({ left, batches }: Lane): boolean {
  if (left > 0) return true
  for (const { parkedCount } of batches) if (parkedCount > 0) return true
  return false
}

/** It may have steps behind it that can leave with it. */
const isStep = ({ workflow, from }: Range): boolean => (workflow.graph.to[from] as number) >= 0
