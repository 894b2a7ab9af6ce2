/** The threads of an episode: which batches are on which, and which of them can begin a call. A thread that dies leaves its lane to another. */
import type { Flight } from './flight.js'

export interface Thread {
  readonly lane: number
  /** In the order in which they came. */
  readonly flights: Flight[]
  /** It has started. */
  isThere: boolean
  /** It is being ended: its lane has another one already. */
  isDoomed: boolean
  /** It has had all its calls: another one takes its place. */
  isWorn: boolean
  /** Calls that it was sent, but for those that were taken back. */
  calls: number
}

export class Threads {
  readonly #callsPerThread: number
  readonly #lanes: Thread[]
  readonly #doomed: Thread[] = []

  constructor(lanes: number, callsPerThread: number) {
    this.#callsPerThread = callsPerThread
    this.#lanes = Array.from({ length: lanes }, (_, lane) => newThread(lane, true))
  }

  at(lane: number): Thread {
    return this.#lanes[lane] as Thread
  }

  get all(): readonly Thread[] {
    return this.#doomed.length === 0 ? this.#lanes : [...this.#lanes, ...this.#doomed]
  }

  /** Those that have something to do, or are still to start or to die. */
  get busy(): readonly Thread[] {
    return this.all.filter(isBusy)
  }

  get areBusy(): boolean {
    return this.#doomed.length > 0 || this.#lanes.some(isBusy)
  }

  find(flight: Flight): Thread | undefined {
    return this.all.find(({ flights }) => flights.includes(flight))
  }

  /** The batch that would begin a call next. */
  next({ flights, isThere }: Thread): Flight | undefined {
    const inProgress = flights.reduce((sum, { holding }) => sum + holding, 0)
    return isThere && inProgress < this.#callsPerThread ? flights.find(({ canGoOn }) => canGoOn) : undefined
  }

  /** It will be gone, and gets nothing more. */
  doom(thread: Thread): void {
    if (thread.isDoomed) return
    thread.isDoomed = true
    this.#doomed.push(thread)
    this.#lanes[thread.lane] = newThread(thread.lane, false)
  }

  /** Another thread takes its place, which starts. */
  replace(thread: Thread): void {
    this.#lanes[thread.lane] = newThread(thread.lane, false)
  }

  /** It is gone. */
  bury(thread: Thread): void {
    this.doom(thread)
    this.#doomed.splice(this.#doomed.indexOf(thread), 1)
  }

  /** Nobody asks any more what becomes of it all. */
  clear(): void {
    for (const { flights } of this.all) flights.length = 0
    this.#doomed.length = 0
  }
}

/** The batch that a thread has died under, as the executor works it out: the last that had begun, or the first; any, if calls run side by side. */
export function diedUnder(flights: readonly Flight[], callsPerThread: number): Flight | 'any' | undefined {
  const begun = flights.filter((flight) => flight.begun > 0)
  if (begun.length === 0) return flights[0]
  return callsPerThread > 1 || begun.some(({ batch }) => batch.lenders.size > 0) ? 'any' : begun.at(-1)
}

const isBusy = ({ flights, isThere, isDoomed, isWorn }: Thread): boolean =>
  flights.length > 0 || !isThere || isDoomed || isWorn

const newThread = (lane: number, isThere: boolean): Thread => ({
  lane,
  flights: [],
  isThere,
  isDoomed: false,
  isWorn: false,
  calls: 0,
})
