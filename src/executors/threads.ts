/** Which thread stands for which lane: one that dies leaves its lane to the one that takes its place. It starts and ends none. */
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Loss } from '../scheduler/messages.js'
import type { WorkerInfo } from './executor.js'

export interface Thread {
  /** -1 while it waits for one that has not left yet. */
  lane: number
  readonly threadId: number
  readonly worker: Worker
  done: number
  /** What it is sent goes there, and the number of words to running calls shows here; once the thread is online. */
  port: MessagePort | undefined
  mail: Int32Array | undefined
  /** Some of its modules have a teardown. */
  hasTeardown: boolean
  /** It has had all its calls, and makes room for another one. */
  isRecycled: boolean
  /** It has been told of. */
  isAnnounced: boolean
  /** Why it died, once it is known to have. */
  diedOf: Loss['reason'] | undefined
}

export class Threads {
  readonly #lanes: (Thread | undefined)[]
  readonly #byId = new Map<number, Thread>()
  /** Who waits for the thread of a lane to be online. */
  readonly #waiting = new Map<number, (() => void)[]>()
  /** Threads that are kept ready, and such as came before those had left whose place they take. */
  readonly #spare: Thread[] = []

  constructor(lanes: number) {
    this.#lanes = new Array<Thread | undefined>(lanes).fill(undefined)
  }

  /** How many have said that they are there, spare ones included. */
  get online(): number {
    let count = 0
    for (const { port } of this.#byId.values()) if (port !== undefined) count++
    return count
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

  whenOnline(lane: number, callback: () => void): void {
    this.#waiting.set(lane, [...(this.#waiting.get(lane) ?? []), callback])
  }

  /** Gives a new thread a lane that has none; if none is free yet, the next one that is. */
  add(threadId: number, worker: Worker): Thread {
    const thread: Thread = {
      lane: -1,
      threadId,
      worker,
      done: 0,
      port: undefined,
      mail: undefined,
      hasTeardown: false,
      isRecycled: false,
      isAnnounced: false,
      diedOf: undefined,
    }
    this.#byId.set(threadId, thread)
    const lane = this.#lanes.indexOf(undefined)
    if (lane < 0) this.#spare.push(thread)
    else this.#place(thread, lane)
    return thread
  }

  #place(thread: Thread, lane: number): void {
    thread.lane = lane
    this.#lanes[lane] = thread
    this.#serve(thread)
  }

  /** It is online. */
  connect(thread: Thread, port: MessagePort, mail: Int32Array): void {
    thread.port = port
    thread.mail = mail
    this.#serve(thread)
  }

  #serve({ lane, port }: Thread): void {
    if (port === undefined) return
    const waiting = this.#waiting.get(lane) ?? []
    this.#waiting.delete(lane)
    for (const callback of waiting) callback()
  }

  /** It gets nothing more. */
  remove(thread: Thread): void {
    this.#byId.delete(thread.threadId)
    if (this.#spare.includes(thread)) this.#spare.splice(this.#spare.indexOf(thread), 1)
    if (this.#lanes[thread.lane] !== thread) return
    this.#lanes[thread.lane] = undefined
    const spare = this.#spare.find(({ port }) => port !== undefined) ?? this.#spare[0]
    if (spare === undefined) return
    this.#spare.splice(this.#spare.indexOf(spare), 1)
    this.#place(spare, thread.lane)
  }

  /** Those that wait for a place. */
  get spare(): readonly Thread[] {
    return this.#spare
  }

  infoOf({ lane, threadId, done }: Thread): WorkerInfo {
    return { id: lane, threadId, done, running: 0 }
  }

  infos(): readonly WorkerInfo[] {
    return this.#lanes.flatMap((thread) => (thread === undefined ? [] : [this.infoOf(thread)]))
  }
}
