/**
 * What a canvas from JSON will be: checked data that owns all it holds, from which the canvas is then built and nothing
 * can go wrong any more. Types only. Drafts are made by json-walk.ts in the order of the JSON, a part always behind
 * what it is a part of.
 */
import type { Canvas } from './canvas.js'
import type { StoredOptions } from './options.js'
import type { SignatureFields } from './shape.js'

/** One canvas to be. Lists of parts are filled while the walk goes on. */
export interface Draft {
  readonly plan: Plan
  readonly options: DraftOptions | undefined
  made: Canvas | undefined
}

export type Plan =
  | SignatureFields
  | { readonly kind: 'chain' | 'group'; readonly parts: readonly Draft[] }
  /** `isList`: the header was a list; else it was one canvas, which may be the header itself. */
  | {
      readonly kind: 'chord'
      readonly header: readonly Draft[]
      readonly isList: boolean
      readonly body: readonly Draft[]
    }
  | { readonly kind: 'map' | 'starmap'; readonly task: readonly Draft[]; readonly items: readonly unknown[] }
  | {
      readonly kind: 'chunks'
      readonly task: readonly Draft[]
      readonly items: readonly unknown[]
      readonly size: number
    }

export interface DraftOptions {
  readonly link?: readonly Draft[]
  readonly linkError?: readonly Draft[]
  /** The other options, as a canvas keeps them. */
  readonly rest: Omit<StoredOptions, 'link' | 'linkError'>
}
