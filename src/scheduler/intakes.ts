/**
 * Groups whose members are pulled while they run: how many are asked for and when, what comes, and when no more do. Members that come together are
 * one workflow, a *portion*, whose values go into the group's list when all of it has ended. It pulls nothing: its driver does.
 */
import { makeChain } from '../canvas/shape.js'
import type { Input } from '../graph/call.js'
import { compileMembers, type Surroundings } from '../graph/compile.js'
import type { Graph, Join, LazyMembers, Scope } from '../graph/graph.js'
import type { Failure, Unsuccessful } from './ends.js'
import { IntakeWindow } from './intake-window.js'
import type { IntakesPart, Machine } from './machine.js'
import type { Members } from './messages.js'
import { roomForIntakes } from './queue-room.js'
import type { Intake, Workflow } from './workflow.js'

export class Intakes implements IntakesPart {
  readonly #machine: Machine
  readonly #maxQueue: number
  readonly #open = new Set<Intake>()

  constructor(machine: Machine, maxQueue: number) {
    this.#machine = machine
    this.#maxQueue = maxQueue
  }

  get asked(): number {
    let asked = 0
    for (const { window } of this.#open) asked += window.asked
    return asked
  }

  /** The turn of a group comes. What is still to be pulled counts as one member that is missing. */
  begin(workflow: Workflow, node: number, join: Join, input: Input): void {
    const { lanes, callsPerThread } = this.#machine.dispatcher
    const window = new IntakeWindow(lanes.length * callsPerThread)
    const intake: Intake = {
      workflow,
      node,
      input,
      at: this.#machine.at,
      portions: [],
      added: [],
      window,
      pulled: 0,
      isOpen: true,
    }
    workflow.filling(node, join).missing = 1
    workflow.addIntake(intake)
    this.#open.add(intake)
  }

  /** Asks for members where there is room for them. */
  ask(): void {
    if (this.#open.size === 0) return
    let room = roomForIntakes(this.#machine.dispatcher, this.#maxQueue) - this.asked
    for (const intake of this.#open) {
      if (!intake.window.hasRoom || room < 1) continue
      const count = intake.window.ask(room, this.#machine.at, this.#machine.dispatcher.isHungry)
      if (count < 1) continue
      room -= count
      this.#machine.out.push({ type: 'pull', workflow: intake.workflow, node: intake.node, count })
    }
  }

  /** Members have come. Those of a group that wants none any more are dropped. */
  take({ workflow, node, graph, count, isDone, error }: Members): void {
    const intake = workflow.intakeOf(node)
    if (intake === undefined || !intake.isOpen) return
    if (graph !== undefined) this.#start(intake, this.#admit(intake, graph, count))
    intake.window.asked = 0
    if (error !== undefined) this.#addFailed(intake, error)
    if (isDone || error !== undefined) this.#end(intake)
  }

  #admit(intake: Intake, graph: Graph, count: number): Workflow {
    const { workflow, node, pulled } = intake
    const { keep, submittedAt, appliedAt: at } = workflow
    const origin = { workflow, node, path: workflow.pathOf(node) }
    const portion = this.#machine.admit({ graph, keep, submittedAt, at }, origin, {
      kind: 'portion',
      workflow,
      join: node,
      from: pulled,
    })
    portion.portion = { intake, from: pulled }
    intake.portions.push(portion)
    intake.pulled += count
    intake.window.add(count)
    workflow.filling(node, joinOf(intake)).missing++
    return portion
  }

  #start({ input }: Intake, portion: Workflow): void {
    this.#machine.steps.push({ do: 'start', workflow: portion, node: 0, input: { ...input, by: -1 } })
  }

  /** Where the next member would have stood is one that has failed, since pulling it did. */
  #addFailed(intake: Intake, error: Error): void {
    const graph = compileMembers([makeChain([])], surroundingsOf(intake.workflow, intake.node))
    const portion = this.#admit(intake, graph, 1)
    const failure: Failure = { error, origin: 1, attempt: 0 }
    this.#machine.steps.push({ do: 'skip', workflow: portion, node: 0, end: { status: 'failed', failure } })
  }

  /** No more come. */
  #end(intake: Intake): void {
    const { workflow, node } = intake
    intake.isOpen = false
    intake.window.asked = 0
    this.#open.delete(intake)
    const filling = workflow.filling(node, joinOf(intake))
    if (--filling.missing === 0) this.#machine.steps.push(this.#machine.joins.endOfJoin(workflow, node, filling, node))
  }

  /** No more are wanted: with an end, since the group has been revoked; without, since it has failed already. */
  stop(intake: Intake, end?: Unsuccessful): void {
    if (!intake.isOpen) return
    const { workflow, node } = intake
    if (end !== undefined) workflow.filling(node, joinOf(intake)).failed ??= { slot: intake.pulled, end }
    this.#machine.out.push({ type: 'release', workflow, node })
    this.#end(intake)
  }

  /** Nothing may start any more. */
  stopAll(endOf: (node: number) => Unsuccessful): void {
    for (const intake of [...this.#open]) this.stop(intake, endOf(intake.node))
  }
}

const joinOf = ({ workflow, node }: Intake): Join => workflow.graph.joins.get(node) as Join

/** What members get of a lazy group, from the next one on. */
export function surroundingsOf(workflow: Workflow, node: number): Surroundings {
  const { scope, failFast, lazy } = workflow.graph.joins.get(node) as Join & { readonly lazy: LazyMembers }
  const { inherited } = workflow.graph.scopes[scope] as Scope
  return { inherited, delay: lazy.delay, failFast, from: workflow.intakeOf(node)?.pulled ?? 0 }
}
