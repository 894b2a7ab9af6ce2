/** What a stamp is: a name with its values, newest first. How stamps are given, merged and matched; who carries which is not decided here. */
import { ConfigurationError } from '../errors.js'
import { isPlainObject, show } from '../option-rules.js'
import { isEqual } from './equality.js'

/** Stamps as a canvas keeps them. */
export type StoredStamps = Readonly<Record<string, readonly unknown[]>>

export const NO_STAMPS: StoredStamps = Object.freeze({})

/**
 * Stamps as they are given: a list is several values, `undefined` is none.
 *
 * @param where - What they were given to, for the message.
 * @throws {@link ConfigurationError} for what is no plain object, and for a value that no thread could be sent.
 */
export function storedStamps(where: string, given: unknown): StoredStamps {
  if (!isPlainObject(given))
    throw new ConfigurationError(`${where}: stamps are a plain object, and this is ${show(given)}`, 'stamps', given)
  const found: [string, readonly unknown[]][] = []
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (name === '__proto__' || typeof value === 'function' || typeof value === 'symbol')
      throw new ConfigurationError(`${where}: "${name}" cannot be stamped with ${show(value)}`, name, value)
    found.push([name, Object.freeze(Array.isArray(value) ? [...value] : [value])])
  }
  return found.length === 0 ? NO_STAMPS : Object.freeze(Object.fromEntries(found))
}

/** Both: where they have a name in common the newer values count, or with `append` those and then the older ones. */
export function mergedStamps(newer: StoredStamps, older: StoredStamps | undefined, append: boolean): StoredStamps {
  if (older === undefined || older === NO_STAMPS) return newer
  if (newer === NO_STAMPS) return older
  const merged: Record<string, readonly unknown[]> = { ...older, ...newer }
  if (append)
    for (const [name, values] of Object.entries(newer))
      if (Object.hasOwn(older, name)) merged[name] = Object.freeze([...values, ...(older[name] as readonly unknown[])])
  return Object.freeze(merged)
}

/** Whether one of these stamps has one of the wanted values. */
export function matches(stamps: StoredStamps, wanted: StoredStamps): boolean {
  return Object.entries(wanted).some(
    ([name, values]) =>
      Object.hasOwn(stamps, name) &&
      values.some((value) => (stamps[name] as readonly unknown[]).some((own) => isEqual(own, value))),
  )
}
