/** Batches that leave for their threads, and what is taken back of them before it has begun. */
import { type Batch, isCurrent, type Part } from './batch.js'
import { callEvents } from './call-events.js'
import type { DeparturesPart, Machine } from './machine.js'
import type { Recalled } from './messages.js'
import { StartedEvents } from './range-events.js'
import { runAt } from './run.js'

export class Departures implements DeparturesPart {
  readonly #machine: Machine
  /** When it will be looked whether something is to be taken back. */
  #shareAt = Infinity

  constructor(machine: Machine) {
    this.#machine = machine
  }

  dispatch(): void {
    const dispatcher = this.#machine.dispatcher
    const until = this.#machine.breaker.refusesUntil(this.#machine.at)
    if (until !== undefined) this.#machine.losses.refuseReady(until)
    for (let batch = dispatcher.next(this.#machine.at, this.#machine.heard['task-succeeded']); batch !== undefined; ) {
      this.#leave(batch)
      batch = dispatcher.next(this.#machine.at, this.#machine.heard['task-succeeded'])
    }
    const opensAt = dispatcher.queue.opensAt()
    if (opensAt !== undefined && opensAt > this.#machine.at) this.#lookAgain(opensAt)
    this.#share()
  }

  #leave(batch: Batch): void {
    for (const part of batch.parts) {
      const { workflow, node, size, isLinked, attempt, plan, since } = part
      if (isLinked) continue
      this.#machine.tally.waits.add(this.#machine.at - since, size)
      workflow.moveAll(node, node + size, 'running')
      if (plan.policy.expires !== undefined && attempt === 1) this.#recallExpired(batch, part)
    }
    this.#machine.tally.started += batch.heads
    this.#machine.out.push({ type: 'dispatch', batch })
    const { callsPerThread, lanes } = this.#machine.dispatcher
    // The others start later, and then it is told.
    if (this.#machine.heard['task-started'] && lanes[batch.lane]?.batches.size === 1)
      this.announce(batch, callsPerThread)
  }

  /** A call that waits in a thread may expire there. Whether it has begun is known when it is asked for. */
  #recallExpired(batch: Batch, { workflow, node, size, at }: Part): void {
    for (let i = 0; i < size; i++) {
      const expiry = workflow.expiries.get(node + i)
      if (expiry === undefined) continue
      expiry.cancelled = true
      if (!this.#machine.dispatcher.batching) continue
      const recall = (): void => {
        if (batch.isOpen(at + i)) this.recall(batch)
      }
      workflow.expiries.set(node + i, this.#machine.timers.set(expiry.at, recall))
    }
  }

  /** Takes back for threads that have nothing to do what waits behind something slow. */
  #share(): void {
    const found = this.#machine.dispatcher.overdue(this.#machine.at)
    if (typeof found === 'number') this.#lookAgain(found)
    else for (const batch of found ?? []) this.recall(batch)
  }

  #lookAgain(at: number): void {
    if (this.#shareAt <= at) return
    this.#shareAt = at
    this.#machine.timers.set(at, () => {
      this.#shareAt = Infinity
    })
  }

  recall(batch: Batch): void {
    if (batch.isTaken || !this.#machine.dispatcher.batching) return
    batch.isTaken = true
    this.#machine.out.push({ type: 'recall', batch: batch.number })
  }

  /** What has not begun of a batch goes back to where it stood. */
  takeBack({ batch: number, begun }: Recalled): void {
    const batch = this.#machine.dispatcher.running.get(number)
    if (batch === undefined) return
    if (this.#machine.heard['task-started']) this.announce(batch, begun)
    const [{ plan }] = batch.parts as [Part]
    if (!plan.load.isKnown && begun > 0) plan.load.note((this.#machine.at - batch.at) / begun)
    for (const part of batch.parts) this.#takeBackPart(batch, part, begun)
    batch.isAnswered = true
    for (const [place, cancel] of batch.cancels) this.#machine.revocation.tellCancel(batch, place, cancel)
    this.#machine.dispatcher.weigh(batch)
    this.#machine.dispatcher.block(batch)
  }

  #takeBackPart(batch: Batch, part: Part, begun: number): void {
    const { workflow, node, size, at, plan } = part
    const first = Math.max(begun, at)
    let from = node + first - at
    for (let place = first; place < at + size; place++) {
      const here = node + place - at
      const isClosed = batch.close(place)
      if (isClosed) this.#machine.dispatcher.noteTaken(batch, plan)
      const goesBack = isClosed && isCurrent(part, here)
      if (goesBack) {
        workflow.move(here, 'ready')
        if (place < batch.announced) workflow.announced.add(here)
      } else {
        if (from < here) this.#machine.line.putBack(part, from, here)
        from = here + 1
      }
    }
    if (from < node + size) this.#machine.line.putBack(part, from, node + size)
  }

  /** Tells listeners of the starts of the first `begun` calls of a batch that they have not heard of. */
  announce(batch: Batch, begun: number): void {
    for (const end = Math.min(begun, batch.size); batch.announced < end; batch.announced++) {
      const { workflow, node, part } = runAt(batch, batch.announced)
      const size = countOfCurrent(part, node, Math.min(part.at + part.size, end) - batch.announced)
      if (size > 1) {
        const events = new StartedEvents({ workflow, node, size }, this.#machine.at, batch.lane)
        this.#machine.out.push({ type: 'emit-range', events })
        batch.announced += size - 1
      } else if (isCurrent(part, node)) {
        if (!workflow.forgetAnnounced(node))
          this.#machine.out.push(callEvents.started(workflow, node, batch.lane, this.#machine.at))
      } else if (part.isLinked && !workflow.isFinal(node) && batch.isOpen(batch.announced)) return // its turn comes with the end of the step before it
    }
  }
}

/** How many calls from a node on, of so many, have not been told to start: one, if some have. Of several it is the first run, since one that comes again leaves by itself. */
function countOfCurrent(part: Part, node: number, most: number): number {
  if (part.workflow.isAnyAnnounced) return 1
  let count = 0
  while (count < most && isCurrent(part, node + count)) count++
  return count
}
