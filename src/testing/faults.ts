/**
 * What a test wants to go wrong, or otherwise than the task says: failures, losses, delays, mocks. It keeps the wishes and says which of
 * them strike a run; making them true is the executor's.
 */
import type { AnyFunction } from '../canvas/typing.js'
import { ConfigurationError } from '../errors.js'
import { finiteDuration, show, wholeFrom } from '../option-rules.js'
import { isMeant, keyOf, nameOf, requireTarget, requireTask, type Target } from './target.js'

/** What strikes one run. */
export interface Strike {
  /** What its body throws in place of running. */
  readonly failure: { readonly error: unknown } | undefined
  /** How long its body takes to begin, in ms. */
  readonly delay: number
  /** What runs in place of the task's own body. */
  readonly body: AnyFunction | undefined
}

interface Wish {
  readonly method: 'failNext' | 'loseWorker' | 'delay'
  /** Nothing: any task. */
  readonly target: Target | undefined
  /** Whether a run that it is for has begun. */
  isMet: boolean
}
interface Failing extends Wish {
  readonly error: unknown
  left: number
}
interface Delaying extends Wish {
  readonly ms: number
}

/** A replaced body: the arguments of each run, and the way back. */
export interface TaskMock<P extends unknown[]> {
  readonly calls: readonly Readonly<P>[]
  restore(): void
}

interface Mock {
  readonly target: Target
  readonly body: AnyFunction
}

type Who = { readonly taskName: string; readonly moduleUrl: string }

export class Faults {
  readonly #failing: Failing[] = []
  readonly #delays = new Map<string, Delaying>()
  readonly #losses: Wish[] = []
  readonly #mocks: Mock[] = []
  readonly #ran = new Set<string>()

  failNext(target: unknown, error: unknown, times: unknown = 1): void {
    const meant = requireTarget('failNext', target)
    if (times !== Infinity && !wholeFrom(0).accepts(times))
      throw new ConfigurationError(
        `failNext: "times" must be a whole number from 0, or Infinity, and is ${show(times)}`,
        'times',
        times,
      )
    if (times === 0) remove(this.#failing, (one) => one.target !== undefined && keyOf(one.target) === keyOf(meant))
    else this.#failing.push({ method: 'failNext', target: meant, isMet: false, error, left: times as number })
  }

  delay(target: unknown, ms: unknown): void {
    const meant = requireTarget('delay', target)
    if (!finiteDuration.accepts(ms))
      throw new ConfigurationError(`delay: "ms" must be ${finiteDuration.expected}, and is ${show(ms)}`, 'ms', ms)
    if (ms === 0) this.#delays.delete(keyOf(meant))
    else this.#delays.set(keyOf(meant), { method: 'delay', target: meant, isMet: false, ms: ms as number })
  }

  /** Loses the thread of the next run to begin. */
  loseNext(target: Target | undefined): void {
    this.#losses.push({ method: 'loseWorker', target, isMet: false })
  }

  mock(task: unknown, body: unknown): TaskMock<never> {
    const target = requireTask('mock', task)
    if (typeof body !== 'function')
      throw new ConfigurationError(`mock: a function is needed as body, not ${show(body)}`, 'body', body)
    const calls: unknown[][] = []
    const noting = function (this: unknown, ...args: unknown[]): unknown {
      calls.push(Object.freeze([...args]) as unknown[])
      return (body as AnyFunction).apply(this, args)
    }
    const mock = { target, body: noting }
    this.#mocks.push(mock)
    return Object.freeze({ calls: calls as never, restore: () => remove(this.#mocks, (one) => one === mock) })
  }

  /** Whether the run loses its thread as it begins. */
  takeLoss(run: Who): boolean {
    this.#ran.add(run.taskName)
    const loss = this.#losses.find(({ target }) => target === undefined || isMeant(target, run))
    if (loss === undefined) return false
    this.#losses.splice(this.#losses.indexOf(loss), 1)
    return true
  }

  /** What strikes a run that begins; nothing if it is to run as its task says. */
  strike(run: Who): Strike | undefined {
    const failure = this.#takeFailure(run)
    const delaying = [...this.#delays.values()].find(({ target }) => isMeant(target as Target, run))
    const body = this.#mocks.findLast(({ target }) => isMeant(target, run))?.body
    if (delaying !== undefined) delaying.isMet = true
    if (failure === undefined && delaying === undefined && body === undefined) return undefined
    return { failure, delay: delaying?.ms ?? 0, body }
  }

  /** Sentences about what was wished for tasks that never ran. */
  unmet(): string[] {
    const open = [...this.#failing, ...this.#delays.values(), ...this.#losses].filter(({ isMet }) => !isMet)
    const ran = this.#ran.size === 0 ? 'nothing ran' : `what ran: ${[...this.#ran].sort().join(', ')}`
    return open.map(({ method, target }) =>
      target === undefined
        ? `${method}() struck nothing: no call started after it`
        : `${method}(${show(nameOf(target))}) struck nothing: no call of "${nameOf(target)}" started after it; ${ran}`,
    )
  }

  #takeFailure(run: Who): Failing | undefined {
    const failing = this.#failing.find(({ target }) => isMeant(target as Target, run))
    if (failing === undefined) return undefined
    failing.isMet = true
    if (--failing.left === 0) this.#failing.splice(this.#failing.indexOf(failing), 1)
    return failing
  }
}

function remove<T>(list: T[], isGone: (one: T) => boolean): void {
  for (let i = list.length - 1; i >= 0; i--) if (isGone(list[i] as T)) list.splice(i, 1)
}
