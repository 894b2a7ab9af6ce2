/** The canvas without its types: the table puts together what no type could follow. */
import { type AnyCanvas, chain as typedChain, chord as typedChord, group as typedGroup } from 'celeriac'

export const chain = typedChain as unknown as (...steps: unknown[]) => AnyCanvas & any
export const chord = typedChord as unknown as (header: unknown, body: unknown) => AnyCanvas & any
export const group = typedGroup as unknown as (...members: unknown[]) => AnyCanvas & any
