/** Who a call is, made from what its part says: most tasks never ask, so nothing here is made before one does. */
import type { RunIdentity } from '../errors.js'
import type { PartMessage, Who } from './protocol.js'

/** The id of the call at `offset` in its part. */
export function idOf({ who }: PartMessage, offset: number): string {
  return who.id ?? generatedId(who, offset)
}

function generatedId({ idPrefix, workflow, node }: Who, offset: number): string {
  const isOne = typeof workflow === 'number'
  const number = isOne ? workflow : (workflow[offset] as number)
  return `${idPrefix}${number.toString(36)}-${(isOne ? node + offset : node).toString(36)}`
}

export const rootIdOf = (part: PartMessage, offset: number): string => part.who.rootId ?? idOf(part, offset)

/** A step's parent is the step before it. */
export const parentIdOf = (part: PartMessage, offset: number): string | undefined =>
  part.isLinked && offset > 0 ? idOf(part, offset - 1) : part.who.parentId

/** Steps of a chain have its place in the group; members their own. */
export const groupIndexOf = ({ who, isLinked }: PartMessage, offset: number): number | undefined =>
  who.groupIndex === undefined || isLinked ? who.groupIndex : who.groupIndex + offset

export const runOf = (part: PartMessage, offset: number): RunIdentity => ({
  taskId: idOf(part, offset),
  taskName: part.taskName,
  attempt: part.who.attempt,
})
