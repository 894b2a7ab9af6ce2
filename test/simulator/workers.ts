/** The threads of an episode: what running calls report, how their runs end, and how they are lost. */

import { WorkerLostError } from '../../src/errors.js'
import type { Batch, Call } from '../../src/scheduler/batch.js'
import type { Instruction, Outcome, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../../src/task/retry.js'
import { show } from '../property/behaviour.js'
import type { Ran } from '../property/evaluate.js'
import type { Built } from '../property/plan.js'
import type { Child, Job } from './job.js'
import { perform } from './perform.js'
import type { Random } from './random.js'
import type { Action, Rates, Signal } from './rates.js'
import { SIGNALS } from './rates.js'
import { hold } from './violation.js'
import type { Watchman } from './watchman.js'

interface Around {
  readonly random: Random
  readonly watchman: Watchman
  readonly signals: Rates['signals']
  readonly handle: (stimulus: Stimulus) => readonly Instruction[]
  readonly jobOf: (workflow: Workflow) => Job
  /** A canvas for whatever a task may ask for; none when there were enough. */
  readonly spare: () => Built | undefined
}

type RetryOutcome = Extract<Outcome, { ok: 'retry' }>

/** Whether what a run says still counts. */
const isCurrent = ({ workflow, node, attempt }: Call): boolean =>
  workflow.status(node) === 'running' && workflow.attemptOf(node) === attempt && !workflow.replacements.has(node)

export class Workers {
  /** Batches whose end the scheduler has been told. */
  readonly settled: number[] = []
  readonly #around: Around
  readonly #children = new Map<number, { readonly batch: number; readonly child: Child }>()
  readonly #started = new Set<number>()

  constructor(around: Around) {
    this.#around = around
  }

  act(action: Action): void {
    const { random, watchman } = this.#around
    if (action === 'repeat') return this.#repeat(random.pick(this.settled))
    const batch = random.pick([...watchman.running.values()])
    const [call] = batch.calls as [Call]
    switch (action) {
      case 'settle':
        return this.#settle(batch, call)
      case 'lose':
        return this.#lose(batch, call)
      case 'start':
        if (!this.#started.has(batch.number)) this.#report(batch, { kind: 'started' })
        this.#started.add(batch.number)
        return
      case 'show':
        return this.#report(batch, random.chance(0.5) ? { kind: 'progress', value: 1 } : SHOWN)
      case 'park':
        return this.#park(batch)
      case 'apply':
        return this.#apply(batch, call)
      case 'revokeChild':
        return this.#revokeChild()
      case 'add':
        return this.#add(batch, call)
    }
  }

  /** Takes in what the scheduler tells running calls. */
  hear(instruction: Instruction): void {
    if (instruction.type === 'terminate') return this.#hearTerminate(instruction.batch, instruction.loss.cause as Error)
    if (instruction.type !== 'tell' || instruction.told.kind !== 'child') return
    const { child, outcome } = instruction.told
    const known = this.#children.get(child)
    hold(known !== undefined && known.child.told === undefined, 'a child ends twice')
    if (known !== undefined) known.child.told = show(outcome.ok ? outcome.value : outcome.error)
  }

  /** A hard limit ends a run with its error, or lets it be retried. */
  #hearTerminate(number: number, error: Error): void {
    const { watchman, jobOf } = this.#around
    const [call] = watchman.running.get(number)?.calls ?? []
    if (call === undefined || error.name !== 'TimeLimitError') return
    jobOf(call.workflow).lose(call, error)
    if (retriesFor(call.policy, error) && hasRetryLeft(call.policy, call.attempt - 1))
      watchman.giveRun(call, watchman.now, call.attempt + 1)
  }

  /** Who still runs knows how those of its children ended that have. */
  checkChildren(): void {
    const { running, workflows } = this.#around.watchman
    for (const workflow of workflows.keys()) {
      const it = workflow.continuation
      if (it?.kind !== 'child' || !running.has(it.batch) || !workflow.isFinal(workflow.graph.exit)) continue
      hold(this.#children.get(it.child)?.child.told !== undefined, `nobody is told of the end of child ${it.child}`)
    }
  }

  /** The batch in which a call runs now. */
  batchOf(workflow: Workflow, node: number): number | undefined {
    for (const { number, calls } of this.#around.watchman.running.values())
      if (calls.some((call) => call.workflow === workflow && call.node === node && isCurrent(call))) return number
    return undefined
  }

  /** All is closed, and nobody waits for what runs. */
  drop(): void {
    this.settled.push(...this.#around.watchman.running.keys())
    this.#around.watchman.running.clear()
  }

  #report(batch: Batch, report: Extract<Stimulus, { type: 'report' }>['report']): void {
    this.#around.handle({ type: 'report', at: this.#around.watchman.now, batch: batch.number, call: 0, report })
  }

  #park({ number }: Batch): void {
    const batch = this.#around.watchman.running.get(number) as Batch
    const { parked } = this.#around.watchman
    const isParked = parked.delete(number)
    if (!isParked) parked.add(number)
    this.#report(batch, { kind: isParked ? 'resumed' : 'parked' })
  }

  #apply(batch: Batch, call: Call): void {
    const canvas = this.#around.spare()
    if (canvas === undefined) return
    const child = this.#children.size
    const job = this.#around.jobOf(call.workflow)
    job.apply(call, child, canvas)
    this.#children.set(child, { batch: batch.number, child: job.children.at(-1) as Child })
    this.#report(batch, { kind: 'apply', child, id: `child-${child}`, canvas: canvas as never })
  }

  #revokeChild(): void {
    const { random, watchman } = this.#around
    if (this.#children.size === 0) return
    const child = random.below(this.#children.size)
    const batch = watchman.running.get(this.#children.get(child)?.batch as number)
    const terminate = random.chance(0.5)
    if (batch !== undefined) this.#report(batch, { kind: 'revoke-child', child, reason: 'chance', terminate })
  }

  #add(batch: Batch, call: Call): void {
    const { workflow, node } = call
    const header = workflow.headerOf(node)
    const canvas = header !== undefined && isCurrent(call) ? this.#around.spare() : undefined
    if (header === undefined || canvas === undefined) return
    this.#around.jobOf(workflow).add(header.workflow, header.join, canvas)
    this.#report(batch, { kind: 'add-to-chord', canvas: canvas as never })
  }

  #settle(batch: Batch, call: Call): void {
    const { random, watchman, handle } = this.#around
    this.#end(batch)
    const outcome = isCurrent(call) ? this.#outcomeOf(call) : { ok: true as const, value: 'late' }
    const rest = { batch: batch.number, ends: [{ at: 0, outcome }], random: random.next() }
    handle({ type: 'outcomes', at: watchman.now, ...rest })
  }

  #outcomeOf(call: Call): Outcome {
    const { random, signals, jobOf } = this.#around
    const job = jobOf(call.workflow)
    const signal = SIGNALS.find((one) => random.chance(signals[one]))
    const asked = signal && this.#ask(call, signal)
    if (asked !== undefined) return asked
    const ran: Ran[] = []
    const outcome = perform(call, ran)
    const retry = outcome.ok === false ? this.#retryAfter(call, outcome.error) : undefined
    if (retry === undefined) job.ended(call, ran)
    return retry ?? outcome
  }

  #ask(call: Call, signal: Signal): Outcome | undefined {
    const { random, watchman, jobOf } = this.#around
    switch (signal) {
      case 'retry': {
        if (!hasRetryLeft(call.policy, call.attempt - 1)) return undefined
        const wait = random.pick([0, 0, 3, 40, new Date(watchman.now + 5), new Date(0)])
        return this.#retry(call, {
          ok: 'retry',
          error: new Error('again'),
          wait,
          jitter: random.chance(0.3),
          args: undefined,
        })
      }
      case 'requeue':
        watchman.giveRun(call, 0, call.attempt)
        return { ok: 'reject', requeue: true }
      case 'replace': {
        const canvas = this.#around.spare()
        if (canvas === undefined) return undefined
        jobOf(call.workflow).replace(call, canvas)
        return { ok: 'replace', canvas: canvas as never }
      }
      case 'ignore':
        return { ok: 'ignore' }
      default:
        return { ok: 'reject', requeue: false }
    }
  }

  /** What a worker makes of an error, by the policy of the call. */
  #retryAfter(call: Call, error: Error): RetryOutcome | undefined {
    const { policy, attempt } = call
    if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return undefined
    const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
    return this.#retry(call, {
      ok: 'retry',
      error,
      wait: retryDelayOf(policy, attempt - 1, 1),
      jitter,
      args: undefined,
    })
  }

  #retry(call: Call, outcome: RetryOutcome): RetryOutcome {
    const { watchman } = this.#around
    const until = typeof outcome.wait === 'number' ? watchman.now + outcome.wait : outcome.wait.valueOf()
    const isRandom = outcome.jitter && typeof outcome.wait === 'number'
    watchman.giveRun(call, isRandom ? watchman.now : until, call.attempt + 1)
    return outcome
  }

  #lose(batch: Batch, call: Call): void {
    const { watchman, handle, jobOf } = this.#around
    this.#end(batch)
    if (isCurrent(call)) jobOf(call.workflow).lose(call, new WorkerLostError('', LOST_RUN, { reason: 'exit' }))
    handle({ type: 'lost', at: watchman.now, batch: batch.number, loss: { reason: 'exit' } })
  }

  #end({ number }: Batch): void {
    this.#around.watchman.running.delete(number)
    this.settled.push(number)
  }

  /** An end that comes a second time, or after the thread was lost, or after all was closed. */
  #repeat(batch: number): void {
    const { random, watchman, handle } = this.#around
    const at = watchman.now
    const instructions = random.chance(0.5)
      ? handle({ type: 'outcomes', at, batch, ends: [{ at: 0, outcome: { ok: true, value: 'late' } }], random: 0 })
      : handle({ type: 'lost', at, batch, loss: { reason: 'exit' } })
    hold(instructions.length === 0, 'a repeated outcome has consequences')
  }
}

const SHOWN = { kind: 'state', state: 'COOKING', meta: undefined } as const
const LOST_RUN = { taskId: '', taskName: '', attempt: 1 }
