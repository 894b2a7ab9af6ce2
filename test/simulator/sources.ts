/** Where the members of lazy groups come from: pulled when the scheduler asks, sooner or later, all that it asks for or fewer, and broken by chance. */
import type { Canvas } from '../../src/canvas/canvas.js'
import type { LazyMembers } from '../../src/graph/graph.js'
import type { Instruction, Members, Pull, Release, Stimulus } from '../../src/scheduler/messages.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import type { Built } from '../property/plan.js'
import type { Machine } from './machine.js'
import type { Random } from './random.js'
import { hold, keyOf } from './violation.js'
import type { Watchman } from './watchman.js'

/** Members of which only some come before their source fails. It can begin again, for the reference. */
export class Breaking implements Iterable<Built> {
  readonly #members: readonly Built[]
  readonly #after: number

  constructor(members: Iterable<Built>, random: Random) {
    this.#members = [...members]
    this.#after = random.below(this.#members.length + 1)
  }

  *[Symbol.iterator](): Iterator<Built> {
    yield* this.#members.slice(0, this.#after)
    throw new RangeError(`the source breaks after ${this.#after}`)
  }
}

interface Around {
  readonly machine: Machine
  readonly random: Random
  readonly watchman: Watchman
  /** How likely members come later, after other things. */
  readonly lag: number
  readonly handle: (stimulus: Stimulus) => readonly Instruction[]
}

export class Sources {
  readonly #around: Around
  readonly #iterators = new Map<string, Iterator<Canvas>>()
  /** Sources that are used up, broken or released. */
  readonly #over = new Set<string>()
  /** Workflows of whose members not all were wanted. */
  readonly released = new Set<Workflow>()
  #asked: Pull[] = []

  constructor(around: Around) {
    this.#around = around
  }

  /** Members have been asked for and have not come. */
  get hasMore(): boolean {
    return this.#asked.length > 0
  }

  hear(instruction: Instruction): void {
    if (instruction.type === 'pull') this.#hearPull(instruction)
    else if (instruction.type === 'release') this.#hearRelease(instruction)
  }

  #hearPull(pull: Pull): void {
    const key = keyOf(pull.workflow, pull.node)
    hold('driver', !this.#over.has(key), 'members are asked for of a source that is over')
    hold(
      'driver',
      !this.#asked.some((other) => keyOf(other.workflow, other.node) === key),
      'members are asked for twice',
    )
    hold('driver', pull.count >= 1, 'no members are asked for')
    this.#asked.push(pull)
  }

  #hearRelease({ workflow, node }: Release): void {
    const key = keyOf(workflow, node)
    hold('driver', !this.#over.has(key), 'a source is released that is over')
    this.#over.add(key)
    this.released.add(workflow.root)
    // What was on its way may come nevertheless.
    if (this.#around.random.chance(0.5))
      this.#asked = this.#asked.filter((pull) => keyOf(pull.workflow, pull.node) !== key)
  }

  tellAtOnce(): void {
    if (this.hasMore && !this.#around.random.chance(this.#around.lag)) this.tell()
  }

  /** When nothing is left to happen, no source is left open. */
  checkRest(): void {
    for (const key of this.#iterators.keys())
      hold('driver', this.#over.has(key), `the source of group ${key} is left open`)
  }

  /** Some of the members come that were asked for. */
  tell(): void {
    const { random, handle, watchman } = this.#around
    if (!this.hasMore) return // released meanwhile
    const pull = random.pick(this.#asked)
    this.#asked = this.#asked.filter((other) => other !== pull)
    const { workflow, node } = pull
    const members = this.#pulled(pull)
    // What had come before the failure may be revoked before it begins.
    if (members.error !== undefined && workflow.graph.joins.get(node)?.failFast === true)
      this.released.add(workflow.root)
    handle({ type: 'members', at: watchman.now, workflow, node, ...members })
  }

  #pulled({ workflow, node, count }: Pull): Pick<Members, 'graph' | 'count' | 'isDone' | 'error'> {
    const { machine, random } = this.#around
    const key = keyOf(workflow, node)
    const { lazy } = workflow.graph.joins.get(node) as { readonly lazy?: LazyMembers }
    const iterator = this.#iterators.get(key) ?? (lazy as LazyMembers).members[Symbol.iterator]()
    this.#iterators.set(key, iterator)
    const most = random.pick([count, 1 + random.below(count), 1])
    const { members, ...end } = someOf(iterator, most)
    if (end.isDone || end.error !== undefined) this.#over.add(key)
    const graph =
      members.length === 0 ? undefined : machine.compileMembers(members, machine.surroundingsOf(workflow, node))
    return { graph, count: members.length, ...end }
  }
}

function someOf(iterator: Iterator<Canvas>, most: number): { members: Canvas[]; isDone: boolean; error?: Error } {
  const members: Canvas[] = []
  try {
    for (; members.length < most; ) {
      const next = iterator.next()
      if (next.done === true) return { members, isDone: true }
      members.push(next.value)
    }
    return { members, isDone: false }
  } catch (error) {
    return { members, isDone: false, error: error as Error }
  }
}
