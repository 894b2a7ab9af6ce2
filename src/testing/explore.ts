/** Runs one scenario under many orders, and finds the seed of the first that breaks it. */
import { CeleriacError, ConfigurationError } from '../errors.js'
import type { RuntimeEvent } from '../events/event.js'
import { show, wholeFrom } from '../option-rules.js'
import type { TestRuntimeOptions } from './options.js'
import { Patience } from './patience.js'
import type { RecordedCall } from './recorder.js'
import { PATIENCE_MS, Stage } from './stage.js'
import { StagedRuntime, type TestRuntime } from './test-runtime.js'

/** Which seed broke the scenario; `cause` is what was thrown. */
export class ExploreError extends CeleriacError {
  readonly code = 'ERR_EXPLORE' as const
  readonly seed: number
  readonly timeline: readonly RuntimeEvent[]
  constructor(seed: number, cause: unknown, timeline: readonly RuntimeEvent[]) {
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : show(cause)
    super(
      `seed ${seed} broke the scenario (replay it by createTestRuntime({ seed: ${seed} })): ${what}${story(timeline)}`,
      { cause },
    )
    this.seed = seed
    this.timeline = timeline
  }
}

/** More runs than this of one call in one scenario, and it goes on for ever; or more decisions than this in all. */
const MOST_RUNS = 1_000
const MOST_DECISIONS = 1_000_000
/** How often it is looked whether anything happens, while patience lasts. */
const LOOKS = 5
/** How many events a message shows: the last ones. */
const MOST_EVENTS = 40

/**
 * Runs `scenario` under `runs` different orders of completion, each on a fresh test runtime, one after the other.
 *
 * @param runs - How many; from 1. With `options.seed` they are that seed and those after it. Default seed 0.
 * @throws {@link ExploreError} with the first seed that made it throw, or left work pending; `createTestRuntime({ seed })` replays it.
 *   {@link ConfigurationError} for a wrong option.
 * @example
 * await explore(100, async (runtime) => {
 *   await runtime.run(group(refresh.s('old'), refresh.s('new')))
 *   assert.equal(cache.value, 'new') // unless the old one came last
 * })
 */
export function explore(
  runs: number,
  scenario: (runtime: TestRuntime) => unknown,
  options: TestRuntimeOptions = {},
): Promise<void> {
  return exploreWithin(PATIENCE_MS, runs, scenario, options)
}

/** {@link explore} with another patience, in ms of real time in which nothing happens. */
export async function exploreWithin(
  patience: number,
  runs: number,
  scenario: (runtime: TestRuntime) => unknown,
  options: TestRuntimeOptions,
): Promise<void> {
  if (!wholeFrom(1).accepts(runs))
    throw new ConfigurationError(`explore: "runs" must be a whole number from 1, and is ${show(runs)}`, 'runs', runs)
  if (typeof scenario !== 'function')
    throw new ConfigurationError(
      `explore: a function is needed as scenario, not ${show(scenario)}`,
      'scenario',
      scenario,
    )
  const first = new Stage('explore', options).seed
  for (let seed = first; seed < first + runs; seed++)
    await play(new StagedRuntime(new Stage('explore', { ...options, seed }, patience)), scenario, patience)
}

/** One order. What is thrown is told with its seed; the runtime is gone afterwards. */
async function play(
  runtime: StagedRuntime,
  scenario: (runtime: TestRuntime) => unknown,
  patience: number,
): Promise<void> {
  try {
    await bounded(runtime, patience, 'the scenario did not settle', async () => await scenario(runtime))
    await bounded(runtime, patience, 'the scenario left work that never ends', () => runtime.idle())
    const unmet = runtime.stage.faults.unmet()
    if (unmet.length > 0) throw new ConfigurationError(unmet.join('\n'))
  } catch (cause) {
    throw new ExploreError(runtime.seed, cause, [...runtime.timeline])
  } finally {
    await runtime.destroy()
  }
}

/** Waits for something, but not when nothing happens any more, nor when it goes on for ever. */
async function bounded(
  runtime: StagedRuntime,
  patience: number,
  complaint: string,
  code: () => Promise<unknown>,
): Promise<void> {
  const { conductor } = runtime.stage
  let seen = conductor.decisions
  let looksInVain = 0
  let fail: (why: string) => void = () => {}
  const stuck = new Promise<never>((_resolve, reject) => {
    fail = (why) => reject(new Error(`${complaint}: ${why}; pending:${runtime.stage.pending() || ' nothing'}`))
  })
  const watch = new Patience(patience / LOOKS, () => {
    looksInVain = conductor.decisions === seen ? looksInVain + 1 : 0
    seen = conductor.decisions
    const restless = restlessCall(runtime.calls)
    if (looksInVain >= LOOKS) fail(`nothing has happened for ${patience} ms of real time`)
    else if (restless !== undefined) fail(`"${restless.taskName}" (${restless.id}) has had more than ${MOST_RUNS} runs`)
    else if (seen > MOST_DECISIONS) fail(`it goes on after ${MOST_DECISIONS} steps`)
    else {
      watch.stop()
      watch.start()
    }
  })
  watch.start()
  try {
    await Promise.race([code(), stuck])
  } finally {
    watch.stop()
  }
}

/** A call that is tried again without end. */
function restlessCall(calls: readonly RecordedCall[]): RecordedCall | undefined {
  const runs = new Map<string, number>()
  return calls.find(({ id }) => {
    const count = (runs.get(id) ?? 0) + 1
    runs.set(id, count)
    return count > MOST_RUNS
  })
}

/** The last events, a line each. */
function story(timeline: readonly RuntimeEvent[]): string {
  const shown = timeline.filter(({ type }) => type !== 'task-received' && type !== 'worker-online').slice(-MOST_EVENTS)
  const [first] = timeline
  return shown.map((event) => `\n  +${event.at - (first?.at ?? 0)} ms ${lineOf(event)}`).join('')
}

function lineOf(event: RuntimeEvent): string {
  const what = event.type.replace('task-', '')
  if ('taskName' in event) {
    const more = 'error' in event ? `: ${event.error.name}: ${event.error.message}` : ''
    return `${event.taskName} ${what} (${event.id}, run ${event.attempt})${more}`
  }
  if (event.type === 'warning') return `warning: ${event.message}: ${event.error.message}`
  return event.type === 'workflow-finished'
    ? `workflow ${event.id} finished: ${event.state}`
    : `${what} ${event.worker}`
}
