/** Groups and headers while they fill: a slot for each member, values and failures in it, and the end when none is missing. */
import type { AnyCanvas } from '../canvas/typing.js'
import { type Join, joinPath } from '../graph/graph.js'
import type { End, Failure, Unfilled } from './ends.js'
import { revoked } from './failures.js'
import { compiledOrError, type JoinsPart, type Machine, type Step } from './machine.js'
import type { Continuation, Filling, Intake, Workflow } from './workflow.js'

/** Where an added member's value goes while more are pulled: its place behind all others is known in the end. */
const ADDED = 2 ** 32

export class Joins implements JoinsPart {
  readonly #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  fill(workflow: Workflow, join: number, node: number, end: End): Step | undefined {
    return this.fillSlot(workflow, join, workflow.graph.slot[node] as number, node, end)
  }

  fillSlot(workflow: Workflow, at: number, slot: number, node: number, end: End): Step | undefined {
    if (workflow.isFinal(at)) return undefined
    const join = workflow.graph.joins.get(at) as Join
    const filling = workflow.filling(at, join)
    if (workflow.portion !== undefined && at === workflow.graph.entry) workflow.portion.intake.window.outstanding--
    if (end.status === 'succeeded') this.#put(workflow, at, filling, slot, end.value)
    else this.#leaveEmpty(workflow, at, join, filling, { slot, end })
    return --filling.missing > 0 ? undefined : this.endOfJoin(workflow, at, filling, node)
  }

  #put(workflow: Workflow, at: number, filling: Filling, slot: number, value: unknown): void {
    if (slot < ADDED) filling.values[slot] = value
    else (workflow.intakeOf(at) as Intake).added[slot - ADDED] = value
  }

  /** Members that were pulled together have ended: their values go where they stand in the whole group. */
  fillPortion(
    portion: Workflow,
    { workflow, join: at, from }: Extract<Continuation, { kind: 'portion' }>,
    end: End,
  ): Step | undefined {
    const join = workflow.graph.joins.get(at) as Join
    const filling = workflow.filling(at, join)
    if (end.status === 'succeeded') {
      const values = end.value as readonly unknown[]
      for (let i = 0; i < values.length; i++) filling.values[from + i] = values[i]
      if (!workflow.keep) portion.drop(portion.graph.exit)
    } else this.#leaveEmpty(workflow, at, join, filling, { slot: from, end })
    return --filling.missing > 0 ? undefined : this.endOfJoin(workflow, at, filling, at)
  }

  endOfJoin(workflow: Workflow, at: number, filling: Filling, closer: number): Step {
    workflow.fillings.delete(at)
    workflow.closers.set(at, workflow.closerOf(closer))
    return { do: 'end', workflow, node: at, end: this.#collected(workflow, at, filling) }
  }

  /** A slot gets no value. The first failure in member order counts; with `failFast` the first to happen, which revokes the others. */
  #leaveEmpty(workflow: Workflow, at: number, join: Join, filling: Filling, unfilled: Unfilled): void {
    const { status, failure } = unfilled.end
    const kind = status === 'failed' || status === 'revoked' ? 'failed' : 'ignored'
    const before = filling[kind]
    if (before === undefined || (!join.failFast && unfilled.slot < before.slot)) filling[kind] = unfilled
    if (!join.failFast || before !== undefined || kind === 'ignored') return
    this.#revokeMembers(workflow, at, filling, failure.error)
  }

  #revokeMembers(workflow: Workflow, at: number, filling: Filling | undefined, reason: unknown): void {
    const intake = workflow.intakeOf(at)
    if (intake !== undefined) this.#machine.intakes.stop(intake)
    for (const portion of intake?.portions ?? [])
      if (portion.left > 0)
        this.#revokeMembers(portion, portion.graph.entry, portion.fillingOf(portion.graph.entry), reason)
    for (const member of workflow.inside(at).toReversed())
      if (!workflow.isFinal(member))
        this.#machine.revocation.revokeNode(workflow, member, revoked(workflow, member, reason), false)
    this.#machine.revocation.revokeAdded(filling, reason, false)
  }

  #collected(workflow: Workflow, join: number, { values: pulled, failed, ignored }: Filling): End {
    const added = workflow.intakeOf(join)?.added ?? []
    const values = added.length === 0 ? pulled : [...pulled, ...added]
    if (failed === undefined && ignored === undefined && !workflow.keep) workflow.dropMembers(join)
    if (failed === undefined) return ignored?.end ?? { status: 'succeeded', value: values }
    const allRevoked = workflow.isRevoked || this.#machine.closed !== undefined
    const isRevoked = allRevoked && failed.end.status === 'revoked'
    return { status: isRevoked ? 'revoked' : 'failed', failure: failed.end.failure }
  }

  /** Adds a member to the group that a call is a member of; its value comes behind those of all members before it. */
  addMember(workflow: Workflow, node: number, canvas: AnyCanvas): void {
    const { workflow: outer, join: at } = workflow.headerOf(node) ?? {}
    const join = at === undefined ? undefined : outer?.graph.joins.get(at)
    if (outer === undefined || at === undefined || join === undefined || outer.isFinal(at)) return
    const filling = outer.filling(at, join)
    const intake = outer.intakeOf(at)
    const slot = intake === undefined ? filling.values.push(undefined) - 1 : ADDED + intake.added.push(undefined) - 1
    filling.missing++
    const compiled = compiledOrError(canvas)
    const origin = { workflow, node, path: joinPath(outer.pathOf(at), placeName(slot)) }
    if (compiled instanceof Error) {
      const failure: Failure = { error: compiled, origin: node, attempt: 0 }
      this.#leaveEmpty(outer, at, join, filling, { slot, end: { status: 'failed', failure } })
      filling.missing--
    } else
      filling.added.push(
        this.#machine.admitInside(compiled, origin, { kind: 'member', workflow: outer, join: at, slot }),
      )
  }
}

/** Where a member stands that was added while more are pulled is known in the end. */
const placeName = (slot: number): string => (slot < ADDED ? `members[${slot}]` : `added[${slot - ADDED}]`)
