/** Which thread stands for which lane: one that dies leaves its lane to the one that takes its place. It starts and ends none. */
import type { MessagePort } from 'node:worker_threads'
import type { WorkerInfo } from './executor.js'

export interface Thread {
  readonly lane: number
  readonly threadId: number
  done: number
  /** What control messages go to, and where their number shows; once the thread is online. */
  port: MessagePort | undefined
  mail: Int32Array | undefined
  /** It has had all its calls, and makes room for another one. */
  isRecycled: boolean
  /** It died, and a call is known to have run then. */
  isBlamed: boolean
}

export class Threads {
  readonly #lanes: (Thread | undefined)[]
  readonly #byId = new Map<number, Thread>()
  /** Who waits for the thread of a lane. */
  readonly #waiting = new Map<number, (() => void)[]>()

  constructor(lanes: number) {
    this.#lanes = new Array<Thread | undefined>(lanes).fill(undefined)
  }

  /** How many have said that they are there. */
  get online(): number {
    return this.#lanes.filter((thread) => thread?.port !== undefined).length
  }

  at(lane: number): Thread | undefined {
    return this.#lanes[lane]
  }

  /** Those that stand for a lane now. */
  all(): readonly Thread[] {
    return this.#lanes.filter((thread) => thread !== undefined)
  }

  find(threadId: number): Thread | undefined {
    return this.#byId.get(threadId)
  }

  whenThere(lane: number, callback: () => void): void {
    this.#waiting.set(lane, [...(this.#waiting.get(lane) ?? []), callback])
  }

  /** Gives a new thread a lane that has none; Piscina never keeps more threads than there are lanes. */
  add(threadId: number): Thread {
    const lane = this.#lanes.indexOf(undefined)
    const thread: Thread = {
      lane,
      threadId,
      done: 0,
      port: undefined,
      mail: undefined,
      isRecycled: false,
      isBlamed: false,
    }
    this.#byId.set(threadId, thread)
    if (lane < 0) return thread
    this.#lanes[lane] = thread
    const waiting = this.#waiting.get(lane) ?? []
    this.#waiting.delete(lane)
    for (const callback of waiting) callback()
    return thread
  }

  /** It gets nothing more. */
  remove(thread: Thread): void {
    if (this.#lanes[thread.lane] === thread) this.#lanes[thread.lane] = undefined
    this.#byId.delete(thread.threadId)
  }

  infoOf({ lane, threadId, done }: Thread): WorkerInfo {
    return { id: lane, threadId, done, running: 0 }
  }

  infos(): readonly WorkerInfo[] {
    return this.#lanes.flatMap((thread) => (thread === undefined ? [] : [this.infoOf(thread)]))
  }
}
