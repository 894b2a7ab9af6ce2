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
    return [...this.#lanes, ...this.#doomed]
  }

  /** Those that have something to do, or are still to start or to die. */
  get busy(): readonly Thread[] {
    return this.all.filter(({ flights, isThere, isDoomed }) => flights.length > 0 || !isThere || isDoomed)
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

const newThread = (lane: number, isThere: boolean): Thread => ({ lane, flights: [], isThere, isDoomed: false })
