/**
 * What a composite in JSON puts into its first calls: arguments, an options object, immutability. It is carried down to
 * them in one walk; applying it level by level instead would cost the square of the depth, and the JSON is not trusted.
 */
import type { SignatureFields } from './shape.js'

type Kwargs = Readonly<Record<string, unknown>>

/** What comes down from the composites around, innermost first. */
export interface Applied {
  readonly args: readonly unknown[]
  readonly kwargs: Kwargs | undefined
  /** Whether the calls become immutable once they have got this; then nothing comes from further above. */
  readonly immutable: boolean
  readonly above: Applied | undefined
}

/** `given` of one composite, inside of what comes from `above`. */
export function appliedInside(above: Applied | undefined, given: Omit<Applied, 'above'>): Applied | undefined {
  if (given.immutable) return { ...given, above: undefined }
  return given.args.length === 0 && given.kwargs === undefined ? above : { ...given, above }
}

/** The call with what is applied to it; an immutable one takes nothing. `spend` pays for what is copied. */
export function withApplied(
  fields: SignatureFields,
  applied: Applied | undefined,
  spend: (count: number) => void,
): SignatureFields {
  if (applied === undefined || fields.immutable) return fields
  const args = [fields.args]
  const entries = [Object.entries(fields.kwargs)]
  let immutable = false
  for (let at: Applied | undefined = applied; at !== undefined; at = at.above) {
    const own = Object.entries(at.kwargs ?? {})
    spend(at.args.length + own.length)
    args.push(at.args)
    entries.push(own)
    immutable ||= at.immutable
  }
  return {
    ...fields,
    args: Object.freeze(args.reverse().flat()),
    kwargs: Object.freeze(Object.fromEntries(entries.flat())),
    immutable,
  }
}
