/** Every canvas of so many calls, as plans; no composite of one member stands inside another one. */
import type { Plan } from '../property/plan.js'

const CALL: Plan = { shape: { kind: 'call', task: 'pack', args: [], immutable: false } }

export function canvasesOf(calls: number): readonly Plan[] {
  const alone: readonly Plan[] =
    calls === 1 ? [{ shape: { kind: 'group', members: [CALL], lazy: false } }] : withSmallHeader(calls)
  return [...shapesOf(calls), ...alone]
}

/** A chord whose header is of one member. */
const withSmallHeader = (calls: number): readonly Plan[] =>
  shapesOf(calls - 1).map((body) => ({ shape: { kind: 'chord', header: [CALL], body } }))

function shapesOf(calls: number): readonly Plan[] {
  if (calls === 1) return [CALL]
  const lists = partitions(calls).filter(({ length }) => length > 1)
  const chains = lists
    .filter((steps) => steps.every(({ shape }) => shape.kind !== 'chain'))
    .map((steps): Plan => ({ shape: { kind: 'chain', steps, piped: false } }))
  const groups = lists.map((members): Plan => ({ shape: { kind: 'group', members, lazy: false } }))
  const chords = lists
    .filter(({ length }) => length > 2)
    .map((parts): Plan => ({ shape: { kind: 'chord', header: parts.slice(0, -1), body: parts.at(-1) as Plan } }))
  return [...chains, ...groups, ...chords]
}

/** All lists of canvases that have so many calls together. */
function partitions(calls: number): readonly (readonly Plan[])[] {
  if (calls === 0) return [[]]
  return Array.from({ length: calls }, (_, i) => i + 1).flatMap((first) =>
    partitions(calls - first).flatMap((rest) =>
      (first === calls ? ownShapes(first) : shapesOf(first)).map((plan) => [plan, ...rest]),
    ),
  )
}

/** A list of one is not asked for: it would be the canvas itself again. */
const ownShapes = (calls: number): readonly Plan[] => (calls === 1 ? [CALL] : [])
