/** A workflow that a test ends by hand, and whose clock it moves: a real source, without a scheduler behind it. */
import type { TaskState } from '../../../src/result/async-result.js'
import type { Members, NodeEnd, NodeRef, ResultSource } from '../../../src/result/source.js'

interface MemoryNode {
  state: TaskState
  end: NodeEnd | undefined
  readonly members: number[] | undefined
  /** Of a group: no more members come. */
  isComplete: boolean
  readonly growing: Set<() => void>
  /** The group that it is a member of. */
  group: number | undefined
  /** Of a group: members that have not ended. */
  missing: number
  readonly waiting: Set<() => void>
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

export class MemorySource implements ResultSource {
  readonly #nodes: MemoryNode[] = []
  readonly #timers = new Set<Timer>()
  #now = 0
  /** How often somebody asked to be told of an end. */
  asked = 0
  readonly parents = new Map<number, NodeRef>()
  readonly children = new Map<number, readonly NodeRef[]>()

  /** A call that is pending. */
  call(): number {
    return this.#add(undefined)
  }

  /** A group; it ends with its last member. */
  group(members: readonly number[]): number {
    const group = this.#add(members)
    for (const member of members) this.#at(member).group = group
    if (members.length === 0) this.succeed(group, [])
    return group
  }

  /** A group that gets its members while it runs. */
  growingGroup(): number {
    return this.#add([], false)
  }

  /** More members of a growing group. */
  grow(group: number, ...members: readonly number[]): void {
    const growing = this.#at(group)
    growing.missing += members.length
    growing.members?.push(...members)
    for (const member of members) this.#at(member).group = group
    for (const callback of [...growing.growing]) callback()
  }

  /** No more members come. */
  complete(group: number): void {
    const growing = this.#at(group)
    growing.isComplete = true
    for (const callback of [...growing.growing]) callback()
    growing.missing++
    this.#collect(group)
  }

  #add(members: readonly number[] | undefined, isComplete = true): number {
    const missing = members?.length ?? 0
    const node: MemoryNode = {
      state: 'PENDING',
      end: undefined,
      members: members && [...members],
      isComplete,
      growing: new Set(),
      group: undefined,
      missing,
      waiting: new Set(),
    }
    return this.#nodes.push(node) - 1
  }

  infoOf(): unknown {
    return undefined
  }

  progressOf(): unknown {
    return undefined
  }

  /** What was revoked and forgotten, in order. */
  readonly asks: (readonly [what: 'revoke' | 'forget', node: number])[] = []

  revoke(node: number): void {
    this.asks.push(['revoke', node])
  }

  forget(node: number): void {
    this.asks.push(['forget', node])
  }

  become(node: number, state: TaskState): void {
    this.#at(node).state = state
  }

  succeed(node: number, value: unknown): void {
    this.end(node, 'SUCCESS', { ok: true, value })
  }

  fail(
    node: number,
    error: Error,
    { ownError = error, state = 'FAILURE' }: { ownError?: Error; state?: TaskState } = {},
  ) {
    this.end(node, state, { ok: false, error, ownError, traceback: `traceback of ${ownError.message}` })
  }

  end(node: number, state: TaskState, end: NodeEnd): void {
    const ending = this.#at(node)
    ending.state = state
    ending.end = end
    for (const callback of ending.waiting) callback()
    ending.waiting.clear()
    if (ending.group !== undefined) this.#collect(ending.group)
  }

  #collect(group: number): void {
    const collecting = this.#at(group)
    collecting.missing--
    if (collecting.end !== undefined || collecting.missing > 0 || !collecting.isComplete) return
    const ends = (collecting.members ?? []).map((member) => this.#at(member).end)
    const failed = ends.find((one) => one?.ok === false)
    if (failed?.ok === false) this.fail(group, failed.error)
    else
      this.succeed(
        group,
        ends.map((one) => one?.ok && one.value),
      )
  }

  /** Lets time pass; timers fire on the way. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > until) break
      this.#timers.delete(next)
      this.#now = next.at
      next.callback()
    }
    this.#now = until
  }

  /** What is still registered: requests to be told of an end, and timers. */
  get registered(): { readonly ends: number; readonly timers: number } {
    return {
      ends: this.#nodes.reduce((sum, node) => sum + node.waiting.size + node.growing.size, 0),
      timers: this.#timers.size,
    }
  }

  idOf(node: number): string {
    return `id-${node}`
  }

  stateOf(node: number): TaskState {
    return this.#at(node).state
  }

  endOf(node: number): NodeEnd | undefined {
    return this.#at(node).end
  }

  whenEnded(node: number, callback: () => void): () => void {
    this.asked++
    const { end, waiting } = this.#at(node)
    if (end === undefined) waiting.add(callback)
    else callback()
    return () => waiting.delete(callback)
  }

  membersOf(node: number): Members | undefined {
    const { members } = this.#at(node)
    if (members === undefined) return undefined
    const isComplete = (): boolean => this.#at(node).isComplete || this.#at(node).end !== undefined
    return {
      get length(): number {
        return members.length
      },
      get isComplete(): boolean {
        return isComplete()
      },
      at: (index) => ({ source: this, node: members[index] as number }),
    }
  }

  whenGrown(node: number, callback: () => void): () => void {
    const { growing } = this.#at(node)
    growing.add(callback)
    return () => growing.delete(callback)
  }

  parentOf(node: number): NodeRef | undefined {
    return this.parents.get(node)
  }

  childrenOf(node: number): readonly NodeRef[] {
    return this.children.get(node) ?? []
  }

  after(ms: number, callback: () => void): () => void {
    if (!(ms <= 2 ** 31 - 1)) throw new RangeError(`a timer of ${ms} ms would fire at once`)
    const timer: Timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  #at(node: number): MemoryNode {
    return this.#nodes[node] as MemoryNode
  }
}

export const NOTHING_REGISTERED = { ends: 0, timers: 0 }
