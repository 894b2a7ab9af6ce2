/** Where the programs of the table run: a runtime, and short words for what every one of them does. */
import type { Runtime, RuntimeOptions } from 'celeriac'

/** How runtimes are made for one executor. */
export type Make = (options: RuntimeOptions) => Runtime

/** How exactly time can be told where a table runs: whether `took` ms are what a rate limit asks for, which is `due`. */
export type Keeps = (took: number, due: number) => boolean

/** By the clock on the wall: no earlier than that, but for what timers round. */
const roughly: Keeps = (took, due) => took >= due - 2

export class Lab {
  readonly runtime: Runtime
  readonly #make: Make
  readonly #keeps: Keeps
  readonly #others = new Map<string, Lab>()

  constructor(make: Make, options: RuntimeOptions, keeps: Keeps = roughly) {
    this.#make = make
    this.#keeps = keeps
    this.runtime = make({ graceMs: 5, ...options })
  }

  /** One call at a time. */
  get lone(): Lab {
    return this.#other('lone', { threads: 1 })
  }
  /** Two calls at a time, on one thread. */
  get shared(): Lab {
    return this.#other('shared', { threads: 1, callsPerThread: 2 })
  }
  /** Finished results can be looked up. */
  get kept(): Lab {
    return this.#other('kept', { threads: 2, resultTtl: Infinity })
  }

  #other(name: string, options: RuntimeOptions): Lab {
    const known = this.#others.get(name) ?? new Lab(this.#make, options, this.#keeps)
    this.#others.set(name, known)
    return known
  }

  /** A runtime of its own for one program. */
  async fresh<T>(options: object, program: (lab: Lab) => Promise<T>): Promise<T> {
    const lab = new Lab(this.#make, { threads: 1, ...options }, this.#keeps)
    try {
      return await program(lab)
    } finally {
      await lab.runtime.destroy()
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.runtime, ...[...this.#others.values()].map(({ runtime }) => runtime)].map(end))
  }

  apply(canvas: any, options?: any): any {
    return this.runtime.apply(canvas, options)
  }

  /** What comes of a canvas: its value, or what its error is known by. */
  end(canvas: any, options?: any): Promise<unknown> {
    return endOf(this.apply(canvas, options))
  }

  /** Its handle once so many calls, of it or of what it has started, say that they run. */
  async begun(canvas: any, options?: any, calls = 1): Promise<any> {
    let left = calls
    const begin = new Promise<void>((resolve) => {
      const hear = (): void => {
        if (--left > 0) return
        this.runtime.off('task-progress', hear)
        resolve()
      }
      this.runtime.on('task-progress', hear)
    })
    const result = this.apply(canvas, options)
    await begin
    return result
  }

  /** The next event of that name. */
  next(type: string): Promise<any> {
    return new Promise((resolve) => this.runtime.once(type as never, resolve))
  }

  /** The events of these names until all is over that `work` has begun. */
  async told(types: readonly string[], work: () => unknown): Promise<any[]> {
    const told: any[] = []
    const hear = (event: any) => void told.push(event)
    for (const type of types) this.runtime.on(type as never, hear)
    await work()
    await this.runtime.idle()
    for (const type of types) this.runtime.off(type as never, hear)
    return told
  }

  /** The tasks whose calls succeeded, or what they gave, in that order. */
  async order(canvas: any): Promise<unknown[]> {
    return (await this.told(['task-succeeded'], () => this.end(canvas))).map(({ value }) => value)
  }

  /** What a canvas's calls said as their progress. */
  async said(canvas: any): Promise<unknown[]> {
    return (await this.told(['task-progress'], () => this.end(canvas))).map(({ value }) => value)
  }

  /** The names of the events of a canvas's calls, with their tasks. */
  async story(canvas: any, types: readonly string[] = CALLS): Promise<string[]> {
    return (await this.told(types, () => this.end(canvas))).map(({ type, taskName }) => `${type.slice(5)} ${taskName}`)
  }

  /** What comes of a canvas, and whether so many starts took the time that the limit of 200 a second asks for. */
  async spaced(canvas: any, starts: number): Promise<unknown> {
    let value: unknown
    const told = await this.told(['task-started'], async () => {
      value = await this.end(canvas)
    })
    const times = told.map(({ at }) => at)
    return [value, times.length, this.#keeps(times.at(-1) - times[0], (starts - 1) * 5)]
  }

  /** Closes while this is under way; what came of it, and the report. */
  async closed(result: any, options: object = {}, meanwhile: () => void = () => {}): Promise<unknown> {
    const closing = this.runtime.close(options)
    meanwhile()
    const { finished, revoked } = await closing
    return [await endOf(result), { finished, revoked }]
  }
}

const end = (runtime: Runtime): Promise<unknown> => runtime.close({ timeout: 0 })

const CALLS = [
  ...['task-sent', 'task-started', 'task-succeeded', 'task-failed', 'task-retried', 'task-revoked'],
  ...['task-rejected', 'task-ignored'],
]

export const endOf = (result: any): Promise<unknown> => result.get().catch((error: any) => error.code ?? error.message)
export const states = (result: any): unknown => result.results.map(({ state }: any) => state)

/** Cells of memory that all threads share. */
export const cells = (count = 2): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count))
/** What `gated` tasks wait for. */
export const gate = (): Int32Array => cells(1)
export function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
}

/** What is thrown at the call, by its code. */
export function thrown(act: () => unknown): unknown {
  try {
    act()
    return 'accepted'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
