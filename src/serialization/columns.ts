/**
 * Many small values as few large ones: what a small call costs is mostly the clone of its message, and a column of numbers clones as one
 * block of memory. The cheapest form that fits is chosen by looking at the values; nothing here sends anything.
 *
 * `npm run bench -- dispatch` justifies it: per task, cloning both ways costs about 55 ns in a column of numbers, 500 ns in a flat list
 * and 1,000 ns in an object of its own.
 */
import type { TransferListItem } from 'node:worker_threads'
import { isPlainPrimitive, type SendableOptions } from './sendable.js'
import { type Meetings, type Packed, pack } from './values.js'

/** Values that clone, with no error in them; if all are numbers, as one block. */
export type Column = Float64Array | readonly unknown[]

/** Lists of values: all of one length in one column, or each by itself. */
export type Rows = FlatRows | { readonly rows: readonly Packed[] }
interface FlatRows {
  /** Values in a row. */
  readonly width: number
  readonly values: Column
}

/** Rows of one message have their objects noted down in one place. */
export interface RowOptions extends SendableOptions {
  readonly meetings: Meetings
  /** Takes in what is to be moved instead of cloned. */
  readonly moved: Set<TransferListItem>
}

/** A column as a list. */
export function listOf(column: ArrayLike<unknown>): unknown[] {
  const list: unknown[] = []
  for (let i = 0; i < column.length; i++) list.push(column[i])
  return list
}

const NO_ARGUMENTS: Rows = Object.freeze({ width: 0, values: Object.freeze([]) })

/** The cheapest form of values that are known to clone. */
export function columnOf(values: readonly unknown[]): Column {
  for (let i = 0; i < values.length; i++) if (typeof values[i] !== 'number') return values
  return Float64Array.from(values as readonly number[])
}

/**
 * The cheapest form of `count` rows.
 *
 * @throws {@link SerializationError} if one of them cannot be sent.
 */
export function rowsOf(count: number, rowAt: (i: number) => readonly unknown[], options: RowOptions): Rows {
  const width = count === 0 ? 0 : rowAt(0).length
  if (width === 0 && count === 1) return NO_ARGUMENTS
  return numberRows(count, rowAt, width) ?? plainRows(count, rowAt, width) ?? packedRows(count, rowAt, options)
}

function numberRows(count: number, rowAt: (i: number) => readonly unknown[], width: number): FlatRows | undefined {
  // A block costs more than a short list to make and to clone.
  if (count * width < SHORT) return undefined
  const values = new Float64Array(count * width)
  for (let i = 0, at = 0; i < count; i++) {
    const row = rowAt(i)
    if (row.length !== width) return undefined
    for (let j = 0; j < width; j++) {
      const value = row[j]
      if (typeof value !== 'number') return undefined
      values[at++] = value
    }
  }
  return { width, values }
}

function plainRows(count: number, rowAt: (i: number) => readonly unknown[], width: number): FlatRows | undefined {
  const values = new Array<unknown>(count * width)
  for (let i = 0, at = 0; i < count; i++) {
    const row = rowAt(i)
    if (row.length !== width) return undefined
    for (let j = 0; j < width; j++) {
      const value = row[j]
      if (!isPlainPrimitive(value)) return undefined
      values[at++] = value
    }
  }
  return { width, values }
}

export const packedRows = (count: number, rowAt: (i: number) => readonly unknown[], options: RowOptions): Rows => ({
  rows: Array.from({ length: count }, (_, i) => packedRow(rowAt(i), options)),
})

function packedRow(row: readonly unknown[], options: RowOptions): Packed {
  const { meetings, moved } = options
  const before = moved.size
  const packed = pack(row, options, moved)
  return moved.size > before ? meetings.keep(packed) : meetings.apart(packed)
}

const SHORT = 8

/** Values as they come, until they are sent: numbers stay a block as long as all are. */
export class ColumnBuilder {
  #values: unknown[] = []
  #allNumbers = true

  get length(): number {
    return this.#values.length
  }

  push(value: unknown): void {
    if (typeof value !== 'number') this.#allNumbers = false
    this.#values.push(value)
  }

  /** What has come so far; the next begins anew. */
  take(): Column {
    const values = this.#values
    this.#values = []
    const column = this.#allNumbers && values.length >= SHORT ? Float64Array.from(values as readonly number[]) : values
    this.#allNumbers = true
    return column
  }
}
