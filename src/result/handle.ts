/**
 * The handles themselves. A handle is a source and a node, nothing else: it is made for whoever asks, and neither a
 * promise nor a registration is made before somebody waits. It starts nothing and knows no scheduler.
 */
import type {
  AsyncResult,
  GetOptions,
  GroupResult,
  gives,
  OutcomeOf,
  ResultGraph,
  RevokeOptions,
  Settled,
  TaskState,
} from './async-result.js'
import { type IterateOptions, MemberIteration } from './iteration.js'
import { checkResultOptions } from './options.js'
import type { Members, NodeEnd, NodeRef, ResultSource } from './source.js'
import { hasEnded, Wait } from './wait.js'

/** A handle on a node; of a group, a {@link GroupResult}. */
export const resultOf = (source: ResultSource, node: number): AsyncResult<unknown> =>
  source.membersOf(node) === undefined ? new Handle(source, node) : new GroupHandle(source, node)

const NO_RESULTS: readonly AsyncResult<unknown>[] = Object.freeze([])

/** What `console.log` asks for, by its public name: this room does not import Node. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

class Handle<R> implements AsyncResult<R> {
  declare readonly [gives]: () => R
  readonly #source: ResultSource
  readonly #node: number

  constructor(source: ResultSource, node: number) {
    this.#source = source
    this.#node = node
  }

  get id(): string {
    return this.#source.idOf(this.#node)
  }

  get state(): TaskState {
    return this.#source.stateOf(this.#node)
  }

  ready(): boolean {
    return hasEnded({ source: this.#source, node: this.#node })
  }

  successful(): boolean {
    return this.state === 'SUCCESS'
  }

  failed(): boolean {
    return this.state === 'FAILURE'
  }

  isGroup(): this is GroupResult<R extends readonly unknown[] ? R : unknown[]> {
    return false
  }

  get(options?: GetOptions & { readonly propagate?: true }): Promise<R>
  get<T>(this: T, options: GetOptions & { readonly propagate: false }): Promise<OutcomeOf<T>>
  async get(options: GetOptions = {}): Promise<unknown> {
    checkResultOptions('get', options)
    const wait = new Wait(this.#source, this.#node, options)
    try {
      const node = { source: this.#source, node: this.#node }
      const end = await wait.endOf(node)
      if (end.ok) return end.value
      // Work that succeeded, and whose value was not kept, is no failed work: that error is thrown in any case.
      if (options.propagate !== false || this.successful()) throw end.error
      return await outcomeOf(node, end, wait)
    } finally {
      wait.end()
    }
  }

  get result(): R | undefined {
    const end = this.#source.endOf(this.#node)
    return end?.ok ? (end.value as R) : undefined // whoever applied the canvas knows what its value is
  }

  get error(): Error | undefined {
    return this.#failure()?.ownError
  }

  get traceback(): string | undefined {
    return this.#failure()?.traceback
  }

  get parent(): AsyncResult<unknown> | undefined {
    const parent = this.#source.parentOf(this.#node)
    return parent && resultOf(parent.source, parent.node)
  }

  get children(): readonly AsyncResult<unknown>[] {
    return this.#source.childrenOf(this.#node).map(({ source, node }) => resultOf(source, node))
  }

  async *collect(): AsyncIterableIterator<readonly [AsyncResult<unknown>, unknown]> {
    const todo: AsyncResult<unknown>[] = [resultOf(this.#source, this.#node)]
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const outcome = await next.get({ propagate: false })
      yield [next, outcome] as const
      todo.push(...next.children)
    }
  }

  graph(): ResultGraph {
    const nodes: AsyncResult<unknown>[] = [resultOf(this.#source, this.#node)]
    const edges: (readonly [string, string])[] = []
    for (const node of nodes)
      for (const child of node.children) {
        edges.push([node.id, child.id])
        nodes.push(child)
      }
    return { nodes, edges }
  }

  forget(): void {
    this.#source.forget(this.#node)
    this.parent?.forget()
  }

  get info(): unknown {
    return this.#source.infoOf(this.#node)
  }

  get progress(): unknown {
    return this.#source.progressOf(this.#node)
  }

  revoke(options: RevokeOptions = {}): void {
    checkResultOptions('revoke', options)
    this.#source.revoke(this.#node, options)
  }

  [INSPECT](): string {
    return `${this.isGroup() ? 'GroupResult' : 'AsyncResult'} { id: '${this.id}', state: '${this.state}' }`
  }

  #failure(): (NodeEnd & { readonly ok: false }) | undefined {
    const end = this.#source.endOf(this.#node)
    // Work that succeeded has no error, also when its value was not kept.
    return end === undefined || end.ok || this.successful() ? undefined : end
  }
}

/** Inherits, as its interface does: it does all that another handle does, and delegation would say it all again. */
class GroupHandle extends Handle<unknown[]> implements GroupResult {
  readonly #source: ResultSource
  readonly #node: number
  #results: readonly AsyncResult<unknown>[] = NO_RESULTS

  constructor(source: ResultSource, node: number) {
    super(source, node)
    this.#source = source
    this.#node = node
  }

  override isGroup(): this is GroupResult {
    return true
  }

  get results(): readonly AsyncResult<unknown>[] {
    const members = this.#members()
    const known = this.#results
    if (known.length === members.length) return known
    const handles = [...known]
    for (let i = known.length; i < members.length; i++) {
      const { source, node } = members.at(i)
      handles.push(resultOf(source, node))
    }
    this.#results = Object.freeze(handles)
    return this.#results
  }

  completedCount(): number {
    const members = this.#members()
    let count = 0
    for (let i = 0; i < members.length; i++) {
      const { source, node } = members.at(i)
      if (source.stateOf(node) === 'SUCCESS') count++
    }
    return count
  }

  waiting(): boolean {
    const members = this.#members()
    for (let i = 0; i < members.length; i++) if (!hasEnded(members.at(i))) return true
    return !members.isComplete
  }

  iterate(options: IterateOptions = {}): AsyncIterableIterator<Settled<unknown>> {
    checkResultOptions('iterate', options)
    return new MemberIteration({ source: this.#source, node: this.#node }, this.#members(), options)
  }

  join(options?: GetOptions): Promise<unknown[]> {
    // With `propagate: false` errors stand in the list, of which the type of `join` does not speak.
    return this.get(options as GetOptions & { readonly propagate?: true })
  }

  #members(): Members {
    return this.#source.membersOf(this.#node) as Members // it is a group
  }
}

/** What failed work leaves without a throw: its error; of a group, the list with errors in the failed slots. */
async function outcomeOf({ source, node }: NodeRef, end: NodeEnd, wait: Wait): Promise<unknown> {
  if (end.ok) return end.value
  const members = source.membersOf(node)
  if (members === undefined) return end.error
  const slots: unknown[] = []
  for (let i = 0; i < members.length; i++) {
    const member = members.at(i)
    slots.push(await outcomeOf(member, await wait.endOf(member), wait))
  }
  return slots
}
