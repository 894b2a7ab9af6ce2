/**
 * What a provocation is given to work with, in a process of its own: pools to open, and a way to say what was seen. What is seen is told
 * at once, line by line, so that the death of the process does not hide it. It judges nothing.
 */
import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { NotOffered } from './contenders/not-offered.mjs'
import { phraseOf, reasonOf } from './phrases.mjs'

/** How long what does not settle is waited for, in ms, before it is said to hang. */
const PATIENCE_MS = 5_000

export class Lab {
  #open
  #tell
  #pools = []
  #watched = []
  #isOver = false

  /**
   * @param open - Opens a pool of the contender.
   * @param tell - Gets a name and what was seen under it; later words replace earlier ones.
   */
  constructor(contender, open, tell) {
    this.contender = contender
    this.#open = open
    this.#tell = (name, phrase) => {
      if (!this.#isOver) tell(name, phrase)
    }
  }

  get isOurs() {
    return this.contender === 'celeriac'
  }

  open(options = {}) {
    const { own, ...common } = options
    const pool = this.#open({ ...common, ...(own?.[this.contender] && { own: own[this.contender] }) })
    this.#pools.push(pool)
    return pool
  }

  /** Opens a pool of which every thread has worked before, and counts the threads of the process. */
  async openWarm(options = {}) {
    const pool = this.open(options)
    const { threads = 2, perThread = 1 } = options
    await pool.ready()
    await Promise.all(Array.from({ length: threads * perThread }, () => pool.run('later', [20])))
    await Promise.all([1, 2, 3, 4].map(() => stat('/'))) // the threads that Node itself starts on first use
    this.baseline = threadsOfProcess()
    return pool
  }

  say(name, phrase) {
    this.#tell(name, phrase)
  }

  /** How a promise settles, as a phrase, after so many ms at the latest. */
  async outcome(promise, patience = PATIENCE_MS) {
    const stop = new AbortController()
    const hangs = wait(patience, 'hangs', { signal: stop.signal }).catch(() => 'hangs')
    const phrase = await Promise.race([Promise.resolve(promise).then(phraseOf, reasonOf), hangs])
    stop.abort()
    return phrase
  }

  /** Says how a promise settles. Resolves when it has, or when it has hung long enough; never rejects. */
  watch(name, promise, patience = PATIENCE_MS) {
    this.#tell(name, 'hangs')
    const told = Promise.resolve(promise)
      .then(phraseOf, reasonOf)
      .then((phrase) => this.#tell(name, phrase))
    this.#watched.push(told)
    return this.outcome(promise, patience)
  }

  /** The same where nothing may keep the process alive but the pool itself. */
  watchFreely(name, promise) {
    this.#tell(name, 'hangs')
    Promise.resolve(promise)
      .then(phraseOf, reasonOf)
      .then((phrase) => this.#tell(name, phrase))
  }

  /** Says how many of several settle in which way. */
  async watchAll(name, promises, patience = PATIENCE_MS) {
    this.#tell(name, `${promises.length} hang`)
    this.#tell(name, await this.tally(promises, patience))
  }

  /** How many of several settle in which way, as one phrase. */
  async tally(promises, patience = PATIENCE_MS) {
    const counts = new Map()
    for (const phrase of await Promise.all(promises.map((one) => this.outcome(one, patience))))
      counts.set(phrase, (counts.get(phrase) ?? 0) + 1)
    if (counts.size === 1) return `all ${[...counts.keys()][0]}`
    return [...counts].map(([phrase, count]) => `${count} ${phrase}`).join(', ')
  }

  /** Ends the provocation: this pool has nothing of the kind. */
  skip(reason) {
    throw new NotOffered(reason)
  }

  /** Waits until all that is watched has settled, or hangs. */
  async settled(patience = PATIENCE_MS) {
    const stop = new AbortController()
    const patienceOver = wait(patience, undefined, { signal: stop.signal }).catch(() => undefined)
    await Promise.race([Promise.all(this.#watched), patienceOver])
    stop.abort()
  }

  /** Says whether there are as many threads as before, after a while if need be. */
  async countThreads() {
    if (this.baseline === undefined) return
    let now = threadsOfProcess()
    for (
      const end = performance.now() + 2_000;
      now !== this.baseline && performance.now() < end;
      now = threadsOfProcess()
    )
      await wait(20)
    this.#tell('threads', now === this.baseline ? 'as before' : `${this.baseline} before, ${now} now`)
  }

  /** What the pools say now, they say because they are ended. */
  async destroyAll() {
    this.#isOver = true
    await Promise.all(this.#pools.map((pool) => Promise.resolve(pool.destroy()).catch(() => undefined)))
  }
}

/** Of the whole process, where the system tells. */
function threadsOfProcess() {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    return 0
  }
}

/** Cells that main and tasks share: the first is a gate or a count, the second counts who holds. */
export const cells = (length = 2) => new Int32Array(new SharedArrayBuffer(length * 4))

/** Lets go those that hold. */
export function letGo(gate) {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
}

/** Resolves when so many hold. */
export async function untilHeld(gate, holders = 1) {
  while (Atomics.load(gate, 1) < holders) await wait(2)
}
