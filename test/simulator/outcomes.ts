/** How runs end: with what their task gives or throws, or as chance has it, with one of the things that a task may ask for. */
import { SerializationError } from '../../src/errors.js'
import type { Call } from '../../src/scheduler/batch.js'
import type { Outcome } from '../../src/scheduler/messages.js'
import { hasRetryLeft, retriesFor, retryDelayOf } from '../../src/task/retry.js'
import type { Ran } from '../property/evaluate.js'
import type { Around } from './around.js'
import { type Flight, keepsValues, type Made } from './flight.js'
import { perform } from './perform.js'
import { SIGNALS, type Signal } from './rates.js'
import { isCurrent } from './watchman.js'

type RetryOutcome = Extract<Outcome, { ok: 'retry' }>
/** What a run ends with, and what is noted down if that counts. */
type Ended = Omit<Made, 'place' | 'call' | 'isPassed'>
type Asked = Omit<Ended, 'ran'>

export class Outcomes {
  readonly #around: Around

  constructor(around: Around) {
    this.#around = around
  }

  of(call: Call, place: number, flight: Flight): Ended {
    const { random, rates, jobOf } = this.#around
    const isLinked = flight.batch.isLinkedAt(place)
    const isUnseen = isLinked && !keepsValues(flight.batch.partAt(place))
    if (!isLinked && !isCurrent(call)) return { outcome: LATE, ran: [], commit: () => {} }
    const job = jobOf(call.workflow)
    const signal = SIGNALS.find((one) => random.chance(rates.signals[one]))
    const asked = signal && this.#ask(call, signal)
    if (asked !== undefined) return { ...asked, outcome: withArguments(asked.outcome, call, isUnseen), ran: [] }
    const ran: Ran[] = []
    const outcome = perform(call, ran)
    const retry = outcome.ok === false ? this.#retryAfter(call, outcome.error) : undefined
    if (retry !== undefined) return { ...retry, outcome: withArguments(retry.outcome, call, isUnseen), ran: [] }
    return { outcome: withArguments(outcome, call, isUnseen), ran, commit: () => job.ended(call, ran) }
  }

  #ask(call: Call, signal: Signal): Asked | undefined {
    const { watchman, jobOf } = this.#around
    switch (signal) {
      case 'retry':
        return this.#askRetry(call)
      case 'requeue':
        return {
          outcome: { ok: 'reject', requeue: true },
          commit: () => watchman.allowance.give(call, 0, call.attempt),
        }
      case 'replace': {
        const canvas = this.#around.spare()
        if (canvas === undefined) return undefined
        const outcome = { ok: 'replace', canvas: canvas as never } as const
        return { outcome, commit: () => jobOf(call.workflow).replace(call, canvas) }
      }
      case 'encode': {
        const error = cannotCross('the value')
        return { outcome: { ok: false, error }, commit: () => jobOf(call.workflow).lose(call, error) }
      }
      case 'ignore':
        return { outcome: { ok: 'ignore' }, commit: () => {} }
      default:
        return { outcome: { ok: 'reject', requeue: false }, commit: () => {} }
    }
  }

  #askRetry(call: Call): Asked | undefined {
    const { random, watchman } = this.#around
    if (!hasRetryLeft(call.policy, call.attempt - 1)) return undefined
    const wait = random.pick([0, 0, 3, 40, new Date(watchman.now + 5), new Date(0)])
    const error = new Error('again')
    return this.#retry(call, { ok: 'retry', error, wait, jitter: random.chance(0.3), args: undefined })
  }

  /** What a worker makes of an error, by the policy of the call. */
  #retryAfter(call: Call, error: Error): Asked | undefined {
    const { policy, attempt } = call
    if (!retriesFor(policy, error) || !hasRetryLeft(policy, attempt - 1)) return undefined
    const jitter = Boolean(policy.retryBackoff) && (policy.retryJitter ?? true)
    const wait = retryDelayOf(policy, attempt - 1, 1)
    return this.#retry(call, { ok: 'retry', error, wait, jitter, args: undefined })
  }

  #retry(call: Call, outcome: RetryOutcome): Asked {
    const { watchman } = this.#around
    const commit = (): void => {
      const until = typeof outcome.wait === 'number' ? watchman.now + outcome.wait : outcome.wait.valueOf()
      const isRandom = outcome.jitter && typeof outcome.wait === 'number'
      watchman.allowance.give(call, isRandom ? watchman.now : until, call.attempt + 1)
    }
    return { outcome, commit }
  }
}

/** The runtime has not seen what came into a step from the one before it, and is told with its end. */
function withArguments(outcome: Outcome, { args }: Call, isUnseen: boolean): Outcome {
  if (!isUnseen || outcome.ok === true || outcome.ok === 'replace') return outcome
  return { ...outcome, args }
}

export const cannotCross = (what: string): SerializationError =>
  new SerializationError(`${what} cannot cross`, what === 'the value' ? 'value' : 'args')

const LATE: Outcome = { ok: true, value: 'late' }
