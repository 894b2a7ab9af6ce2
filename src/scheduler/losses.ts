/** What becomes of a batch whose thread has died. */
import type { Input } from '../graph/call.js'
import { type Batch, isCurrent, keepsValues } from './batch.js'
import { callEvents } from './call-events.js'
import type { End } from './ends.js'
import { lostError, refusedError } from './failures.js'
import type { LossesPart, Machine } from './machine.js'
import type { Loss, Lost, Outcome } from './messages.js'
import { argsOf, isPassed, movedArgs, PASSED, type Run, runAt } from './run.js'
import { DROPPED, type Workflow } from './workflow.js'

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
      } else if (diedBehind(batch, place, last)) this.#loseBefore(run, runAt(batch, last), loss)
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

  /** A step that a thread died under goes on where that was known too early: it fails, and does not run again. Whether it is one. */
  failBlamed(workflow: Workflow, node: number, input: Input): boolean {
    const blamed: Input | undefined = workflow.input(node)
    if (!(blamed instanceof Blamed)) return false
    const { run, loss } = blamed
    this.#machine.linked = run
    this.#machine.line.enqueue(workflow, node, node + 1, input)
    if (this.#machine.heard['task-started'])
      this.#machine.out.push(callEvents.started(workflow, node, run.batch.lane, this.#machine.at))
    this.#machine.runs.settleRun(run, this.#endOfLost(run, loss))
    return true
  }

  /** A step had ended, and what it gave died under a later one. Where that is kept it runs again, and the later one waits for its turn to fail. */
  #loseBefore(run: Run, under: Run, loss: Loss): void {
    if (!keepsValues(run.part)) return this.#machine.settling.settleAt(run.batch, run.place, PASSED)
    this.#returnRun(run)
    if (under.workflow.isWaiting(under.node)) under.workflow.feed(under.node, new Blamed(under, loss))
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

/** Stands where the input of a step will stand, whose thread died under it, and took along what was to come in. */
class Blamed implements Input {
  readonly args = []
  readonly by = -1
  readonly run: Run
  readonly loss: Loss

  constructor(run: Run, loss: Loss) {
    this.run = run
    this.loss = loss
  }
}

/** The place of the last step that left with the one at `place`. */
function lastLinked(batch: Batch, place: number): number {
  let last = place
  while (batch.isLinkedAt(last + 1)) last++
  return last
}

/** The thread died under a later step of the same chain: those before it have succeeded. */
const diedBehind = (batch: Batch, place: number, last: number): boolean =>
  place < last && batch.isLinkedAt(place + 1) && lastLinked(batch, place) >= last
