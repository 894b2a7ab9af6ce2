/** What becomes of a batch whose thread has died. */
import { type Batch, isCurrent } from './batch.js'
import { callEvents } from './call-events.js'
import type { End } from './ends.js'
import { lostError, refusedError } from './failures.js'
import type { LossesPart, Machine } from './machine.js'
import type { Loss, Lost, Outcome } from './messages.js'
import { argsOf, isPassed, movedArgs, PASSED, type Run, runAt } from './run.js'
import { DROPPED } from './workflow.js'

/** Runs of a call whose thread dies each time. */
const MOST_LOSSES = 4

export class Losses implements LossesPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** A thread died under a batch: under the call that was running, and those that waited there for their children. */
  lose({ batch: number, loss, begun: known, isUnder = true }: Lost): void {
    const batch = this.#machine.dispatcher.running.get(number)
    if (batch === undefined) return
    const begun = Math.min(known ?? batch.size, batch.size)
    const last = isUnder ? begun - 1 : -1
    batch.isLost = true
    this.#machine.runMs = this.#machine.at - batch.at
    if (this.#machine.heard['task-started']) this.#machine.departures.announce(batch, begun)
    for (let place = 0; place < batch.size; place++) {
      if (!batch.isOpen(place)) continue
      const run = runAt(batch, place)
      if (!isCurrent(run.part, run.node)) this.#machine.settling.release(run)
      else if (place >= begun) {
        this.#returnRun(run)
        if (place < batch.announced) run.workflow.announced.add(run.node)
      } else if (diedBehind(batch, place, last)) this.#machine.settling.settleAt(batch, place, PASSED)
      else if (this.#diedUnder(batch, place, last))
        this.#machine.settling.settleAt(batch, place, this.#endOfLost(run, loss))
      // It had ended, and what it gave died with the thread before it was told.
      else if (isPassed(run)) this.#machine.settling.settleAt(batch, place, this.#endOfLost(run, loss))
      else this.#returnRun(run)
    }
    this.#machine.dispatcher.weigh(batch)
  }

  /** Too many threads have died: what would run fails instead, and so do the errbacks of that. */
  refuseReady(until: number): void {
    const { dispatcher, breaker, steps, at, out, flow } = this.#machine
    while (dispatcher.ready > 0) {
      const calls = [...dispatcher.queue]
      dispatcher.queue.clear()
      for (const { workflow, node } of calls) {
        if (!workflow.isReady(node)) continue // it ended with another one of these
        const attempt = workflow.attemptOf(node) - 1
        const error = refusedError(workflow.runOf(node, attempt), breaker, until - at)
        const end: End = { status: 'failed', failure: { error, origin: node, attempt } }
        if (this.#machine.heard['task-failed']) out.push(callEvents.ended(workflow, node, end, at, 0))
        steps.push({ do: 'end', workflow, node, end })
        flow.workDown()
      }
    }
  }

  #diedUnder(batch: Batch, place: number, last: number): boolean {
    return place === last || batch.hasLent(place) || this.#machine.dispatcher.callsPerThread > 1
  }

  /** A call goes back to where it stood, and runs again, or for the first time. */
  #returnRun(run: Run): void {
    const { batch, part, workflow, node } = run
    this.#machine.settling.release(run)
    if (part.isLinked || batch.isLinkedAt(run.place + 1)) workflow.isSuspect = true
    workflow.move(node, 'ready')
    this.#machine.line.putBack(part, node, node + 1)
  }

  #endOfLost(run: Run, loss: Loss): Outcome {
    const { workflow, node, part } = run
    const losses = 1 + (workflow.losses.get(node) ?? 0)
    workflow.losses.set(node, losses)
    const mayRunAgain = part.plan.policy.onWorkerLost === 'requeue' && losses < MOST_LOSSES && !isPassed(run)
    if (mayRunAgain && loss.reason !== 'time-limit') return { ok: 'reject', requeue: true }
    // An errback is told what is known of the arguments, and what is still here of them.
    const args = argsOf(run).filter((arg) => arg !== DROPPED)
    return { ok: false, error: lostError(run, loss), args, ...movedArgs(run) }
  }
}

/** The place of the last step that left with the one at `place`. */
function lastLinked(batch: Batch, place: number): number {
  let last = place
  while (batch.isLinkedAt(last + 1)) last++
  return last
}

/** The thread died under a later step of the same chain: those before it have succeeded, and the chain ends there. */
const diedBehind = (batch: Batch, place: number, last: number): boolean =>
  place < last && batch.isLinkedAt(place + 1) && lastLinked(batch, place) >= last
