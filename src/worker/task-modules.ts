/**
 * The task modules of a thread, and how far each is: imported and set up before the first call there, torn down after the last. It sets no
 * deadline, and does not know when the last call was: both are told from outside.
 */
import { readFileSync } from 'node:fs'
import { entryFileUrl } from '../environment.js'
import { type RunIdentity, WorkerLostError } from '../errors.js'
import { findTask, type TaskRecord } from '../task/registry.js'
import type { TaskModule } from '../task/tasks-from.js'
import { adoptTask, importModule } from './load-module.js'

/** Told when a module is imported and set up for the first time here, and when that has ended. */
export interface ImportObserver {
  importing(moduleUrl: string): void
  imported(moduleUrl: string): void
}

/** What went wrong before the first call. */
interface Unready {
  readonly what: string
  readonly cause: unknown
}

export class TaskModules {
  readonly #isGuest: boolean
  readonly #ready = new Set<string>()
  readonly #starting = new Map<string, Promise<Unready | undefined>>()
  readonly #teardowns: (() => unknown)[] = []

  /**
   * @param isGuest - The thread is not ours: modules whose tasks are known here belong to the program, which may still be at evaluating them.
   *   They are imported only if they say that they have something to set up.
   */
  constructor(isGuest: boolean) {
    this.#isGuest = isGuest
  }

  /** There is something to be torn down. */
  get hasTeardown(): boolean {
    return this.#teardowns.length > 0
  }

  /** The task, if it can run at once. */
  find(moduleUrl: string, taskName: string): TaskRecord | undefined {
    const record = findTask(moduleUrl, taskName)
    if (record === undefined || this.#ready.has(moduleUrl)) return record
    if (!this.#isGuest || exportsLife(moduleUrl)) return undefined
    this.#ready.add(moduleUrl)
    return record
  }

  /**
   * The task, its module imported and set up if need be.
   *
   * @throws {@link WorkerLostError} with reason `start` if that fails; `NotRegisteredError` if the module has no such task.
   */
  async load(moduleUrl: string, taskName: string, run: RunIdentity, observer: ImportObserver): Promise<TaskRecord> {
    const found = this.find(moduleUrl, taskName)
    if (found !== undefined) return found
    observer.importing(moduleUrl)
    try {
      await this.#makeReady(moduleUrl, run)
      return findTask(moduleUrl, taskName) ?? adoptTask(await importModule(moduleUrl), moduleUrl, taskName)
    } finally {
      observer.imported(moduleUrl)
    }
  }

  async #makeReady(moduleUrl: string, run: RunIdentity): Promise<void> {
    if (this.#ready.has(moduleUrl)) return
    const starting = this.#starting.get(moduleUrl) ?? this.#start(moduleUrl)
    this.#starting.set(moduleUrl, starting)
    const unready = await starting
    if (unready === undefined) return
    const { what, cause } = unready
    const why = (cause instanceof Error ? cause.message : String(cause)) + hintFor(cause)
    throw new WorkerLostError(`the task module ${moduleUrl} ${what}: ${why}`, run, { reason: 'start', cause })
  }

  /** What fails is tried again with the next call: the first one has not been there yet. */
  async #start(moduleUrl: string): Promise<Unready | undefined> {
    let what = 'could not be imported'
    try {
      const { setup, teardown } = (await importModule(moduleUrl)) as TaskModule
      what = 'could not be set up'
      if (typeof setup === 'function') await setup()
      if (typeof teardown === 'function') this.#teardowns.push(teardown)
      this.#ready.add(moduleUrl)
      return undefined
    } catch (cause) {
      return { what, cause }
    } finally {
      this.#starting.delete(moduleUrl)
    }
  }

  /** Whatever is called from now on is set up anew. */
  forget(): void {
    this.#ready.clear()
  }

  /** Tears all of them down, the last one first, and gives what they threw. Whatever is called from now on is set up anew. */
  async tearDown(): Promise<readonly Error[]> {
    const errors: Error[] = []
    this.forget()
    for (const teardown of this.#teardowns.splice(0).reverse()) {
      try {
        await teardown()
      } catch (error) {
        errors.push(error instanceof Error ? error : new Error(String(error)))
      }
    }
    return errors
  }
}

/** Node names a flag, which is not what has to be done. */
const hintFor = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && cause.code === 'ERR_ACCESS_DENIED'
    ? ' A hardened thread may read only the packages of task modules that had been imported when the threads started: import it before, or allow more with execArgv'
    : ''

/**
 * Whether the text of a module says that it exports `setup` or `teardown`. A program's entry file is no task module: importing it while it
 * waits for its own calls would never end.
 */
function exportsLife(moduleUrl: string): boolean {
  if (!moduleUrl.startsWith('file:') || moduleUrl === entryFileUrl()) return false
  try {
    return LIFE.test(readFileSync(new URL(moduleUrl), 'utf8'))
  } catch {
    return false // its tasks are known, so it has been evaluated; from what, nobody can tell any more
  }
}

const LIFE =
  /\bexport\s+(?:async\s+)?(?:function|const|let|var)\s+(?:setup|teardown)\b|\bexport\s*\{[^}]*\b(?:setup|teardown)\b|\bexports\.(?:setup|teardown)\b/
