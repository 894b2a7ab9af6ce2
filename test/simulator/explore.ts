/** Every order of events of a small canvas on two threads, with a few faults at any moments: depth first, and no state twice. */
import { type Plan, programOf } from '../property/plan.js'
import { type Machine, production } from './machine.js'
import { isFault, type Move, SmallWorld, type World } from './small-world.js'
import { Violation } from './violation.js'

export interface Explored {
  /** Different states that were met, and ends that were come to. */
  readonly states: number
  readonly ends: number
  /** All that there is was met; else the search was stopped at the bound. */
  readonly isWhole: boolean
}

export interface Bounds {
  readonly faults: number
  readonly world: World
  readonly mostStates?: number
}

/** Calls leave alone, in batches, and in batches of which all values come back. */
export const WORLDS: readonly World[] = [
  { batching: false, keep: false },
  { batching: true, keep: false },
  { batching: true, keep: true },
]

/** @throws {@link Violation} with the moves that lead to it. */
export function explore(
  plan: Plan,
  { faults, world, mostStates = Infinity }: Bounds,
  machine: Machine = production,
): Explored {
  const seen = new Set<string>()
  const todo: Move[][] = [[]]
  let ends = 0
  for (let path = todo.pop(); path !== undefined && seen.size < mostStates; path = todo.pop()) {
    const small = replay(plan, world, path, machine)
    const left = faults - path.filter(isFault).length
    const state = `${left} ${small.fingerprint()}`
    if (seen.has(state)) continue
    seen.add(state)
    if (small.moves(false).length === 0) {
      ends++
      checked(plan, path, () => small.checkRest())
    }
    for (const move of small.moves(left > 0)) todo.push([...path, move])
  }
  return { states: seen.size, ends, isWhole: todo.length === 0 }
}

function replay(plan: Plan, world: World, path: readonly Move[], machine: Machine): SmallWorld {
  return checked(plan, path, () => {
    const small = new SmallWorld(plan, world, machine)
    for (const move of path) small.make(move)
    return small
  })
}

function checked<T>(plan: Plan, path: readonly Move[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    const moves = path.map((move) => ('lane' in move ? `${move.do} ${move.lane}` : move.do)).join(', ')
    const invariant = error instanceof Violation ? error.invariant : 'state'
    throw new Violation(invariant, `${(error as Error).message}\n${programOf(plan)}\n${moves}`, { cause: error })
  }
}
