import type { Row } from './table.mjs'

/** What was seen, by name. */
export type Seen = Readonly<Record<string, string>>

export function observe(
  row: Row,
  contender: string,
  options?: { readonly node?: string },
): Promise<{ readonly seen: Seen; readonly errors: string }>
