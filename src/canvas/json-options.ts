/**
 * Call options in Celery's JSON, as one table: their names and units on both sides. It is the only place that
 * translates them.
 *
 * An option that arrives in {@link StoredOptions} turns its row from `LATER` into one that is translated:
 * `{ holds: 'value', as: 'countdown', rule: durationFrom(0), read: (s) => Number(s) * 1_000, write: (ms) => … }`.
 */
import { type OptionRule, type StoredOptions, text } from './options.js'

/** How one option is written. */
export type OptionRow =
  | {
      readonly holds: 'value'
      readonly as: keyof StoredOptions
      /** What the JSON must hold. */
      readonly rule: OptionRule
      read(json: unknown): unknown
      write(value: unknown): unknown
    }
  /** An object of the user's own data. */
  | { readonly holds: 'data'; readonly as: 'headers' }
  /** One canvas, or a list of them. */
  | { readonly holds: 'canvases'; readonly as: 'link' | 'linkError' }
  /** Celery has it, celeriac has not yet: refused, since a canvas without it would mean something else. */
  | { readonly holds: 'nothing yet' }

const LATER: OptionRow = { holds: 'nothing yet' }
const same = (value: unknown): unknown => value

const ROWS: Readonly<Record<string, OptionRow>> = {
  task_id: { holds: 'value', as: 'taskId', rule: text, read: same, write: same },
  link: { holds: 'canvases', as: 'link' },
  link_error: { holds: 'canvases', as: 'linkError' },
  headers: { holds: 'data', as: 'headers' },
  countdown: LATER,
  eta: LATER,
  expires: LATER,
  priority: LATER,
  time_limit: LATER,
  soft_time_limit: LATER,
  ignore_result: LATER,
  max_retries: LATER,
  stamped_headers: LATER,
}

const BY_KEY: ReadonlyMap<string, OptionRow> = new Map(Object.entries(ROWS))
const BY_NAME: ReadonlyMap<string, { readonly key: string; readonly row: OptionRow }> = new Map(
  Object.entries(ROWS).flatMap(([key, row]) => ('as' in row ? [[row.as, { key, row }] as const] : [])),
)

/** How the option of that key in the JSON is read; `undefined` for a key that Celery does not have. */
export const rowOfKey = (key: string): OptionRow | undefined => BY_KEY.get(key)

/** How our option of that name is written. */
export const rowOfName = (name: string): { readonly key: string; readonly row: OptionRow } | undefined =>
  BY_NAME.get(name)

/** The keys that can be read, for a message. */
export const supportedKeys = (): string => [...BY_KEY].flatMap(([key, row]) => (row === LATER ? [] : [key])).join(', ')
