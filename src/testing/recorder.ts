/** Writes down what a runtime does: every event, and of each run what went in, when, and what came out. It listens, and changes nothing. */
import { ConfigurationError, TaskIgnoredError, TaskRevokedError } from '../errors.js'
import { EVENT_NAMES, type RuntimeEvent, type RuntimeEvents } from '../events/event.js'
import { show } from '../option-rules.js'
import type { Runtime } from '../runtime/runtime.js'

/** One run of one call; times in ms since the epoch of the runtime's clock. */
export interface RecordedCall {
  readonly id: string
  readonly taskName: string
  readonly args: readonly unknown[]
  /** 1 for the first run. */
  readonly attempt: number
  readonly startedAt: number
  /** `undefined` while it runs. */
  readonly endedAt: number | undefined
  readonly outcome:
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly error: Error }
    | undefined
}

/** What {@link recorder} has written down. */
export interface Recorder extends Disposable {
  readonly calls: readonly RecordedCall[]
  readonly timeline: readonly RuntimeEvent[]
  clear(): void
  /** Stops listening; what was written stays. */
  stop(): void
}

/**
 * Writes down what a runtime does from now on; any runtime, threads too.
 *
 * `runtime.off(name)` without a listener stops it for that name.
 *
 * @throws {@link ConfigurationError} if it is no runtime.
 * @example
 * using recorded = recorder(runtime)
 * await runtime.run(chain(add.s(1, 1), mul.s(2)))
 * recorded.calls.map((call) => call.taskName) // ['add', 'mul']
 */
export function recorder(runtime: Runtime): Recorder {
  const { on, off, inspect } = Object(runtime) as Partial<Runtime>
  if (typeof on !== 'function' || typeof off !== 'function' || typeof inspect !== 'function')
    throw new ConfigurationError(`recorder: a runtime is needed, and this is ${show(runtime)}`, 'runtime', runtime)
  return new EventRecorder(runtime)
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type CallEvent = Extract<RuntimeEvent, { taskName: string }>
type Outcome = NonNullable<RecordedCall['outcome']>

/** Where a run begins and ends among all that was written: many things happen in one ms. */
const places = new WeakMap<RecordedCall, { readonly start: number; end: number }>()
let placeCount = 0

/** The end of one that still runs, or was never seen, is `Infinity`. */
export const placeOf = (call: RecordedCall): { readonly start: number; readonly end: number } =>
  places.get(call) ?? { start: call.startedAt, end: call.endedAt ?? Infinity }

export class EventRecorder implements Recorder {
  readonly #runtime: Runtime
  readonly #listener = (event: RuntimeEvent): void => this.#write(event)
  /** Arguments of calls that have been sent. */
  readonly #sent = new Map<string, readonly unknown[]>()
  readonly #open = new Map<string, Writable<RecordedCall>>()
  /** Roots of calls that have started. */
  readonly #roots = new Map<string, string>()
  #calls: RecordedCall[] = []
  #timeline: RuntimeEvent[] = []

  constructor(runtime: Runtime) {
    this.#runtime = runtime
    for (const { id, args } of runtime.inspect().ready) this.#sent.set(id, args)
    this.listen(EVENT_NAMES)
  }

  get calls(): readonly RecordedCall[] {
    return this.#calls
  }

  get timeline(): readonly RuntimeEvent[] {
    return this.#timeline
  }

  /** Listens to these, once. */
  listen(names: readonly (keyof RuntimeEvents)[]): void {
    for (const name of names) this.#runtime.off(name, this.#listener).on(name, this.#listener)
  }

  clear(): void {
    this.#calls = []
    this.#timeline = []
    this.#open.clear()
    this.#roots.clear()
  }

  stop(): void {
    for (const name of EVENT_NAMES) this.#runtime.off(name, this.#listener)
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #write(event: RuntimeEvent): void {
    this.#timeline.push(event)
    if (event.type === 'task-sent') this.#sent.set(event.id, Object.freeze([...event.args]))
    else if (event.type === 'task-started') this.#begin(event)
    else if (event.type === 'workflow-finished') this.#endReplaced(event.rootId, event.at)
    else if ('taskName' in event) {
      const outcome = outcomeOf(event)
      if (outcome !== undefined) this.#end(event.id, event.at, outcome)
    }
  }

  #begin({ id, taskName, attempt, at, rootId }: CallEvent): void {
    // A call that has put something else in its place has no end of its own: this is the run that took its place.
    this.#end(id, at, REPLACED)
    const args = this.#sent.get(id) ?? []
    this.#sent.delete(id)
    const call = { id, taskName, args, attempt, startedAt: at, endedAt: undefined, outcome: undefined }
    this.#open.set(id, call)
    this.#roots.set(id, rootId)
    this.#calls.push(call)
    places.set(call, { start: placeCount++, end: Infinity })
  }

  /** Nor has a call whose place a group has taken, where no run goes on under its id. */
  #endReplaced(rootId: string, at: number): void {
    for (const id of this.#open.keys()) if (this.#roots.get(id) === rootId) this.#end(id, at, REPLACED)
  }

  #end(id: string, at: number, outcome: Outcome): void {
    const call = this.#open.get(id)
    if (call === undefined) return
    this.#open.delete(id)
    this.#roots.delete(id)
    const place = places.get(call)
    if (place !== undefined) place.end = placeCount++
    call.endedAt = at
    call.outcome = outcome
    Object.freeze(call)
  }
}

const BACK = 'the call went back to the queue: its task asked for it, or its thread was lost'
const REPLACED: Outcome = Object.freeze({ ok: true, value: undefined })

const failed = (error: Error): Outcome => Object.freeze({ ok: false, error })

/** How a run ended by what its event says; nothing if it says something else. */
function outcomeOf(event: CallEvent): Outcome | undefined {
  const run = { taskId: event.id, taskName: event.taskName, attempt: event.attempt }
  switch (event.type) {
    case 'task-succeeded':
      return Object.freeze({ ok: true, value: event.value })
    case 'task-failed':
    case 'task-retried':
      return failed(event.error)
    case 'task-revoked':
      return failed(new TaskRevokedError('the call was revoked', run, { terminated: event.terminated }))
    case 'task-ignored':
      return failed(new TaskIgnoredError('the task asked to be ignored', run, false))
    case 'task-rejected':
      return failed(new TaskIgnoredError(event.requeued ? BACK : 'the task asked to be rejected', run, true))
    default:
      return undefined
  }
}
