/**
 * Hands out a group's members as they finish, or in order. Registers when it is first asked, and takes all of it back
 * when it is left. It does not end with the first failure: that is an item.
 *
 * No async generator: leaving one while it waits would have to wait as well.
 */
import { whenAborted } from './abort.js'
import type { GroupResult, Settled } from './async-result.js'
import { Fifo } from './fifo.js'
import type { Members, NodeRef } from './source.js'
import { hasEnded } from './wait.js'

type Item = Settled<unknown>

/** One call of `next()` that has not been answered. */
interface Ask {
  readonly resolve: (result: IteratorResult<Item, undefined>) => void
  readonly reject: (reason: unknown) => void
}

export type IterateOptions = NonNullable<Parameters<GroupResult['iterate']>[0]>

const DONE = { done: true, value: undefined } as const

export class MemberIteration implements AsyncIterableIterator<Item, undefined> {
  readonly #group: NodeRef
  readonly #members: Members
  readonly #ordered: boolean
  readonly #signal: AbortSignal | undefined
  #phase: 'new' | 'open' | 'over' = 'new'
  /** Members that it has taken notice of. */
  #known = 0
  #ignoreGrowth: (() => void)[] = []
  /** Members handed out so far; when in order, also the index of the next. */
  #given = 0
  /** Indices of members that have finished and were not handed out; not used when in order. */
  readonly #finished = new Fifo<number>()
  readonly #asks = new Fifo<Ask>()
  /** How to take back what was registered, by index. */
  readonly #registered = new Map<number, () => void>()
  #ignoreSignal: () => void = () => {}
  /** Why the iteration was stopped, until somebody was told. */
  #stopped: { readonly reason: unknown } | undefined

  constructor(group: NodeRef, members: Members, { ordered = false, signal }: IterateOptions) {
    this.#group = group
    this.#members = members
    this.#ordered = ordered
    this.#signal = signal
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return new Promise((resolve, reject) => {
      this.#asks.push({ resolve, reject })
      if (this.#phase === 'new') this.#open()
      if (this.#phase === 'over') this.#dismiss()
      else this.#serve()
    })
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#stopped = undefined
    this.#close()
    return DONE
  }

  #open(): void {
    const signal = this.#signal
    this.#phase = 'open'
    if (signal?.aborted) return this.#stop(signal.reason)
    if (this.#isThrough) return this.#close()
    if (signal !== undefined) this.#ignoreSignal = whenAborted(signal, () => this.#stop(signal.reason))
    this.#watchGrowth()
    this.#noteMembers()
  }

  /** All there will ever be was handed out. */
  get #isThrough(): boolean {
    return this.#given === this.#members.length && this.#members.isComplete
  }

  /** Of a group whose members are pulled while it runs. */
  #watchGrowth(): void {
    if (this.#members.isComplete) return
    const { source, node } = this.#group
    const grow = (): void => {
      if (this.#phase !== 'open') return
      this.#noteMembers()
      if (this.#isThrough) this.#close()
      else this.#serve()
    }
    this.#ignoreGrowth = [source.whenGrown(node, grow), source.whenEnded(node, grow)]
  }

  #noteMembers(): void {
    if (this.#ordered) return
    for (; this.#known < this.#members.length; this.#known++) {
      if (hasEnded(this.#members.at(this.#known))) this.#finished.push(this.#known)
      else this.#register(this.#known)
    }
  }

  /** Answers as many calls of `next()` as it can. */
  #serve(): void {
    while (this.#asks.size > 0) {
      const index = this.#ordered ? this.#nextInOrder() : this.#finished.take()
      if (index === undefined) return
      this.#asks.take()?.resolve({ done: false, value: this.#itemOf(index) })
      this.#given++
      if (this.#isThrough) this.#close()
    }
  }

  #nextInOrder(): number | undefined {
    const index = this.#given
    if (index >= this.#members.length) return undefined
    if (hasEnded(this.#members.at(index))) return index
    if (!this.#registered.has(index)) this.#register(index)
    return undefined
  }

  #register(index: number): void {
    const { source, node } = this.#members.at(index)
    const takeBack = source.whenEnded(node, () => {
      this.#registered.delete(index)
      if (!this.#ordered) this.#finished.push(index)
      this.#serve()
    })
    this.#registered.set(index, takeBack)
  }

  #itemOf(index: number): Item {
    const { source, node } = this.#members.at(index)
    const id = source.idOf(node)
    const end = source.endOf(node)
    if (end?.ok) return { index, id, ok: true, value: end.value }
    return { index, id, ok: false, error: end?.error as Error } // only members that have ended are handed out
  }

  #stop(reason: unknown): void {
    this.#stopped = { reason }
    this.#close()
  }

  #close(): void {
    this.#phase = 'over'
    this.#ignoreSignal()
    for (const ignore of this.#ignoreGrowth) ignore()
    for (const takeBack of this.#registered.values()) takeBack()
    this.#registered.clear()
    this.#dismiss()
  }

  /** Answers whoever still asks when it is over: the first is told why, if there is a reason. */
  #dismiss(): void {
    for (let ask = this.#asks.take(); ask !== undefined; ask = this.#asks.take()) {
      const stopped = this.#stopped
      this.#stopped = undefined
      if (stopped === undefined) ask.resolve(DONE)
      else ask.reject(stopped.reason)
    }
  }
}
