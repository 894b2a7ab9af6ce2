/** The arguments of a call, as its part carries them, and the plain way to call a function with them. */
import { listOf } from '../serialization/columns.js'
import { unpack } from '../serialization/values.js'
import { runOf } from './identity.js'
import type { PartMessage } from './protocol.js'

type Callee = (...args: unknown[]) => unknown

const takesPrevious = ({ isLinked, isDeaf }: PartMessage): boolean => isLinked && !isDeaf

/** All arguments of the call at `offset`. */
export function argumentsOf(part: PartMessage, offset: number, previous: unknown): readonly unknown[] {
  const own = ownArgumentsOf(part, offset)
  return takesPrevious(part) ? [previous, ...own] : own
}

function ownArgumentsOf(part: PartMessage, offset: number): readonly unknown[] {
  const { args } = part
  if ('rows' in args) return unpack(args.rows[offset] as never, runOf(part, offset)) as readonly unknown[]
  const { width, values } = args
  return Array.from({ length: width }, (_, i) => values[offset * width + i])
}

/** Calls `fn` with the arguments at `offset`; short lists of arguments, which are most, are never made. */
export function callRow(fn: Callee, self: unknown, part: PartMessage, offset: number, previous: unknown): unknown {
  const { args } = part
  if ('rows' in args || takesPrevious(part)) return fn.apply(self, argumentsOf(part, offset, previous) as unknown[])
  const { width, values } = args
  const at = offset * width
  switch (width) {
    case 0:
      return fn.call(self)
    case 1:
      return fn.call(self, values[at])
    case 2:
      return fn.call(self, values[at], values[at + 1])
    default:
      return fn.apply(self, ownArgumentsOf(part, offset) as unknown[])
  }
}

/** The items of a map; of a starmap, lists of arguments. */
export function itemsOf({ items, how }: PartMessage): readonly unknown[] | undefined {
  if (items === undefined) return undefined
  if ('rows' in items) {
    const rows = items.rows.map((row) => unpack(row, NOBODY) as readonly unknown[])
    return how === 'starmap' ? rows : rows.map(([item]) => item)
  }
  const { width, values } = items
  return how === 'map' ? listOf(values) : rowsIn(values, width)
}

/** Lists of `width` values. In loops: an item is often less work than a copy by way of iterators. */
function rowsIn(values: ArrayLike<unknown>, width: number): readonly unknown[] {
  const rows: unknown[] = []
  for (let at = 0; at < values.length; at += width) {
    const row: unknown[] = []
    for (let i = 0; i < width; i++) row.push(values[at + i])
    rows.push(row)
  }
  return rows
}

/** Errors among items were not thrown by any run. */
const NOBODY = { taskId: '', taskName: '', attempt: 0 }
