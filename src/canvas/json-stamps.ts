/** Stamps in Celery's JSON: they stand among the options, and `stamped_headers` tells which of those they are. */
import { show } from '../option-rules.js'
import { rowOfKey, STAMP_NAMES } from './json-options.js'
import { type Place, under } from './json-path.js'
import type { Reading } from './json-values.js'
import { type StoredStamps, storedStamps } from './stamps.js'

/** The stamps among the options of a dict. Refuses a name that is there for nothing, or that means something else. */
export function readStamps(options: object, reading: Reading, place: Place): StoredStamps {
  const at = under(place, STAMP_NAMES)
  const names = reading.items(reading.own(options, STAMP_NAMES, place), at)
  const found: Record<string, unknown> = {}
  for (const [i, name] of names.entries()) {
    const why = reasonAgainst(name, options)
    if (why !== undefined) throw reading.refusal(why, under(at, i))
    if (Object.hasOwn(found, name as string)) continue // named twice, it is copied once
    found[name as string] = reading.copy(reading.own(options, name as string, place), place, name as string)
  }
  return storedStamps(STAMP_NAMES, found)
}

function reasonAgainst(name: unknown, options: object): string | undefined {
  if (typeof name !== 'string') return `the name of a stamp is needed here, and this is ${show(name)}`
  if (name === '__proto__') return 'this name is refused: it means the prototype'
  if (rowOfKey(name) !== undefined) return `a stamp cannot be named ${show(name)}: that is an option of its own`
  return Object.hasOwn(options, name) ? undefined : `there is no stamp ${show(name)} among these options`
}

/** Writes stamps among the options of a dict. */
export function writeStamps(
  stamps: StoredStamps,
  options: Record<string, unknown>,
  reading: Reading,
  place: Place,
): void {
  options[STAMP_NAMES] = Object.keys(stamps)
  for (const [name, values] of Object.entries(stamps)) {
    if (rowOfKey(name) !== undefined)
      throw reading.refusal(`a stamp of this name cannot be written: to Celery, it is an option`, under(place, name))
    const [value] = values
    // A value that is itself a list would be read as several.
    const isPlain = values.length === 1 && !Array.isArray(value)
    options[name] = reading.copy(isPlain ? value : values, place, name)
  }
}
