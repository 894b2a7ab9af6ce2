/**
 * What is pending when nothing moves any more, and why, in words; and which runs would hang for ever. It decides nothing else.
 */
import { ConfigurationError } from '../errors.js'
import type { Inspection } from '../runtime/inspection.js'
import { realWorkOf, type Work } from './real-work.js'
import type { Run } from './run.js'

/** What is known of a test runtime that stands still. */
export interface Standstill {
  readonly runs: readonly Run[]
  readonly inspection: Inspection
  readonly now: number
  /** When the next timer of the virtual clock is due. */
  readonly next: number | undefined
  readonly autoAdvance: boolean
}

/** Whether a run waits for nothing that can come by itself soon: for no real work, or only for real timers. */
export function wouldHang(run: Run): boolean {
  return isBlocked(run) && realWorkOf(run).every(({ type }) => type === 'Timeout')
}

/** A run whose body has begun and waits, but for no child. */
const isBlocked = (run: Run): boolean => run.phase === 'running' && !run.isParked && run.importing === undefined

/** A real timer from this length on, in ms, is not waited for: it stands guard over something else, or has no business in a test. */
const LONG_TIMER = 3_000

/** Whether a run will go on by itself. */
export const isAtWork = (run: Run): boolean =>
  run.phase === 'running' && (run.importing !== undefined || (!run.isParked && realWorkOf(run).some(comesSoon)))

const comesSoon = ({ type, ms = Infinity }: Work): boolean => type !== 'Timeout' || ms < LONG_TIMER

/** What a run is ended with that would hang. */
export function hangError(run: Run, patience: number): ConfigurationError {
  const [timer] = realWorkOf(run).map(({ ms }) => ms)
  const why =
    timer === undefined
      ? 'it waits for something that is neither virtual time nor real work: a promise that nobody resolves, or a timer that the test runner has faked'
      : `it waits for a real timer of ${timer} ms, and real timers are not moved by the virtual clock: let the runtime wait (countdown, retry), play the time with delay(), or mock the task`
  return new ConfigurationError(`"${run.taskName}" (${run.id}) has not gone on for ${patience} ms of real time: ${why}`)
}

/** What is pending and why, a line each. */
export function describe({ runs, inspection, now, next, autoAdvance }: Standstill): string {
  const lines = runs.map((run) => `"${run.taskName}" (${run.id}) ${stateOf(run)}`)
  const ready = inspection.ready.map(({ taskName, id }) => `"${taskName}" (${id}) is ready, and no thread is free`)
  const scheduled = inspection.scheduled.map(({ taskName, id, state, at }) => {
    const what = state === 'RETRY' ? 'its next run' : 'its time'
    return `"${taskName}" (${id}) waits for ${what}, in ${at.valueOf() - now} ms`
  })
  const later =
    next === undefined
      ? []
      : [
          `the clock stands at ${now}, and the next timer is due in ${next - now} ms${autoAdvance ? '' : ': only advance() moves it, since autoAdvance is false'}`,
        ]
  return [...lines, ...ready, ...scheduled, ...later].map((line) => `\n  ${line}`).join('')
}

function stateOf(run: Run): string {
  if (run.importing !== undefined) return `waits for the import of ${run.importing}`
  if (run.isParked) return 'waits for a child'
  if (run.phase === 'waiting') return 'waits for its turn'
  const work = realWorkOf(run).map(({ type, ms }) => (ms === undefined ? type : `${type} (${ms} ms)`))
  return work.length === 0
    ? 'waits for something that is neither virtual time nor real work'
    : `waits for ${work.join(', ')}`
}
