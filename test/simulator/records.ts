/** Every workflow that there was, and how its nodes stood when they were last looked at: what is final stays as it is. */
import { joinFilledBy } from '../../src/graph/graph.js'
import type { Workflow } from '../../src/scheduler/workflow.js'
import type { Machine } from './machine.js'
import { broken, keyOf } from './violation.js'

/** How the nodes of a workflow stood. */
interface Seen {
  readonly statuses: string[]
  readonly values: unknown[]
}

const FINAL = new Set(['succeeded', 'failed', 'revoked', 'ignored', 'rejected'])
const STRUCK = new Set(['revoked', 'ignored', 'rejected'])

export class Records {
  readonly #all = new Map<Workflow, Seen>()
  /** Those that have nodes that are not final. The others are looked at again at rest: nothing that is final can have come back by then. */
  readonly #open = new Map<Workflow, Seen>()
  readonly #members: Workflow[] = []
  /** Callbacks that were started, by whose they are and where they stand. */
  readonly #callbacks = new Set<string>()
  readonly #machine: Machine
  readonly #onCountdown: (workflow: Workflow, node: number) => void
  readonly #onFailed: (workflow: Workflow, node: number) => void

  /** @param onFailed - A call has failed, by itself or with another one. */
  constructor(
    machine: Machine,
    onCountdown: (workflow: Workflow, node: number) => void,
    onFailed: (workflow: Workflow, node: number) => void,
  ) {
    this.#machine = machine
    this.#onCountdown = onCountdown
    this.#onFailed = onFailed
  }

  get size(): number {
    return this.#all.size
  }

  workflows(): readonly Workflow[] {
    return [...this.#all.keys()]
  }

  /** Whether it is new. */
  meet(workflow: Workflow): boolean {
    if (this.#all.has(workflow)) return false
    const seen = { statuses: [], values: [] }
    this.#all.set(workflow, seen)
    this.#open.set(workflow, seen)
    const { continuation, origin } = workflow
    if (continuation?.kind === 'member' || continuation?.kind === 'portion') this.#members.push(workflow)
    else if (continuation === undefined && origin !== undefined) {
      const callback = `${keyOf(origin.workflow, origin.node)} ${origin.path}`
      if (this.#callbacks.has(callback)) broken('I5', `the callback at ${callback} starts twice`)
      this.#callbacks.add(callback)
    }
    return true
  }

  addedTo(workflow: Workflow, join: number): readonly Workflow[] {
    return this.#members.filter(
      ({ continuation: it }) =>
        (it?.kind === 'member' || it?.kind === 'portion') && it.workflow === workflow && it.join === join,
    )
  }

  /** Calls of workflows that were ever seen. */
  get calls(): number {
    let calls = 0
    for (const { graph } of this.#all.keys()) calls += graph.callCount
    return calls
  }

  /** How many calls could start, or run, of the workflows for which that is asked. */
  count(isAsked: (workflow: Workflow) => boolean, counts: (status: string) => boolean): number {
    let count = 0
    for (const workflow of this.#open.keys())
      if (isAsked(workflow))
        for (let node = 0; node < workflow.graph.size; node++) if (counts(workflow.status(node))) count++
    return count
  }

  look(): void {
    for (const [workflow, seen] of this.#open) {
      this.#compare(workflow, seen)
      if (workflow.left === 0) this.#open.delete(workflow)
    }
  }

  #compare(workflow: Workflow, { statuses, values }: Seen): void {
    for (let node = 0; node < workflow.graph.size; node++) {
      const before = statuses[node]
      const status = workflow.status(node)
      if (before === 'waiting' && status === 'waiting') continue
      const value = workflow.value(node)
      if (before !== undefined && FINAL.has(before)) {
        if (status !== before) broken('I1', `node ${keyOf(workflow, node)} was ${before} and is ${status}`)
        if (value !== values[node] && value !== this.#machine.DROPPED)
          broken('I1', `node ${keyOf(workflow, node)} changes its value`)
      } else if (status === 'succeeded') {
        if (workflow.keep && value === this.#machine.DROPPED)
          broken('I15', `node ${keyOf(workflow, node)} succeeds without its value, which is kept`)
        this.#checkOrder(workflow, node, value)
      } else if (status === 'failed' && workflow.graph.calls[node] !== undefined) this.#onFailed(workflow, node)
      if (status === 'scheduled' && before !== 'scheduled') this.#onCountdown(workflow, node)
      statuses[node] = status
      values[node] = value
    }
  }

  /** A group's list has at each place what the member of that place gave. */
  #checkOrder(workflow: Workflow, node: number, value: unknown): void {
    const { graph } = workflow
    const join = graph.joins.get(node)
    if (join === undefined || !Array.isArray(value)) return
    for (let member = node + 1; member <= join.last; member++) {
      if (joinFilledBy(graph, member) !== node) continue
      const own = workflow.value(member)
      if (own !== value[graph.slot[member] as number] && own !== this.#machine.DROPPED)
        broken('I7', `member ${keyOf(workflow, member)} does not stand at its place`)
    }
  }

  /** Revoked calls, of workflows that were ever seen. */
  revoked(): number {
    let revoked = 0
    for (const [{ graph }, { statuses }] of this.#all)
      statuses.forEach((status, node) => {
        if (status === 'revoked' && graph.calls[node] !== undefined) revoked++
      })
    return revoked
  }

  /** Some node of what belongs to this canvas was revoked, ignored or rejected: the reference knows nothing of that. */
  isStruck(root: Workflow): boolean {
    for (const [workflow, { statuses }] of this.#all)
      if (workflow.root === root && statuses.some((status) => STRUCK.has(status))) return true
    return false
  }

  /** Everything is final, as it was, and nothing is kept; gives how many calls there were. */
  checkRest(): number {
    let calls = 0
    for (const [workflow, seen] of this.#all) {
      calls += workflow.graph.callCount
      this.#compare(workflow, seen)
      this.#checkOver(workflow)
    }
    return calls
  }

  #checkOver(workflow: Workflow): void {
    const { timers, expiries, fillings, replacements, number } = workflow
    for (let node = 0; node < workflow.graph.size; node++)
      if (!workflow.isFinal(node)) broken('I2', `node ${keyOf(workflow, node)} stays ${workflow.status(node)}`)
    if (timers.size + expiries.size + fillings.size + replacements.size === 0) return
    const kept = `${timers.size} timers, ${expiries.size} expiries, ${fillings.size} fillings, ${replacements.size} replacements`
    broken('I11', `workflow ${number} is over and keeps ${kept}`)
  }
}
