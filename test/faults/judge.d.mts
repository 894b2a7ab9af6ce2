import type { Seen } from './observe.mjs'
import type { Row } from './table.mjs'

/** The names under which something else was seen than the row asks for; none if it holds. */
export function faultsIn(row: Row, contender: string, seen: Seen): readonly string[]
