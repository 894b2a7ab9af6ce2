/** Builds a canvas from drafts. Everything was checked when they were made: nothing is refused here. */
import type { Canvas } from './canvas.js'
import type { Draft, DraftOptions, Plan } from './json-draft.js'
import { Identities, isOwnHeader } from './json-identities.js'
import { NO_OPTIONS, type StoredOptions } from './options.js'
import { type AnySignature, makeChain, makeChord, makeChunks, makeGroup, makeMap, makeSignature } from './shape.js'

/**
 * Builds the first draft, and all the others for it: from the last to the first, so that the parts of each are there.
 */
export function build(drafts: readonly Draft[]): Canvas {
  const identities = drafts.some(hasSeveralLinks) ? new Identities() : undefined
  for (let i = drafts.length - 1; i >= 0; i--) {
    const draft = drafts[i] as Draft
    draft.made = made(draft.plan, storedOptions(draft.options, identities))
    identities?.add(draft)
  }
  return canvasOf(drafts[0] as Draft)
}

function made(plan: Plan, options: StoredOptions): Canvas {
  switch (plan.kind) {
    case 'task':
      return makeSignature(plan, options)
    case 'chain':
      return makeChain(plan.parts.map(canvasOf), options)
    case 'group':
      return makeGroup(Object.freeze(plan.parts.map(canvasOf)), options)
    case 'chord':
      return makeChord(
        isOwnHeader(plan) ? only(plan.header) : makeGroup(Object.freeze(plan.header.map(canvasOf))),
        only(plan.body),
        options,
      )
    case 'chunks':
      return makeChunks(only(plan.task) as AnySignature, plan.items, plan.size, options)
    default:
      return makeMap(plan.kind, only(plan.task) as AnySignature, plan.items, options)
  }
}

const canvasOf = (draft: Draft): Canvas => draft.made as Canvas
const only = (drafts: readonly Draft[]): Canvas => canvasOf(drafts[0] as Draft)

const hasSeveralLinks = ({ options }: Draft): boolean =>
  (options?.link?.length ?? 0) > 1 || (options?.linkError?.length ?? 0) > 1

function storedOptions(options: DraftOptions | undefined, identities: Identities | undefined): StoredOptions {
  if (options === undefined) return NO_OPTIONS
  const { link, linkError, rest } = options
  // Callbacks that are equal are kept once, as everywhere.
  const canvases = (drafts: readonly Draft[]): readonly Canvas[] =>
    Object.freeze((identities?.distinct(drafts) ?? drafts).map(canvasOf))
  return Object.freeze({
    ...rest,
    ...(link && { link: canvases(link) }),
    ...(linkError && { linkError: canvases(linkError) }),
  })
}
