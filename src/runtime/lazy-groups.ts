/**
 * Pulls the members of groups that were made from iterables, when the scheduler says that there is room for them: some at a time, each piece checked
 * and compiled together. It never pulls ahead, and closes what it has opened when no more are wanted. How many are pulled is decided there.
 */
import type { TransferListItem } from 'node:worker_threads'
import type { Canvas } from '../canvas/canvas.js'
import { NonErrorThrown } from '../errors.js'
import type { Graph, Join, LazyMembers } from '../graph/graph.js'
import { show } from '../option-rules.js'
import type { Members, Pull } from '../scheduler/messages.js'
import type { Workflow } from '../scheduler/workflow.js'
import { isError } from '../serialization/error-classes.js'

/** What it needs of the runtime. */
export interface LazyGroupsHost {
  now(): number
  /** Calls back in a later turn. */
  later(callback: () => void): void
  /** Some members that come next, of which every call may be sent. @throws what `apply` does. */
  admitted(members: readonly Canvas[], workflow: Workflow, node: number): AdmittedGraph
  drive(members: Members, moved: AdmittedGraph['moved']): void
  warn(message: string, error: Error): void
}

/** A group whose members are being pulled. */
interface Open {
  readonly iterator: Iterator<Canvas>
  isPulling: boolean
  /** No more are wanted. */
  isReleased: boolean
}

/** What one piece brought. */
interface Pulled {
  readonly members: readonly Canvas[]
  readonly isDone: boolean
  readonly error?: Error
}

/** A piece may take so long to pull, in ms: what is there by then goes ahead. */
const PIECE_MS = 4
/** After so many pieces others have their turn: members may end as fast as they come. */
const PIECES_A_TURN = 64

type Place = Pick<Pull, 'workflow' | 'node'>
const keyOf = ({ workflow, node }: Place): string => `${workflow.number}:${node}`

export class LazyGroups {
  readonly #host: LazyGroupsHost
  readonly #open = new Map<string, Open>()
  readonly #growing = new Map<string, Set<() => void>>()
  readonly #asked: Pull[] = []
  #isServing = false
  #pieces = 0

  constructor(host: LazyGroupsHost) {
    this.#host = host
  }

  /** In the same turn, mostly; never from within itself, however fast members end. */
  pull(pull: Pull): void {
    this.#asked.push(pull)
    if (!this.#isServing) this.#serve()
  }

  /** No more members of a group are wanted. */
  release(place: Place): void {
    const key = keyOf(place)
    const open = this.#open.get(key)
    this.#open.delete(key)
    if (open !== undefined) {
      open.isReleased = true
      if (!open.isPulling) this.#close(open)
    }
    this.#tellGrown(key)
  }

  /** Calls back whenever members have come, or it has become clear that no more do. */
  whenGrown(place: Place, callback: () => void): () => void {
    const key = keyOf(place)
    const waiting = this.#growing.get(key) ?? new Set()
    this.#growing.set(key, waiting.add(callback))
    return () => {
      waiting.delete(callback)
      if (waiting.size === 0) this.#growing.delete(key)
    }
  }

  #serve(): void {
    this.#isServing = true
    for (let pull = this.#asked.shift(); pull !== undefined; pull = this.#asked.shift()) {
      this.#pullSome(pull)
      if (++this.#pieces % PIECES_A_TURN === 0) return this.#host.later(() => this.#serve())
    }
    this.#isServing = false
  }

  #pullSome(pull: Pull): void {
    const { workflow, node } = pull
    if (workflow.intakeOf(node)?.isOpen !== true) return // revoked since
    const open = this.#opened(pull)
    open.isPulling = true
    const pulled = this.#piece(open, pull.count)
    open.isPulling = false
    if (open.isReleased) {
      if (!pulled.isDone && pulled.error === undefined) this.#close(open)
      return
    }
    this.#handOver(pull, open, pulled)
  }

  #opened(place: Place): Open {
    const key = keyOf(place)
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const { lazy } = place.workflow.graph.joins.get(place.node) as Join & { readonly lazy: LazyMembers } // others are not pulled
    const open: Open = { iterator: lazy.members[Symbol.iterator](), isPulling: false, isReleased: false }
    this.#open.set(key, open)
    return open
  }

  #piece({ iterator }: Open, count: number): Pulled {
    const members: Canvas[] = []
    const until = this.#host.now() + PIECE_MS
    try {
      while (members.length < count) {
        const next = iterator.next()
        if (next.done === true) return { members, isDone: true }
        members.push(next.value)
        if (this.#host.now() >= until) break
      }
      return { members, isDone: false }
    } catch (thrown) {
      return { members, isDone: false, error: errorOf(thrown) }
    }
  }

  #handOver({ workflow, node }: Pull, open: Open, { members, isDone, error }: Pulled): void {
    const { admitted, count, refused } = this.#admitted(members, workflow, node)
    const key = keyOf({ workflow, node })
    if (isDone || error !== undefined || refused !== undefined) this.#open.delete(key)
    if (refused !== undefined && !isDone && error === undefined) this.#close(open)
    const failed = refused ?? error
    const at = this.#host.now()
    const [graph, end] = [admitted?.graph, { isDone, ...(failed && { error: failed }) }]
    this.#host.drive({ type: 'members', at, workflow, node, graph, count, ...end }, admitted?.moved ?? NOTHING_MOVED)
    this.#tellGrown(key)
  }

  /** As many of them as may run, and why the next one may not. */
  #admitted(members: readonly Canvas[], workflow: Workflow, node: number): Admitted {
    if (members.length === 0) return { admitted: undefined, count: 0 }
    try {
      return { admitted: this.#host.admitted(members, workflow, node), count: members.length }
    } catch (error) {
      return this.#longestAdmitted(members, workflow, node, error as Error)
    }
  }

  /** Not all may run: with more of them, more can be wrong, so the first that is wrong is found by halving. */
  #longestAdmitted(members: readonly Canvas[], workflow: Workflow, node: number, why: Error): Admitted {
    let [good, most] = [0, members.length - 1]
    let [admitted, refused]: [AdmittedGraph | undefined, Error] = [undefined, why]
    while (good < most) {
      const count = Math.ceil((good + most) / 2)
      try {
        admitted = this.#host.admitted(members.slice(0, count), workflow, node)
        good = count
      } catch (error) {
        refused = error as Error
        most = count - 1
      }
    }
    return { admitted, count: good, refused }
  }

  #close({ iterator }: Open): void {
    try {
      iterator.return?.()
    } catch (thrown) {
      this.#host.warn('closing the iterable of a group failed', errorOf(thrown))
    }
  }

  #tellGrown(key: string): void {
    for (const tell of [...(this.#growing.get(key) ?? [])]) tell()
  }
}

/** A graph that may run, and what is moved with its calls. */
export interface AdmittedGraph {
  readonly graph: Graph
  readonly moved: ReadonlySet<TransferListItem>
}

interface Admitted {
  readonly admitted: AdmittedGraph | undefined
  readonly count: number
  readonly refused?: Error
}

const NOTHING_MOVED: AdmittedGraph['moved'] = new Set()

/** No call threw it, so it has no id of one. */
const errorOf = (thrown: unknown): Error =>
  isError(thrown)
    ? thrown
    : new NonErrorThrown(
        `the iterable of a group threw ${show(thrown)}, which is no Error; throw one to have a stack`,
        { taskId: '', taskName: '', attempt: 0 },
        thrown,
      )
